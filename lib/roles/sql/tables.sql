-- --- roles ---
ALTER TABLE roles ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON roles TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY roles_read ON roles FOR SELECT TO sheaf_app
  USING (workspace_id IS NULL OR workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
GRANT SELECT ON roles TO sheaf_app;
CREATE TRIGGER role_mask_changed AFTER UPDATE OF mask ON roles
  FOR EACH ROW WHEN (OLD.mask <> NEW.mask) EXECUTE FUNCTION app.role_mask_changed();

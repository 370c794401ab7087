-- --- groups ---
ALTER TABLE groups ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON groups TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY groups_read ON groups FOR SELECT TO sheaf_app USING (workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY groups_add ON groups FOR INSERT TO sheaf_app
  WITH CHECK ((workspace_id = (SELECT app.actor_workspace()) AND (SELECT app.is_workspace_admin())) OR (SELECT app.is_system()));
CREATE POLICY groups_change ON groups FOR UPDATE TO sheaf_app
  USING ((workspace_id = (SELECT app.actor_workspace()) AND (SELECT app.is_workspace_admin())) OR (SELECT app.is_system()));
GRANT INSERT (description, name, workspace_id), SELECT, UPDATE (description, name, updated_at) ON groups TO sheaf_app;
CREATE TRIGGER group_deleted AFTER UPDATE OF deleted_at ON groups
  FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION app.group_deleted();
CREATE TRIGGER groups_lock BEFORE DELETE OR UPDATE OF deleted_at ON groups
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();
CREATE TRIGGER refuse_update BEFORE UPDATE OF workspace_id ON groups FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_update();

-- --- group_memberships ---
ALTER TABLE group_memberships ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON group_memberships TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY memberships_read ON group_memberships FOR SELECT TO sheaf_app
  USING (EXISTS (SELECT FROM groups g WHERE g.id = group_id));
CREATE POLICY memberships_remove ON group_memberships FOR DELETE TO sheaf_app
  USING ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (SELECT FROM groups g WHERE g.id = group_id)));
CREATE POLICY memberships_add ON group_memberships FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (
    SELECT FROM groups g JOIN users u ON u.workspace_id = g.workspace_id
     WHERE g.id = group_id AND u.id = user_id AND g.deleted_at IS NULL AND NOT u.is_external AND u.email_verified_at IS NOT NULL)));
GRANT DELETE, INSERT, SELECT ON group_memberships TO sheaf_app;
CREATE TRIGGER memberships_added AFTER INSERT ON group_memberships REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_changed();
CREATE TRIGGER memberships_removed AFTER DELETE ON group_memberships REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_changed();
CREATE TRIGGER memberships_lock BEFORE INSERT OR DELETE ON group_memberships
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_lock();
CREATE TRIGGER refuse_update BEFORE UPDATE ON group_memberships FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_update();

-- --- group_nestings ---
ALTER TABLE group_nestings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON group_nestings TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY nestings_read ON group_nestings FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM groups g WHERE g.id = parent_id));
CREATE POLICY nestings_add ON group_nestings FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (
    SELECT FROM groups a JOIN groups b ON a.workspace_id = b.workspace_id
     WHERE a.id = parent_id AND b.id = child_id AND a.deleted_at IS NULL AND b.deleted_at IS NULL)));
CREATE POLICY nestings_remove ON group_nestings FOR DELETE TO sheaf_app
  USING ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (SELECT FROM groups g WHERE g.id = parent_id)));
GRANT DELETE, INSERT, SELECT ON group_nestings TO sheaf_app;
CREATE TRIGGER nestings_lock BEFORE INSERT OR DELETE ON group_nestings FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();
CREATE TRIGGER nestings_added AFTER INSERT ON group_nestings REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_changed();
CREATE TRIGGER nestings_removed AFTER DELETE ON group_nestings REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_changed();
CREATE TRIGGER refuse_update BEFORE UPDATE ON group_nestings FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_update();

-- --- permissions ---
ALTER TABLE permissions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON permissions TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY permissions_read ON permissions FOR SELECT TO sheaf_app
  USING (user_id = (SELECT app.live_actor_id())
    OR (collection_id IS NOT NULL AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = permissions.collection_id AND app.allows(g.mask, app.edit_documents() | app.manage_permissions())))
    OR (document_id IS NOT NULL AND app.allows(app.rights(NULL, document_id), app.edit_documents() | app.manage_permissions()))
    OR (SELECT app.is_system()));
GRANT SELECT ON permissions TO sheaf_app;
CREATE TRIGGER grant_mask BEFORE INSERT ON permissions FOR EACH ROW EXECUTE FUNCTION app.grant_mask();
CREATE TRIGGER grant_mask_changed BEFORE UPDATE ON permissions
  FOR EACH ROW WHEN (NEW.role_id <> OLD.role_id) EXECUTE FUNCTION app.grant_mask();
CREATE TRIGGER owner_grant_stays BEFORE UPDATE ON permissions FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND OLD.user_id IS NOT NULL AND OLD.collection_id IS NOT NULL
    AND (NEW.deleted_at IS NOT NULL OR NEW.expires_at IS NOT NULL OR NEW.role_id <> OLD.role_id))
  EXECUTE FUNCTION app.owner_grant_stays();
CREATE TRIGGER everyone_granted BEFORE INSERT ON permissions FOR EACH ROW
  WHEN (NEW.is_everyone AND NEW.collection_id IS NOT NULL) EXECUTE FUNCTION app.everyone_granted();

-- --- invitations ---
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON invitations TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY invitations_read ON invitations FOR SELECT TO sheaf_app
  USING (app.allows(app.rights(collection_id, document_id), app.edit_documents() | app.manage_permissions()) OR (SELECT app.is_system()));
GRANT SELECT ON invitations TO sheaf_app;

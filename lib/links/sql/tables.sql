-- --- public_links ---
ALTER TABLE public_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON public_links TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY links_read ON public_links FOR SELECT TO sheaf_app
  USING (app.allows(app.rights(collection_id, document_id), app.manage_permissions()) OR (SELECT app.is_system()));
GRANT SELECT (allow_download, collection_id, created_at, created_by_id, document_id, expires_at, id, last_accessed_at, max_uses, name, revoked_at, role_id,
  use_count, watermark) ON public_links TO sheaf_app;
CREATE TRIGGER link_rules BEFORE INSERT OR UPDATE OF revoked_at ON public_links FOR EACH ROW EXECUTE FUNCTION app.link_rules();
CREATE TRIGGER link_changed AFTER INSERT OR DELETE OR UPDATE OF role_id, expires_at, revoked_at ON public_links
  FOR EACH ROW EXECUTE FUNCTION app.link_changed();
CREATE TRIGGER links_follow AFTER UPDATE OF workspace_id ON collections FOR EACH ROW WHEN (OLD.workspace_id <> NEW.workspace_id)
  EXECUTE FUNCTION app.links_follow_collection();
CREATE TRIGGER links_follow AFTER UPDATE OF collection_id ON documents FOR EACH ROW WHEN (OLD.collection_id <> NEW.collection_id)
  EXECUTE FUNCTION app.links_follow_document();

-- --- documents ---
ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON documents TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY documents_change ON documents FOR UPDATE TO sheaf_app
  USING ((owner_id = (SELECT app.live_actor_id()) AND app.allows(app.owner_mask(access_mode), app.edit_documents()))
    OR (app.counts_collection_grants(access_mode, false)
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND app.allows(g.mask, app.edit_documents())))
    OR (app.counts_document_grants(access_mode, false)
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND app.allows(g.mask, app.edit_documents())))
    OR (SELECT app.is_system()));
CREATE POLICY documents_read ON documents FOR SELECT TO sheaf_app
  USING ((app.counts_collection_grants(access_mode, false)
      AND EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = documents.collection_id))
    OR (coalesce(owner_id = (SELECT app.person_id()), app.opens_document(id, collection_id, access_mode))
      AND (SELECT app.is_active()))
    OR (app.counts_document_grants(access_mode, false)
      AND EXISTS (SELECT FROM app.my_viewed_documents g WHERE g.document_id = documents.id)));
CREATE POLICY documents_add ON documents FOR INSERT TO sheaf_app
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND status = 'pending' AND access_mode = 'collection'
    AND (upload_object_id IS NULL OR EXISTS (SELECT FROM objects o WHERE o.id = documents.upload_object_id AND o.owner_id = documents.owner_id))
    AND app.covers(app.collection_mask(collection_id), app.view_documents() | app.create_documents()) AND app.is_collection_live(collection_id));
GRANT INSERT (access_mode, collection_id, content_type, created_at, id, name, owner_id, progress, sha256, size_bytes, status, updated_at, upload_object_id, version), SELECT, UPDATE (name, updated_at, version) ON documents TO sheaf_app;
-- After the foreign keys, whose triggers come first by their names: what a new document refers to is locked before its owner's counters.
CREATE TRIGGER upload_begun AFTER INSERT ON documents FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION app.upload_begun();
CREATE TRIGGER upload_resumed AFTER UPDATE OF status ON documents FOR EACH ROW WHEN (OLD.status <> 'pending' AND NEW.status = 'pending')
  EXECUTE FUNCTION app.upload_begun();
CREATE TRIGGER upload_ended AFTER UPDATE OF status, upload_object_id ON documents FOR EACH ROW WHEN (OLD.status = 'pending') EXECUTE FUNCTION app.upload_ended();
CREATE TRIGGER upload_removed AFTER DELETE ON documents FOR EACH ROW WHEN (OLD.status = 'pending') EXECUTE FUNCTION app.upload_ended();
CREATE TRIGGER documents_recent AFTER UPDATE OF status, version ON documents FOR EACH ROW
  WHEN ((OLD.status = 'pending' AND NEW.status <> 'pending') OR (OLD.version <> NEW.version AND OLD.collection_id = NEW.collection_id)) EXECUTE FUNCTION app.note_recent();

-- --- recent_documents ---
ALTER TABLE recent_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON recent_documents TO sheaf_owner USING (true) WITH CHECK (true);

-- --- pdf_jobs ---
ALTER TABLE pdf_jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON pdf_jobs TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY jobs_change ON pdf_jobs FOR UPDATE TO sheaf_app USING (app.is_system());
CREATE POLICY jobs_read ON pdf_jobs FOR SELECT TO sheaf_app USING (user_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system()));
GRANT SELECT, UPDATE (attempts, finished_at, heartbeat_at, problem, progress, started_at, status) ON pdf_jobs TO sheaf_app;

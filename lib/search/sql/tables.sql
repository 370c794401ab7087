-- --- search_entries ---
CALL app.protect('search_entries');

-- --- search_words ---
CALL app.protect('search_words');

-- --- document_pages ---
ALTER TABLE document_pages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON document_pages TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY pages_read ON document_pages FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id));
GRANT SELECT ON document_pages TO sheaf_app;

CREATE TRIGGER documents_found AFTER INSERT ON documents FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION app.note_document();
CREATE TRIGGER documents_found_again AFTER UPDATE OF name, content_type, collection_id, owner_id, status ON documents FOR EACH ROW
  WHEN (NEW.status <> 'pending' AND (OLD.status = 'pending' OR (OLD.name, OLD.content_type, OLD.collection_id, OLD.owner_id) IS DISTINCT FROM (NEW.name, NEW.content_type, NEW.collection_id, NEW.owner_id)))
  EXECUTE FUNCTION app.note_document();
CREATE TRIGGER collections_found AFTER INSERT ON collections FOR EACH ROW EXECUTE FUNCTION app.note_collection();
CREATE TRIGGER collections_found_again AFTER UPDATE OF name, owner_id ON collections FOR EACH ROW
  WHEN ((OLD.name, OLD.owner_id) IS DISTINCT FROM (NEW.name, NEW.owner_id)) EXECUTE FUNCTION app.note_collection();
CREATE TRIGGER people_found AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION app.note_person();
CREATE TRIGGER people_found_again AFTER UPDATE OF name, email, workspace_id ON users FOR EACH ROW
  WHEN ((OLD.name, OLD.email, OLD.workspace_id) IS DISTINCT FROM (NEW.name, NEW.email, NEW.workspace_id)) EXECUTE FUNCTION app.note_person();

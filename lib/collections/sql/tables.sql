-- --- collections ---
ALTER TABLE collections ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON collections TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY collections_change ON collections FOR UPDATE TO sheaf_app
  USING (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collections.id AND app.allows(g.mask, app.edit_documents())) OR (SELECT app.is_system()));
CREATE POLICY collections_read ON collections FOR SELECT TO sheaf_app
  USING (EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = collections.id)
    OR (coalesce(owner_id = (SELECT app.person_id()), app.opens_collection(id))
      AND (SELECT app.is_active())));
GRANT SELECT, UPDATE (description, name, updated_at, version) ON collections TO sheaf_app;

ALTER POLICY documents_add ON documents
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND status = 'pending' AND blob_id IS NULL AND deleted_at IS NULL
    AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 2 <> 0));

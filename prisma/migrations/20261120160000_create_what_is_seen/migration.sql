-- Nobody puts a document into a collection that they do not see, whatever else their role holds: the service refused that
-- already, the database only looked for the right to create.
ALTER POLICY documents_add ON documents
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND status = 'pending' AND blob_id IS NULL AND deleted_at IS NULL
    AND app.collection_mask(collection_id) & 3 = 3);

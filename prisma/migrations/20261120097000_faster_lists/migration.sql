-- What lists read: live documents of a collection by id, with what the policy looks at, so that pages and counts need no heap.
CREATE INDEX documents_live ON documents (collection_id, id) INCLUDE (owner_id, access_mode) WHERE deleted_at IS NULL AND status <> 'pending';

-- The mask is the same for every row: asked once.
CREATE OR REPLACE FUNCTION app.collection_people(collection uuid, at_most integer) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name
    FROM permissions p JOIN users u ON u.id = p.user_id JOIN collections c ON c.id = p.collection_id
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (SELECT app.collection_mask(collection)) & 1 <> 0
     AND (u.id = c.owner_id OR u.id = app.actor_id() OR (p.opened_at IS NOT NULL AND (SELECT app.collection_mask(collection)) & 516 <> 0))
   ORDER BY u.id <> c.owner_id, p.granted_at, u.id LIMIT at_most
$$;

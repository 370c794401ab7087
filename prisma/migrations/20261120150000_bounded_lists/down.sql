-- As 20261120130000_public_links left it.
CREATE FUNCTION app.collection_people(collection uuid, at_most integer) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name
    FROM permissions p JOIN users u ON u.id = p.user_id JOIN collections c ON c.id = p.collection_id
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (SELECT app.collection_mask(collection) & 1 <> 0 AND NOT app.is_visitor())
     AND (u.id = c.owner_id OR u.id = app.actor_id() OR (p.opened_at IS NOT NULL AND (SELECT app.collection_mask(collection)) & 516 <> 0))
   ORDER BY u.id <> c.owner_id, p.granted_at, u.id LIMIT at_most
$$;
REVOKE ALL ON FUNCTION app.collection_people FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.collection_people TO sheaf_app;
DROP FUNCTION app.list_collections, app.list_documents, app.demand_actor, app.collection_cards, app.document_cards, app.trashed_documents,
  app.collection_documents, app.given_documents, app.newest_in;
DROP VIEW app.live_grants, app.my_principals;
DROP INDEX documents_names, permissions_known, collections_trashed, documents_trashed_collection, documents_trashed_owner, documents_apart, documents_newest;
DROP FUNCTION app.wanted_parts, app.name_parts;

CREATE FUNCTION app.visits_collection(collection uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_visitor() AND app.collection_mask(collection) & 1 <> 0
$$;
CREATE FUNCTION app.visits_document(document uuid, collection uuid, mode text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_visitor() AND app.document_mask(document, collection, NULL, mode) & 1 <> 0
     AND EXISTS (SELECT FROM documents d WHERE d.id = document AND d.deleted_at IS NULL AND d.status <> 'pending')
$$;
REVOKE ALL ON FUNCTION app.visits_collection, app.visits_document FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.visits_collection, app.visits_document TO sheaf_app;
ALTER POLICY documents_read ON documents
  USING (((access_mode = 'collection' OR access_mode = 'link')
      AND EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = documents.collection_id))
    OR (coalesce(owner_id = (SELECT app.person_id()), app.is_system() OR app.visits_document(id, collection_id, access_mode))
      AND (SELECT app.is_active()))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_viewed_documents g WHERE g.document_id = documents.id)));
ALTER POLICY collections_read ON collections
  USING (EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = collections.id)
    OR (coalesce(owner_id = (SELECT app.person_id()), app.is_system() OR app.visits_collection(id))
      AND (SELECT app.is_active())));
DROP FUNCTION app.opens_document, app.opens_collection;

CREATE FUNCTION app.is_view_elsewhere(mask integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100
  AS $$ BEGIN RETURN false; END $$;
REVOKE ALL ON FUNCTION app.is_view_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_view_elsewhere TO sheaf_app;

CREATE OR REPLACE VIEW app.my_viewed_collections WITH (security_barrier = true) AS
  SELECT p.collection_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.person_id() AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.mask & 1 <> 0 OR app.is_view_elsewhere(p.mask));
CREATE OR REPLACE VIEW app.my_viewed_documents WITH (security_barrier = true) AS
  SELECT p.document_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.person_id() AND p.deleted_at IS NULL AND p.document_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.mask & 1 <> 0 OR app.is_view_elsewhere(p.mask));

DROP INDEX permissions_live_collection;
CREATE UNIQUE INDEX permissions_live_collection ON permissions (collection_id, principal_id) INCLUDE (mask, expires_at, link_id) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;

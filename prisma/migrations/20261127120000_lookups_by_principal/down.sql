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

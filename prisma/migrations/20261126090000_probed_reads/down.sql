CREATE FUNCTION app.is_unopened(document uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM permissions WHERE document_id = document AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL);
REVOKE ALL ON FUNCTION app.is_unopened FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_unopened TO sheaf_app;
DROP FUNCTION app.read_document;
ALTER FUNCTION app.is_link_open(uuid) COST 1;

CREATE VIEW app.my_self WITH (security_barrier = true) AS
  SELECT up.user_id FROM user_principals up WHERE up.user_id = app.actor_id() AND up.principal_id = app.actor_id();
GRANT SELECT ON app.my_self TO sheaf_app;
CREATE OR REPLACE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM permissions p
   WHERE p.principal_id = ANY (ARRAY(SELECT up.principal_id FROM user_principals up
           WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id))))
     AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
CREATE OR REPLACE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM permissions p
   WHERE p.principal_id = ANY (ARRAY(SELECT up.principal_id FROM user_principals up
           WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id))))
     AND p.deleted_at IS NULL AND p.document_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
CREATE OR REPLACE VIEW app.my_viewed_collections WITH (security_barrier = true) AS
  SELECT p.collection_id
    FROM permissions p
   WHERE p.principal_id = ANY (ARRAY(SELECT up.principal_id FROM user_principals up
           WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id))))
     AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL AND p.mask & 1 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
CREATE OR REPLACE VIEW app.my_viewed_documents WITH (security_barrier = true) AS
  SELECT p.document_id
    FROM permissions p
   WHERE p.principal_id = ANY (ARRAY(SELECT up.principal_id FROM user_principals up
           WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id))))
     AND p.deleted_at IS NULL AND p.document_id IS NOT NULL AND p.mask & 1 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
ALTER POLICY collections_read ON collections
  USING (owner_id = (SELECT s.user_id FROM app.my_self s)
    OR EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = collections.id)
    OR (SELECT app.is_system()));
ALTER POLICY documents_read ON documents
  USING (owner_id = (SELECT s.user_id FROM app.my_self s)
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = documents.collection_id))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_viewed_documents g WHERE g.document_id = documents.id))
    OR (SELECT app.is_system()));

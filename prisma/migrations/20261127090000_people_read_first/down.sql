CREATE OR REPLACE VIEW app.my_viewed_collections WITH (security_barrier = true) AS
  SELECT p.collection_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL AND p.mask & 1 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
CREATE OR REPLACE VIEW app.my_viewed_documents WITH (security_barrier = true) AS
  SELECT p.document_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.deleted_at IS NULL AND p.document_id IS NOT NULL AND p.mask & 1 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
ALTER POLICY collections_read ON collections
  USING ((owner_id = (SELECT app.actor_id()) AND (SELECT app.live_actor_id()) IS NOT NULL)
    OR EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = collections.id)
    OR (SELECT app.is_system()));
ALTER POLICY documents_read ON documents
  USING ((owner_id = (SELECT app.actor_id()) AND (SELECT app.live_actor_id()) IS NOT NULL)
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_viewed_collections g WHERE g.collection_id = documents.collection_id))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_viewed_documents g WHERE g.document_id = documents.id))
    OR (SELECT app.is_system()));
CREATE POLICY documents_visited ON documents AS RESTRICTIVE FOR SELECT TO sheaf_app
  USING (NOT (SELECT app.is_visitor()) OR (deleted_at IS NULL AND status <> 'pending'));
CREATE OR REPLACE FUNCTION app.demand_place(collection uuid, document uuid, wanted integer) RETURNS app.place LANGUAGE plpgsql AS $$
DECLARE place app.place; around collections; doc documents; is_guest boolean;
BEGIN
  IF document IS NULL THEN
    -- nobody waits for a lock, or holds one, who may not see what it is on
    SELECT c.* INTO around FROM collections c
     WHERE c.id = collection AND (EXISTS (SELECT FROM app.my_viewed_collections v WHERE v.collection_id = collection) OR app.is_system())
       FOR NO KEY UPDATE;
    -- and what they may is read once it is locked
    SELECT CASE WHEN app.is_system() THEN 8191 ELSE coalesce(bit_or(g.mask), 0) END, coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false)
      INTO place.rights, is_guest FROM app.my_collection_grants g WHERE g.collection_id = collection;
    IF around.id IS NULL OR around.deleted_at IS NOT NULL OR place.rights & 1 = 0 THEN
      RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
    END IF;
    place.collection_id := around.id;
  ELSE
    IF app.rights(NULL, document) & 1 <> 0 THEN
      SELECT c.* INTO around FROM collections c WHERE c.id = (SELECT d.collection_id FROM documents d WHERE d.id = document) FOR SHARE;
      SELECT * INTO doc FROM documents d WHERE d.id = document FOR NO KEY UPDATE;
      IF doc.collection_id <> around.id THEN RAISE EXCEPTION 'Moved meanwhile' USING ERRCODE = '40001'; END IF;
    END IF;
    SELECT app.rights(NULL, document), coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false) INTO place.rights, is_guest;
    IF doc.id IS NULL OR around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL OR doc.status = 'pending' OR place.rights & 1 = 0 THEN
      RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
    END IF;
    place.document_id := doc.id;
  END IF;
  IF wanted & ~place.rights <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  IF wanted & 512 <> 0 AND is_guest THEN
    RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
  END IF;
  place.workspace_id := around.workspace_id;
  place.owner_id := around.owner_id;
  place.is_protected := around.is_protected;
  RETURN place;
END $$;
DROP FUNCTION app.visits_document, app.visits_collection, app.is_view_elsewhere, app.is_active, app.person_id;

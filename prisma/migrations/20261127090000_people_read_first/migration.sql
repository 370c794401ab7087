-- Reading is asked by people, nearly always. What only visitors and the system need is asked of nobody else: a third setting
-- names the person (or everyone) who reads and is empty for those two, and a row's owner is compared with it first.

-- --- who reads -------------------------------------------------------------------------------------------------
-- The person who acts, or everyone's principal; null for visitors, the system and nobody.
CREATE FUNCTION app.person_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.person_id', true), '')::uuid;
-- False for a suspended person, who holds nobody, themselves included.
CREATE FUNCTION app.is_active() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
BEGIN ATOMIC
  SELECT app.person_id() IS NULL
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = app.person_id() AND up.principal_id = app.person_id());
END;
-- Whether the actor is a visitor to whom this is open; of documents, live ones. People are never asked, so a plan of theirs need
-- not reckon with it. Its body is text: a long parsed one has the catalogue's row compressed, rights included, and every
-- statement of anybody unpacks those to look whether it may call it.
CREATE FUNCTION app.visits_collection(collection uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_visitor() AND app.collection_mask(collection) & 1 <> 0
$$;
CREATE FUNCTION app.visits_document(document uuid, collection uuid, mode text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_visitor() AND app.document_mask(document, collection, NULL, mode) & 1 <> 0
     AND EXISTS (SELECT FROM documents d WHERE d.id = document AND d.deleted_at IS NULL AND d.status <> 'pending')
$$;
-- Whether a grant allows to view, for those whose first bit does not say so: never. It is there for what it costs. With it
-- the planner looks up the grants of a few rows one by one, by the reader's principals, and not all that a collection has.
CREATE FUNCTION app.is_view_elsewhere(mask integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100
  AS $$ BEGIN RETURN false; END $$;
REVOKE ALL ON FUNCTION app.person_id, app.is_active, app.visits_collection, app.visits_document, app.is_view_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.person_id, app.is_active, app.visits_collection, app.visits_document, app.is_view_elsewhere TO sheaf_app;

-- --- what people were given to view ----------------------------------------------------------------------------
-- Links' own grants are nobody's here, so none is asked whether it is open.
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

-- --- policies --------------------------------------------------------------------------------------------------
-- What shows most rows comes first. To compare an owner with no person gives null: only then the system and visitors are asked for.
DROP POLICY documents_visited ON documents;
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

-- --- where access is changed -----------------------------------------------------------------------------------
-- Visitors are told that they may not, of what they see: the views above have nothing for them.
CREATE OR REPLACE FUNCTION app.demand_place(collection uuid, document uuid, wanted integer) RETURNS app.place LANGUAGE plpgsql AS $$
DECLARE place app.place; around collections; doc documents; is_guest boolean;
BEGIN
  IF document IS NULL THEN
    -- nobody waits for a lock, or holds one, who may not see what it is on
    SELECT c.* INTO around FROM collections c
     WHERE c.id = collection AND (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collection AND g.mask & 1 <> 0) OR app.is_system())
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

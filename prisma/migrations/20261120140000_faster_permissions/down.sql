ALTER POLICY documents_visited ON documents USING ((deleted_at IS NULL AND status <> 'pending') OR NOT (SELECT app.is_visitor()));

ALTER POLICY collections_read ON collections
  USING (owner_id = (SELECT app.live_actor_id())
    OR EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collections.id AND g.mask & 1 <> 0)
    OR (SELECT app.is_system()));

ALTER POLICY documents_read ON documents
  USING (owner_id = (SELECT app.live_actor_id())
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 1 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 1 <> 0))
    OR (SELECT app.is_system()));

DROP VIEW app.my_viewed_collections, app.my_viewed_documents, app.my_self;

CREATE OR REPLACE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));

CREATE OR REPLACE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.document_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));

CREATE OR REPLACE FUNCTION app.demand_place(collection uuid, document uuid, wanted integer) RETURNS app.place
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place; around collections; doc documents;
BEGIN
  -- nobody waits for a lock, or holds one, who may not see what it is on
  place.rights := app.rights(collection, document);
  IF place.rights & 1 <> 0 AND document IS NULL THEN
    SELECT * INTO around FROM collections c WHERE c.id = collection FOR NO KEY UPDATE;
  ELSIF place.rights & 1 <> 0 THEN
    SELECT c.* INTO around FROM collections c WHERE c.id = (SELECT d.collection_id FROM documents d WHERE d.id = document) FOR SHARE;
    SELECT * INTO doc FROM documents d WHERE d.id = document FOR NO KEY UPDATE;
    IF doc.collection_id <> around.id THEN RAISE EXCEPTION 'Moved meanwhile' USING ERRCODE = '40001'; END IF;
  END IF;
  place.rights := app.rights(collection, document);
  IF document IS NULL AND (around.id IS NULL OR around.deleted_at IS NOT NULL OR place.rights & 1 = 0) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  ELSIF document IS NOT NULL AND (doc.id IS NULL OR around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL OR doc.status = 'pending'
      OR place.rights & 1 = 0) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF wanted & ~place.rights <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  IF wanted & 512 <> 0 AND EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
    RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
  END IF;
  SELECT CASE WHEN document IS NULL THEN around.id END, doc.id, around.workspace_id, around.owner_id, around.is_protected
    INTO place.collection_id, place.document_id, place.workspace_id, place.owner_id, place.is_protected;
  RETURN place;
END $$;

CREATE OR REPLACE FUNCTION app.demand_role(place app.place, wanted uuid) RETURNS roles
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE given roles;
BEGIN
  SELECT * INTO given FROM roles r WHERE r.id = wanted AND r.workspace_id IS NULL;
  IF NOT FOUND THEN
    SELECT * INTO given FROM roles r WHERE r.id = wanted AND r.deleted_at IS NULL AND r.workspace_id = place.workspace_id
      AND (r.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
  END IF;
  IF given.id IS NULL THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  PERFORM app.demand_within(place, given.mask);
  RETURN given;
END $$;

CREATE OR REPLACE FUNCTION app.demand_within(place app.place, mask integer) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF mask & ~place.rights <> 0 THEN RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights'; END IF;
END $$;

CREATE OR REPLACE FUNCTION app.demand_room(place app.place) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken integer; room integer;
BEGIN
  IF place.document_id IS NULL THEN
    SELECT (SELECT count(*) FROM permissions p WHERE p.collection_id = place.collection_id AND p.deleted_at IS NULL
              AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL) AND p.user_id IS DISTINCT FROM place.owner_id
              AND (p.expires_at IS NULL OR p.expires_at > now()))
         + (SELECT count(*) FROM invitations i WHERE i.collection_id = place.collection_id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
              AND (i.expires_at IS NULL OR i.expires_at > now())) INTO taken;
  ELSE
    SELECT (SELECT count(*) FROM permissions p WHERE p.document_id = place.document_id AND p.deleted_at IS NULL
              AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL) AND (p.expires_at IS NULL OR p.expires_at > now()))
         + (SELECT count(*) FROM invitations i WHERE i.document_id = place.document_id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
              AND (i.expires_at IS NULL OR i.expires_at > now())) INTO taken;
  END IF;
  SELECT l.collaborators INTO room FROM app.quota_limits(place.owner_id) l;
  IF taken >= room THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'collaboratorsPerCollection', 'used', taken, 'limit', room, 'requested', 1)::text;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION app.find_grant(place app.place, principal uuid, address text) RETURNS app.grant_change
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE done app.grant_change;
BEGIN
  IF principal IS NOT NULL AND place.document_id IS NULL THEN
    SELECT p.id, p.mask, p.role_id, p.expires_at INTO done.id, done.mask, done.role_id, done.expires_at FROM permissions p
     WHERE p.collection_id = place.collection_id AND p.principal_id = principal AND p.deleted_at IS NULL FOR UPDATE;
  ELSIF principal IS NOT NULL THEN
    SELECT p.id, p.mask, p.role_id, p.expires_at INTO done.id, done.mask, done.role_id, done.expires_at FROM permissions p
     WHERE p.document_id = place.document_id AND p.principal_id = principal AND p.deleted_at IS NULL FOR UPDATE;
  ELSE
    SELECT i.id, r.mask, i.role_id, i.expires_at INTO done.id, done.mask, done.role_id, done.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id
     WHERE i.email_normalized = address AND i.deleted_at IS NULL AND i.accepted_at IS NULL
       AND (i.collection_id = place.collection_id OR i.document_id = place.document_id) FOR UPDATE OF i;
  END IF;
  RETURN done;
END $$;

CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, team uuid, wanted_role uuid, ends_at timestamptz)
  RETURNS SETOF app.grant_change LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place app.place := app.demand_place(collection, document, 512);
  normal text := lower(trim(given_address));
  person users;
  given roles;
  before app.grant_change;
  done app.grant_change;
BEGIN
  IF team IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
    SELECT * INTO person FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL;
    done.user_id := person.id;
    done.address := normal;
  ELSE
    SELECT g.id, g.name INTO done.group_id, done.subject_name FROM groups g
     WHERE g.id = team AND g.deleted_at IS NULL AND g.workspace_id = place.workspace_id
       AND (g.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group'; END IF;
  END IF;
  given := app.demand_role(place, wanted_role);

  before := app.find_grant(place, coalesce(done.user_id, done.group_id), normal);
  done.role_id := given.id;
  done.role_name := given.name;
  done.mask := given.mask;
  done.expires_at := ends_at;
  done.is_new := before.id IS NULL OR coalesce(before.expires_at <= now(), false);

  IF before.id IS NOT NULL AND NOT done.is_new THEN
    PERFORM app.demand_within(place, before.mask);
    SELECT r.name INTO done.previous_role FROM roles r WHERE r.id = before.role_id;
    done.id := before.id;
    done.previous_expires_at := before.expires_at;
    UPDATE permissions p SET role_id = given.id, expires_at = ends_at WHERE p.id = before.id;
    UPDATE invitations i SET role_id = given.id, expires_at = ends_at WHERE i.id = before.id AND i.accepted_at IS NULL;
    RETURN NEXT done;
    RETURN;
  END IF;

  IF before.id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = before.id;
    UPDATE invitations i SET deleted_at = now() WHERE i.id = before.id AND i.accepted_at IS NULL;
  END IF;
  PERFORM app.demand_room(place);
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    -- people of the same workspace know each other; others stay "invited" until they open it
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at)
      VALUES (done.user_id, done.group_id, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at,
        -- whoever opened it under an earlier grant is known here already
        CASE WHEN person.workspace_id = app.actor_workspace() THEN now()
          ELSE (SELECT max(p.opened_at) FROM permissions p WHERE p.user_id = done.user_id
                 AND (p.collection_id = place.collection_id OR p.document_id = place.document_id)) END)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at)
      VALUES (trim(given_address), normal, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at)
      RETURNING invitations.id INTO done.id;
  END IF;
  RETURN NEXT done;
END $$;

CREATE OR REPLACE FUNCTION app.demand_grant(place app.place, wanted uuid) RETURNS app.grant_change
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE done app.grant_change;
BEGIN
  SELECT p.role_id, p.mask, p.user_id, p.group_id, p.expires_at INTO done.role_id, done.mask, done.user_id, done.group_id, done.expires_at
    FROM permissions p
   WHERE p.id = wanted AND p.deleted_at IS NULL AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL)
     AND (p.collection_id = place.collection_id OR p.document_id = place.document_id)
     AND (p.expires_at IS NULL OR p.expires_at > now()) FOR UPDATE;
  IF NOT FOUND THEN
    SELECT i.role_id, r.mask, i.email, i.expires_at INTO done.role_id, done.mask, done.address, done.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id
     WHERE i.id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL
       AND (i.collection_id = place.collection_id OR i.document_id = place.document_id)
       AND (i.expires_at IS NULL OR i.expires_at > now()) FOR UPDATE OF i;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such collaborator' USING ERRCODE = 'SH002', DETAIL = 'collaborator'; END IF;
  END IF;
  done.id := wanted;
  done.is_new := false;
  done.role_name := (SELECT r.name FROM roles r WHERE r.id = done.role_id);
  done.address := coalesce(done.address, (SELECT u.email FROM users u WHERE u.id = done.user_id));
  done.subject_name := (SELECT g.name FROM groups g WHERE g.id = done.group_id);
  done.previous_role := done.role_name;
  done.previous_expires_at := done.expires_at;
  RETURN done;
END $$;

CREATE OR REPLACE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid)
  RETURNS SETOF app.grant_change LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_own boolean := EXISTS (SELECT FROM permissions p WHERE p.id = wanted AND p.user_id = app.actor_id());
  place app.place := app.demand_place(collection, document, CASE WHEN is_own THEN 1 ELSE 512 END);
  done app.grant_change := app.demand_grant(place, wanted);
BEGIN
  IF NOT is_own THEN PERFORM app.demand_within(place, done.mask); END IF;
  UPDATE permissions p SET deleted_at = now() WHERE p.id = wanted;
  UPDATE invitations i SET deleted_at = now() WHERE i.id = wanted AND i.accepted_at IS NULL;
  done.role_name := NULL;
  done.expires_at := NULL;
  RETURN NEXT done;
END $$;

DROP FUNCTION app.collaborator_limit;

DROP INDEX permissions_collection, permissions_document;
CREATE INDEX permissions_collection ON permissions (collection_id) WHERE collection_id IS NOT NULL;
CREATE INDEX permissions_document ON permissions (document_id) WHERE document_id IS NOT NULL;

DROP TRIGGER grant_mask_changed ON permissions;
DROP TRIGGER grant_mask ON permissions;
CREATE TRIGGER grant_mask BEFORE INSERT OR UPDATE ON permissions FOR EACH ROW EXECUTE FUNCTION app.grant_mask();
DROP TRIGGER owner_grant_stays ON permissions;
CREATE TRIGGER owner_grant_stays BEFORE UPDATE ON permissions FOR EACH ROW EXECUTE FUNCTION app.owner_grant_stays();

-- The same rules in fewer steps: what is read on every page, and what giving and taking access does. No table changes.

-- --- reading ---------------------------------------------------------------------------------------------------
-- The actor's principals are one array, read once in a statement: a grant is then one probe of one index instead of a
-- join. Whether a visitor's link opens anything is asked there too, once, instead of at every grant: a link's grants are
-- held by that link alone.
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

-- Those of them that let the actor view. Views of their own, because a condition on top of a barrier is another step for
-- each of thousands of grants.
CREATE VIEW app.my_viewed_collections WITH (security_barrier = true) AS
  SELECT p.collection_id
    FROM permissions p
   WHERE p.principal_id = ANY (ARRAY(SELECT up.principal_id FROM user_principals up
           WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id))))
     AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL AND p.mask & 1 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
CREATE VIEW app.my_viewed_documents WITH (security_barrier = true) AS
  SELECT p.document_id
    FROM permissions p
   WHERE p.principal_id = ANY (ARRAY(SELECT up.principal_id FROM user_principals up
           WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id))))
     AND p.deleted_at IS NULL AND p.document_id IS NOT NULL AND p.mask & 1 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
-- The actor, unless suspended: as app.live_actor_id, without the call of a function.
CREATE VIEW app.my_self WITH (security_barrier = true) AS
  SELECT up.user_id FROM user_principals up WHERE up.user_id = app.actor_id() AND up.principal_id = app.actor_id();
GRANT SELECT ON app.my_viewed_collections, app.my_viewed_documents, app.my_self TO sheaf_app;

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
-- The cheaper question first.
ALTER POLICY documents_visited ON documents USING (NOT (SELECT app.is_visitor()) OR (deleted_at IS NULL AND status <> 'pending'));

-- --- what a change stands on -----------------------------------------------------------------------------------
-- Called by the functions that change access and by nobody else: these run as the caller, whose rights and search_path
-- are the owner's. Setting both anew at every step took a third of the time.
CREATE OR REPLACE FUNCTION app.demand_place(collection uuid, document uuid, wanted integer) RETURNS app.place
  LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION app.demand_within(place app.place, mask integer) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  IF mask & ~place.rights <> 0 THEN RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights'; END IF;
END $$;

CREATE OR REPLACE FUNCTION app.demand_role(place app.place, wanted uuid) RETURNS roles
  LANGUAGE plpgsql AS $$
DECLARE given roles;
BEGIN
  SELECT * INTO given FROM roles r WHERE r.id = wanted AND r.workspace_id IS NULL;
  IF NOT FOUND THEN
    SELECT * INTO given FROM roles r WHERE r.id = wanted AND r.deleted_at IS NULL AND r.workspace_id = place.workspace_id
      AND (r.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
  END IF;
  IF given.id IS NULL THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  IF given.mask & ~place.rights <> 0 THEN RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights'; END IF;
  RETURN given;
END $$;

-- As app.quota_limits, in a form that becomes part of the statement that asks.
CREATE FUNCTION app.collaborator_limit(person uuid) RETURNS TABLE (room integer) LANGUAGE sql STABLE AS $$
  SELECT coalesce(CASE WHEN q.overrides_end_at IS NULL OR q.overrides_end_at > statement_timestamp() THEN q.collaborators_override END,
           t.collaborators_per_collection)
    FROM user_quotas q JOIN tiers t ON t.name = q.tier_name WHERE q.user_id = person
$$;

REVOKE ALL ON FUNCTION app.collaborator_limit FROM PUBLIC;

-- Counted from the index alone: what is neither the owner's nor the workspace's, everyone's or a link's is a collaborator's.
CREATE OR REPLACE FUNCTION app.demand_room(place app.place) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE taken integer; room integer;
BEGIN
  IF place.document_id IS NULL THEN
    SELECT (SELECT count(*) FROM permissions p WHERE p.collection_id = place.collection_id AND p.deleted_at IS NULL AND p.link_id IS NULL
              AND p.principal_id NOT IN (place.owner_id, place.workspace_id, '00000000-0000-0000-0000-000000000001')
              AND (p.expires_at IS NULL OR p.expires_at > now()))
         + (SELECT count(*) FROM invitations i WHERE i.collection_id = place.collection_id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
              AND (i.expires_at IS NULL OR i.expires_at > now())), (SELECT l.room FROM app.collaborator_limit(place.owner_id) l)
      INTO taken, room;
  ELSE
    SELECT (SELECT count(*) FROM permissions p WHERE p.document_id = place.document_id AND p.deleted_at IS NULL AND p.link_id IS NULL
              AND p.principal_id NOT IN (place.workspace_id, '00000000-0000-0000-0000-000000000001')
              AND (p.expires_at IS NULL OR p.expires_at > now()))
         + (SELECT count(*) FROM invitations i WHERE i.document_id = place.document_id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
              AND (i.expires_at IS NULL OR i.expires_at > now())), (SELECT l.room FROM app.collaborator_limit(place.owner_id) l)
      INTO taken, room;
  END IF;
  IF taken >= room THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'collaboratorsPerCollection', 'used', taken, 'limit', room, 'requested', 1)::text;
  END IF;
END $$;

-- --- grants ----------------------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.find_grant(place app.place, principal uuid, address text) RETURNS app.grant_change
  LANGUAGE plpgsql AS $$
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

-- Earlier grants of one person, ended ones too, without reading everybody else's.
DROP INDEX permissions_collection, permissions_document;
CREATE INDEX permissions_collection ON permissions (collection_id, user_id) WHERE collection_id IS NOT NULL;
CREATE INDEX permissions_document ON permissions (document_id, user_id) WHERE document_id IS NOT NULL;

CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, team uuid, wanted_role uuid, ends_at timestamptz)
  RETURNS SETOF app.grant_change LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place app.place := app.demand_place(collection, document, 512);
  normal text := lower(trim(given_address));
  given roles;
  before app.grant_change;
  done app.grant_change;
  opened timestamptz;
  is_colleague boolean;
  is_given boolean := true;
BEGIN
  IF team IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
    SELECT u.id, EXISTS (SELECT FROM users me WHERE me.id = app.actor_id() AND me.workspace_id = u.workspace_id AND me.suspended_at IS NULL AND NOT me.is_external)
      INTO done.user_id, is_colleague
      FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL;
    done.address := normal;
  ELSE
    SELECT g.id, g.name INTO done.group_id, done.subject_name FROM groups g
     WHERE g.id = team AND g.deleted_at IS NULL AND g.workspace_id = place.workspace_id
       AND (g.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group'; END IF;
  END IF;
  given := app.demand_role(place, wanted_role);

  -- a person's grants here, ended ones too: whether one is live, and since when this place is known to them
  IF done.user_id IS NOT NULL AND place.document_id IS NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.collection_id = place.collection_id AND p.user_id = done.user_id;
  ELSIF done.user_id IS NOT NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.document_id = place.document_id AND p.user_id = done.user_id;
  END IF;
  IF is_given THEN before := app.find_grant(place, coalesce(done.user_id, done.group_id), normal); END IF;
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
    IF is_colleague THEN opened := now(); END IF;
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at)
      VALUES (done.user_id, done.group_id, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at, opened)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at)
      VALUES (trim(given_address), normal, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at)
      RETURNING invitations.id INTO done.id;
  END IF;
  RETURN NEXT done;
END $$;

CREATE OR REPLACE FUNCTION app.demand_grant(place app.place, wanted uuid) RETURNS app.grant_change
  LANGUAGE plpgsql AS $$
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
  -- after the lock: joined to the row above, a role that changed meanwhile would make it look gone
  SELECT r.name, coalesce(done.address, u.email), g.name INTO done.role_name, done.address, done.subject_name
    FROM roles r LEFT JOIN users u ON u.id = done.user_id LEFT JOIN groups g ON g.id = done.group_id WHERE r.id = done.role_id;
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
  IF NOT is_own AND done.mask & ~place.rights <> 0 THEN
    RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights';
  END IF;
  -- an invitation keeps its id when it becomes a grant, and ends with it only as long as it waits
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = wanted;
  ELSE
    UPDATE invitations i SET deleted_at = now() WHERE i.id = wanted AND i.accepted_at IS NULL;
  END IF;
  done.role_name := NULL;
  done.expires_at := NULL;
  RETURN NEXT done;
END $$;

-- --- grants keep their rules -----------------------------------------------------------------------------------
-- The same two triggers, called only for the rows they are about.
DROP TRIGGER grant_mask ON permissions;
CREATE TRIGGER grant_mask BEFORE INSERT ON permissions FOR EACH ROW EXECUTE FUNCTION app.grant_mask();
CREATE TRIGGER grant_mask_changed BEFORE UPDATE ON permissions
  FOR EACH ROW WHEN (NEW.role_id <> OLD.role_id) EXECUTE FUNCTION app.grant_mask();
DROP TRIGGER owner_grant_stays ON permissions;
CREATE TRIGGER owner_grant_stays BEFORE UPDATE ON permissions
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND OLD.user_id IS NOT NULL AND OLD.collection_id IS NOT NULL
    AND (NEW.deleted_at IS NOT NULL OR NEW.expires_at IS NOT NULL OR NEW.mask <> 8191)) EXECUTE FUNCTION app.owner_grant_stays();

DROP FUNCTION app.demand_place(uuid, uuid, integer);
-- Who manages a thing may take access to it away while it lies in the trash, too: what is restored must not be open again.
CREATE OR REPLACE FUNCTION app.demand_place(collection uuid, document uuid, wanted integer, in_trash boolean DEFAULT false)
 RETURNS app.place
 LANGUAGE plpgsql
AS $function$
DECLARE place app.place; around collections; doc documents; is_guest boolean; is_trashed boolean;
BEGIN
  IF document IS NULL THEN
    -- nobody waits for a lock, or holds one, who may not see what it is on
    SELECT c.* INTO around FROM collections c
     WHERE c.id = collection AND (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collection AND g.mask & 1 <> 0) OR app.is_system())
       FOR NO KEY UPDATE;
    -- and what they may is read once it is locked
    SELECT CASE WHEN app.is_system() THEN 8191 ELSE coalesce(bit_or(g.mask), 0) END, coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false)
      INTO place.rights, is_guest FROM app.my_collection_grants g WHERE g.collection_id = collection;
    IF around.id IS NULL OR (around.deleted_at IS NOT NULL AND NOT in_trash) OR place.rights & 1 = 0
       OR (around.deleted_at IS NOT NULL AND place.rights & 512 = 0) THEN
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
    is_trashed := around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL;
    IF doc.id IS NULL OR doc.status = 'pending' OR (is_trashed AND NOT in_trash) OR place.rights & 1 = 0 OR (is_trashed AND place.rights & 512 = 0) THEN
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
END $function$;

REVOKE ALL ON FUNCTION app.demand_place FROM PUBLIC;

-- The address as it was given: who has not opened anything yet is shown by it, and by nothing that an account would tell.
ALTER TABLE permissions ADD COLUMN given_address text;

-- --- ends ------------------------------------------------------------------------------------------------------
-- Whether one end is later than another; without an end is latest.
CREATE FUNCTION app.is_later(one timestamptz, other timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(one, 'infinity') > coalesce(other, 'infinity');
-- Nobody gives for longer than they have themselves: each bit has to come from a grant of theirs that lasts as long.
CREATE FUNCTION app.demand_lasting(place app.place, mask integer, ends_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE lasting integer; doc documents; mine uuid[];
BEGIN
  IF mask = 0 OR app.is_system() THEN RETURN; END IF;
  -- the owner of a collection has all there is on it, without an end
  IF place.document_id IS NULL AND place.owner_id = app.actor_id() THEN RETURN; END IF;
  mine := app.my_principal_ids();
  IF place.document_id IS NULL THEN
    SELECT bit_or(p.mask) INTO lasting FROM permissions p WHERE p.collection_id = place.collection_id AND p.principal_id = ANY (mine)
       AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
  ELSE
    SELECT * INTO doc FROM documents d WHERE d.id = place.document_id;
    SELECT bit_or(p.mask) INTO lasting FROM permissions p WHERE p.document_id = doc.id AND p.principal_id = ANY (mine)
       AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
    IF doc.access_mode IN ('collection', 'link') THEN
      SELECT coalesce(bit_or(p.mask), 0) | coalesce(lasting, 0) INTO lasting FROM permissions p WHERE p.collection_id = doc.collection_id AND p.principal_id = ANY (mine)
         AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
    END IF;
    IF doc.owner_id = app.actor_id() THEN lasting := coalesce(lasting, 0) | 9; END IF;
  END IF;
  IF mask & ~coalesce(lasting, 0) <> 0 THEN
    RAISE EXCEPTION 'Beyond one''s own end' USING ERRCODE = 'SH003', DETAIL = 'beyond_own_end';
  END IF;
END $$;
REVOKE ALL ON FUNCTION app.is_later, app.demand_lasting FROM PUBLIC;

-- --- giving and taking -----------------------------------------------------------------------------------------
-- Whoever is suspended has an account all the same: what is given waits for them in their one grant.
CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, team uuid, wanted_role uuid, ends_at timestamp with time zone)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
      FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL;
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
    PERFORM app.demand_lasting(place, given.mask & ~CASE WHEN app.is_later(ends_at, before.expires_at) THEN 0 ELSE before.mask END, ends_at);
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
  PERFORM app.demand_lasting(place, given.mask, ends_at);
  PERFORM app.demand_room(place);
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    -- people of the same workspace know each other; others stay "invited" until they open it
    IF is_colleague THEN opened := now(); END IF;
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at, given_address)
      VALUES (done.user_id, done.group_id, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at, opened,
        CASE WHEN team IS NULL THEN trim(given_address) END)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at)
      VALUES (trim(given_address), normal, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at)
      RETURNING invitations.id INTO done.id;
  END IF;
  RETURN NEXT done;
END $function$;

CREATE OR REPLACE FUNCTION app.change_access(collection uuid, document uuid, wanted uuid, wanted_role uuid, keeps_end boolean, ends_at timestamp with time zone)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE place app.place := app.demand_place(collection, document, 512); given roles; done app.grant_change; had integer;
BEGIN
  -- the role is locked before the grant, as everywhere
  IF wanted_role IS NOT NULL THEN given := app.demand_role(place, wanted_role); END IF;
  done := app.demand_grant(place, wanted);
  PERFORM app.demand_within(place, done.mask);
  had := done.mask;
  IF given.id IS NOT NULL THEN
    done.role_id := given.id;
    done.role_name := given.name;
    done.mask := given.mask;
  END IF;
  IF NOT keeps_end THEN done.expires_at := ends_at; END IF;
  IF app.is_later(done.expires_at, done.previous_expires_at) THEN had := 0; END IF;
  PERFORM app.demand_lasting(place, done.mask & ~had, done.expires_at);
  UPDATE permissions p SET role_id = done.role_id, expires_at = done.expires_at WHERE p.id = wanted;
  UPDATE invitations i SET role_id = done.role_id, expires_at = done.expires_at WHERE i.id = wanted AND i.accepted_at IS NULL;
  RETURN NEXT done;
END $function$;

CREATE OR REPLACE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  is_own boolean := EXISTS (SELECT FROM permissions p WHERE p.id = wanted AND p.user_id = app.actor_id());
  place app.place := app.demand_place(collection, document, CASE WHEN is_own THEN 1 ELSE 512 END, true);
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
END $function$;

CREATE OR REPLACE FUNCTION app.revoke_link(link uuid)
 RETURNS TABLE(collection_id uuid, document_id uuid, name text, role text, expires_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE found_row public_links; place app.place;
BEGIN
  SELECT * INTO found_row FROM public_links l WHERE l.id = link AND app.rights(l.collection_id, l.document_id) & 512 <> 0;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  place := app.demand_place(found_row.collection_id, found_row.document_id, 512, true);
  PERFORM app.demand_within(place, (SELECT r.mask FROM roles r WHERE r.id = found_row.role_id));
  UPDATE public_links l SET revoked_at = now() WHERE l.id = link AND l.revoked_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT found_row.collection_id, found_row.document_id, found_row.name, r.name, found_row.expires_at
    FROM roles r WHERE r.id = found_row.role_id;
END $function$;

-- An invitation that is being accepted while somebody takes it back is a grant a moment later: what is not there any more is looked for
-- among those once more.
CREATE OR REPLACE FUNCTION app.demand_grant(place app.place, wanted uuid)
 RETURNS app.grant_change
 LANGUAGE plpgsql
AS $function$
DECLARE done app.grant_change;
BEGIN
  FOR look IN 1..2 LOOP
    SELECT p.role_id, p.mask, p.user_id, p.group_id, p.expires_at INTO done.role_id, done.mask, done.user_id, done.group_id, done.expires_at
      FROM permissions p
     WHERE p.id = wanted AND p.deleted_at IS NULL AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL)
       AND (p.collection_id = place.collection_id OR p.document_id = place.document_id)
       AND (p.expires_at IS NULL OR p.expires_at > now()) FOR UPDATE;
    EXIT WHEN FOUND;
    SELECT i.role_id, r.mask, i.email, i.expires_at INTO done.role_id, done.mask, done.address, done.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id
     WHERE i.id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL
       AND (i.collection_id = place.collection_id OR i.document_id = place.document_id)
       AND (i.expires_at IS NULL OR i.expires_at > now()) FOR UPDATE OF i;
    EXIT WHEN FOUND;
    IF look = 2 THEN RAISE EXCEPTION 'No such collaborator' USING ERRCODE = 'SH002', DETAIL = 'collaborator'; END IF;
  END LOOP;
  done.id := wanted;
  done.is_new := false;
  -- after the lock: joined to the row above, a role that changed meanwhile would make it look gone
  SELECT r.name, coalesce(done.address, u.email), g.name INTO done.role_name, done.address, done.subject_name
    FROM roles r LEFT JOIN users u ON u.id = done.user_id LEFT JOIN groups g ON g.id = done.group_id WHERE r.id = done.role_id;
  done.previous_role := done.role_name;
  done.previous_expires_at := done.expires_at;
  RETURN done;
END $function$;

-- What an address was invited to meets what its owner has there already: they get the more permissive one, and of two that
-- give different things the later one. Roles are locked before grants, as everywhere.
CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE owner users; waiting invitations; held permissions; claimed integer := 0; gives integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system claims' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO owner FROM users WHERE id = person AND email_verified_at IS NOT NULL AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || owner.email_normalized, 0));
  PERFORM FROM roles r WHERE r.workspace_id IS NOT NULL AND r.id IN (SELECT i.role_id FROM invitations i
     WHERE i.email_normalized = owner.email_normalized AND i.deleted_at IS NULL AND i.accepted_at IS NULL) ORDER BY r.id FOR SHARE;
  FOR waiting IN
    UPDATE invitations SET accepted_at = now()
     WHERE email_normalized = owner.email_normalized AND deleted_at IS NULL AND accepted_at IS NULL
       AND (expires_at IS NULL OR expires_at > now()) RETURNING *
  LOOP
    SELECT * INTO held FROM permissions p WHERE p.principal_id = person AND p.deleted_at IS NULL
       AND (p.collection_id = waiting.collection_id OR p.document_id = waiting.document_id) FOR UPDATE;
    IF FOUND AND held.expires_at <= now() THEN
      UPDATE permissions p SET deleted_at = now() WHERE p.id = held.id;
      held := NULL;
    END IF;
    IF held.id IS NULL THEN
      INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, given_address)
        VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
          waiting.expires_at, waiting.email);
    ELSE
      SELECT r.mask INTO gives FROM roles r WHERE r.id = waiting.role_id;
      IF (CASE WHEN gives = held.mask THEN app.is_later(waiting.expires_at, held.expires_at)
              WHEN gives & ~held.mask = 0 THEN false
              ELSE held.mask & ~gives = 0 OR waiting.created_at > held.granted_at END) THEN
        UPDATE permissions p SET role_id = waiting.role_id, expires_at = waiting.expires_at WHERE p.id = held.id;
      END IF;
    END IF;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $function$;

-- --- roles -----------------------------------------------------------------------------------------------------
-- The owner has the role of that name, and none of a workspace's own that holds as much today.
CREATE OR REPLACE FUNCTION app.owner_grant_stays()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF OLD.deleted_at IS NULL AND OLD.user_id IS NOT NULL AND OLD.collection_id IS NOT NULL
     AND (NEW.deleted_at IS NOT NULL OR NEW.expires_at IS NOT NULL OR NEW.role_id <> '00000000-0000-7000-8000-000000000001')
     AND EXISTS (SELECT FROM collections c WHERE c.id = OLD.collection_id AND c.owner_id = OLD.user_id) THEN
    RAISE EXCEPTION 'The owner keeps full access' USING ERRCODE = 'SH003', DETAIL = 'last_owner';
  END IF;
  RETURN NEW;
END $function$;
UPDATE permissions p SET role_id = '00000000-0000-7000-8000-000000000001' FROM collections c
 WHERE c.id = p.collection_id AND c.owner_id = p.user_id AND p.deleted_at IS NULL AND p.role_id <> '00000000-0000-7000-8000-000000000001';
DROP TRIGGER owner_grant_stays ON permissions;
CREATE TRIGGER owner_grant_stays BEFORE UPDATE ON permissions FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND OLD.user_id IS NOT NULL AND OLD.collection_id IS NOT NULL
    AND (NEW.deleted_at IS NOT NULL OR NEW.expires_at IS NOT NULL OR NEW.role_id <> OLD.role_id))
  EXECUTE FUNCTION app.owner_grant_stays();

-- Grants that have ended go on telling what they gave.
CREATE OR REPLACE FUNCTION app.role_mask_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE permissions SET mask = NEW.mask WHERE role_id = NEW.id AND deleted_at IS NULL;
  RETURN NULL;
END $function$;

-- A workspace has ten roles of its own at most, whoever asks.
CREATE OR REPLACE FUNCTION app.create_role(title text, about text, bits integer, at_most integer)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE mine uuid := app.demand_role_admin(); taken integer; made uuid;
BEGIN
  SELECT count(*) INTO taken FROM roles r WHERE r.workspace_id = mine AND r.deleted_at IS NULL;
  at_most := least(at_most, 10);
  IF taken >= at_most THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'customRoles', 'used', taken, 'limit', at_most, 'requested', 1)::text;
  END IF;
  PERFORM app.demand_role_name(mine, title, NULL);
  INSERT INTO roles (workspace_id, name, description, mask) VALUES (mine, title, about, bits) RETURNING id INTO made;
  RETURN made;
END $function$;

DROP FUNCTION app.set_access_mode(uuid, text);
DROP FUNCTION app.keep_manager(documents);

-- --- limiting a document to invited people -----------------------------------------------------------------------
-- Gives the actor, who manages a document through its collection, a grant on it that lets them go on: their strongest role on
-- the collection, or, where they hold something on the document that it lacks, a role that covers both within their rights.
-- Returns that grant and what it took the place of; nothing where they manage the document itself already.
CREATE FUNCTION app.keep_manager(doc documents, rights integer, OUT made permissions, OUT ended permissions)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE best permissions; role uuid;
BEGIN
  IF app.is_system() OR EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = doc.id AND g.mask & 512 <> 0) THEN RETURN; END IF;
  SELECT p.* INTO best FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.collection_id = doc.collection_id AND p.deleted_at IS NULL AND p.mask & 512 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > now())
   ORDER BY bit_count(p.mask::bit(13)) DESC, p.expires_at DESC NULLS FIRST LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  role := best.role_id;
  SELECT * INTO ended FROM permissions p WHERE p.document_id = doc.id AND p.user_id = app.actor_id() AND p.deleted_at IS NULL FOR UPDATE;
  IF FOUND AND (ended.expires_at IS NULL OR ended.expires_at > now()) AND ended.mask & ~best.mask <> 0 THEN
    SELECT r.id INTO role FROM roles r JOIN collections c ON c.id = doc.collection_id
     WHERE r.deleted_at IS NULL AND (r.workspace_id IS NULL OR r.workspace_id = c.workspace_id)
       AND (ended.mask | 512) & ~r.mask = 0 AND r.mask & ~rights = 0 ORDER BY bit_count(r.mask::bit(13)) DESC, r.id LIMIT 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'No role keeps what the actor has' USING ERRCODE = 'SH003', DETAIL = 'manager_would_lose';
    END IF;
  END IF;
  UPDATE permissions p SET deleted_at = now() WHERE p.id = ended.id;
  INSERT INTO permissions (user_id, document_id, role_id, granted_by_id, expires_at, opened_at)
    VALUES (app.actor_id(), doc.id, role, app.actor_id(), best.expires_at, now()) RETURNING * INTO made;
END $$;
REVOKE ALL ON FUNCTION app.keep_manager FROM PUBLIC;

CREATE FUNCTION app.set_access_mode(document uuid, wanted text,
    OUT previous text, OUT kept_id uuid, OUT kept_role text, OUT kept_until timestamptz, OUT ended_id uuid, OUT ended_role text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE place app.place := app.demand_place(NULL, document, 1); doc documents; is_mine boolean; manages boolean; kept record;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := (place.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END) & 512 <> 0;
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = CASE WHEN manages THEN 'document_owner' ELSE 'action' END;
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
    IF EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
      RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
    END IF;
  END IF;
  IF wanted = 'link' AND place.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  previous := doc.access_mode;
  IF wanted = previous THEN RETURN; END IF;
  IF wanted = 'invite' THEN
    kept := app.keep_manager(doc, place.rights);
    kept_id := (kept.made).id;
    kept_until := (kept.made).expires_at;
    ended_id := (kept.ended).id;
    SELECT r.name INTO kept_role FROM roles r WHERE r.id = (kept.made).role_id;
    SELECT r.name INTO ended_role FROM roles r WHERE r.id = (kept.ended).role_id;
  END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
END $function$;
REVOKE ALL ON FUNCTION app.set_access_mode FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.set_access_mode TO sheaf_app;

-- --- what is told of others ------------------------------------------------------------------------------------
-- A collection that one may not open has no name for who gets to a document in it alone.
CREATE OR REPLACE FUNCTION app.group_reach(wanted uuid, after uuid, at_most integer)
 RETURNS TABLE(id uuid, collection_id uuid, collection_name text, document_id uuid, document_name text, role text, expires_at timestamp with time zone, via_id uuid, via_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH RECURSIVE up (group_id) AS (
    SELECT g.id FROM groups g WHERE g.id = wanted AND g.deleted_at IS NULL AND (g.workspace_id = app.actor_workspace() OR app.is_system())
    UNION
    SELECT n.parent_id FROM up JOIN group_nestings n ON n.child_id = up.group_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  ), reached AS (
    SELECT p.id, p.role_id, p.expires_at, p.deleted_at, p.group_id, p.document_id, c.id AS collection_id, c.name AS collection_name,
           d.name AS document_name, d.owner_id, d.access_mode,
           (lower(c.name), c.id, coalesce(d.id, '00000000-0000-0000-0000-000000000000'::uuid), p.id) AS place,
           c.deleted_at IS NULL AND (d.id IS NULL OR (d.deleted_at IS NULL AND d.status <> 'pending' AND d.access_mode <> 'private')) AS is_open
      FROM permissions p LEFT JOIN documents d ON d.id = p.document_id JOIN collections c ON c.id = coalesce(p.collection_id, d.collection_id)
     WHERE p.group_id IN (SELECT group_id FROM up)
  )
  SELECT x.id, x.collection_id,
         CASE WHEN x.document_id IS NULL OR app.collection_mask(x.collection_id) & 1 <> 0 THEN x.collection_name ELSE '' END, x.document_id, CASE WHEN mine.mask & 1 <> 0 THEN x.document_name END, r.name,
         x.expires_at, g.id, g.name
    FROM reached x JOIN roles r ON r.id = x.role_id JOIN groups g ON g.id = x.group_id,
         LATERAL (SELECT CASE WHEN x.document_id IS NULL THEN app.collection_mask(x.collection_id)
           ELSE app.document_mask(x.document_id, x.collection_id, x.owner_id, x.access_mode) END) mine (mask)
   WHERE x.is_open AND x.deleted_at IS NULL AND (x.expires_at IS NULL OR x.expires_at > statement_timestamp())
     AND (after IS NULL OR x.place > (SELECT y.place FROM reached y WHERE y.id = after))
     AND ((SELECT app.is_workspace_admin() OR app.is_system()) OR mine.mask & 1 <> 0)
   ORDER BY x.place LIMIT at_most
$function$;

-- Id and name of somebody whom the actor may know of here; no row otherwise.
CREATE FUNCTION app.known_person(person uuid, collection uuid, document uuid) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name FROM users u WHERE u.id = person AND app.is_known(person, collection, document)
$$;
-- The person with an address whom the actor, who manages the permissions here, may know of.
CREATE FUNCTION app.known_by_address(collection uuid, document uuid, address text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id FROM app.access_place(collection, document) place JOIN users u ON u.email_normalized = address
   WHERE place.rights & 512 <> 0 AND app.is_known(u.id, place.collection_id, place.document_id)
$$;
REVOKE ALL ON FUNCTION app.known_person, app.known_by_address FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.known_by_address TO sheaf_app;

CREATE OR REPLACE FUNCTION app.list_grants(collection uuid, document uuid)
 RETURNS TABLE(id uuid, subject text, email text, name text, user_id uuid, group_id uuid, member_count integer, role_id uuid, role text, mask integer, is_pending boolean, is_owner boolean, granter_id uuid, granter_name text, granted_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH place AS (
    SELECT x.*, CASE WHEN document IS NULL THEN x.collection_id END AS own_collection_id
      FROM app.access_place(collection, document) x WHERE x.rights & 516 <> 0
  ), given AS (
    SELECT p.* FROM place JOIN permissions p ON p.collection_id = place.own_collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM place JOIN permissions p ON p.document_id = place.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM place JOIN invitations i ON i.collection_id = place.own_collection_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
    UNION ALL SELECT i.* FROM place JOIN invitations i ON i.document_id = place.document_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
  )
  SELECT * FROM (
    SELECT p.id, CASE WHEN p.group_id IS NULL THEN 'user' ELSE 'group' END, CASE WHEN known.yes THEN u.email ELSE coalesce(p.given_address, u.email) END,
           CASE WHEN known.yes THEN u.name ELSE t.name END,
           CASE WHEN known.yes THEN u.id END, t.id, CASE WHEN t.id IS NOT NULL THEN
             (SELECT count(*)::integer FROM user_principals up WHERE up.principal_id = t.id) END,
           r.id, r.name, p.mask, u.id IS NOT NULL AND NOT known.yes,
           coalesce(u.id = place.collection_owner_id AND p.document_id IS NULL, false), giver.id, giver.name, p.granted_at, p.expires_at
      FROM place CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
      LEFT JOIN LATERAL app.known_person(p.granted_by_id, place.collection_id, place.document_id) giver ON true,
      LATERAL (SELECT u.id IS NOT NULL AND app.is_known(u.id, place.collection_id, place.document_id)) known (yes)
     WHERE (u.id IS NOT NULL OR t.id IS NOT NULL) AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
    UNION ALL
    SELECT i.id, 'user', i.email, NULL, NULL, NULL, NULL, r.id, r.name, r.mask, true, false, giver.id, giver.name, i.created_at, i.expires_at
      FROM place CROSS JOIN waiting i JOIN roles r ON r.id = i.role_id
      LEFT JOIN LATERAL app.known_person(i.invited_by_id, place.collection_id, place.document_id) giver ON true
     WHERE (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
  ) grants (id, subject, email, name, user_id, group_id, member_count, role_id, role, mask, is_pending, is_owner, granter_id, granter_name,
    granted_at, expires_at)
  ORDER BY NOT is_owner, granted_at, id
$function$;

CREATE OR REPLACE FUNCTION app.access_grants(collection uuid, document uuid, person uuid)
 RETURNS TABLE(id uuid, resource text, subject text, principal text, subject_name text, role_id uuid, role text, mask integer, granter_id uuid, granter_name text, granted_at timestamp with time zone, expires_at timestamp with time zone, is_expired boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH place AS (
    SELECT x.collection_id, x.document_id FROM app.access_place(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM place JOIN permissions p ON p.collection_id = place.collection_id WHERE p.deleted_at IS NULL AND p.link_id IS NULL
    UNION ALL SELECT p.* FROM place JOIN permissions p ON p.document_id = place.document_id WHERE p.deleted_at IS NULL AND p.link_id IS NULL
  ), waiting AS (
    SELECT i.* FROM place JOIN invitations i ON i.collection_id = place.collection_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
    UNION ALL SELECT i.* FROM place JOIN invitations i ON i.document_id = place.document_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
  )
  SELECT p.id, CASE WHEN p.document_id IS NULL THEN 'collection' ELSE 'document' END,
         CASE WHEN p.user_id IS NOT NULL THEN 'user' WHEN p.group_id IS NOT NULL THEN 'group' WHEN p.is_everyone THEN 'everyone' ELSE 'workspace' END,
         CASE WHEN p.user_id IS NULL OR app.is_known(p.user_id, place.collection_id, place.document_id)
           THEN p.principal_id::text ELSE 'address:' || lower(coalesce(p.given_address, u.email)) END,
         coalesce(t.name, w.name), r.id, r.name, p.mask, giver.id, giver.name, p.granted_at, p.expires_at, coalesce(p.expires_at <= statement_timestamp(), false)
    FROM place CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
    LEFT JOIN workspaces w ON w.id = p.subject_workspace_id
    LEFT JOIN LATERAL app.known_person(p.granted_by_id, place.collection_id, place.document_id) giver ON true
   WHERE person IS NULL OR p.user_id = person
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = p.principal_id)
  UNION ALL
  SELECT i.id, CASE WHEN i.document_id IS NULL THEN 'collection' ELSE 'document' END, 'user', 'address:' || i.email_normalized,
         NULL, r.id, r.name, r.mask, giver.id, giver.name, i.created_at, i.expires_at, coalesce(i.expires_at <= statement_timestamp(), false)
    FROM place CROSS JOIN waiting i JOIN roles r ON r.id = i.role_id
    LEFT JOIN LATERAL app.known_person(i.invited_by_id, place.collection_id, place.document_id) giver ON true
$function$;

-- People whom the actor must not know of are listed by the address that was given, and only where one was.
CREATE OR REPLACE FUNCTION app.access_people(collection uuid, document uuid, person uuid, through uuid, after text, at_most integer)
 RETURNS TABLE(user_id uuid, email text, sort_key text, name text, is_external boolean, is_suspended boolean, is_pending boolean, principals text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH place AS (
    SELECT x.* FROM app.access_place(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM place JOIN permissions p ON p.collection_id = place.collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM place JOIN permissions p ON p.document_id = place.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM place JOIN invitations i ON i.collection_id = place.collection_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
    UNION ALL SELECT i.* FROM place JOIN invitations i ON i.document_id = place.document_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
  ), live AS (
    SELECT * FROM given p WHERE (p.expires_at IS NULL OR p.expires_at > statement_timestamp()) AND (through IS NULL OR p.id = through)
  ), candidates AS (
    SELECT person AS id WHERE person IS NOT NULL
    UNION SELECT l.user_id FROM live l WHERE l.user_id IS NOT NULL AND person IS NULL
    UNION SELECT up.user_id FROM live l JOIN user_principals up ON up.principal_id = l.principal_id
     WHERE person IS NULL AND (l.group_id IS NOT NULL OR (l.subject_workspace_id IS NOT NULL AND through IS NOT NULL))
    UNION SELECT place.collection_owner_id FROM place WHERE person IS NULL AND through IS NULL
    UNION SELECT place.document_owner_id FROM place WHERE person IS NULL AND through IS NULL AND place.document_owner_id IS NOT NULL
  ), known AS (
    SELECT u.*, app.is_known(u.id, place.collection_id, place.document_id) AS yes FROM place, candidates k JOIN users u ON u.id = k.id
  ), people AS (
    SELECT k.id, k.email, k.email_normalized, k.name, k.is_external, k.suspended_at IS NOT NULL, false,
           ARRAY(SELECT DISTINCT up.principal_id::text FROM user_principals up JOIN given p ON p.principal_id = up.principal_id WHERE up.user_id = k.id)
      FROM known k WHERE k.yes
    UNION ALL
    SELECT NULL, a.email, a.email_normalized, NULL, false, false, true,
           ARRAY['address:' || a.email_normalized, '00000000-0000-0000-0000-000000000001']
      FROM (
        SELECT max(given.email), lower(given.email) FROM (
          SELECT coalesce(l.given_address, k.email) FROM known k JOIN live l ON l.user_id = k.id WHERE NOT k.yes AND person IS NULL
          UNION ALL
          SELECT i.email FROM waiting i
           WHERE person IS NULL AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp()) AND (through IS NULL OR i.id = through)
        ) given (email) GROUP BY lower(given.email)
      ) a (email, email_normalized)
  )
  SELECT * FROM people p (user_id, email, sort_key, name, is_external, is_suspended, is_pending, principals)
   WHERE after IS NULL OR p.sort_key > after ORDER BY p.sort_key LIMIT at_most
$function$;

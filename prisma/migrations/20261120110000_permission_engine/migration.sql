-- Who may give what to whom, on collections and documents alike: grants to people, addresses and groups, custom roles,
-- visibility and access modes. Everything that changes access is one function here: it locks the resource first and
-- reads the actor's rights after that, so that nobody goes on with rights that were just taken from them.
-- Lock order: collection, document, address, group, role, grants.

-- --- tables ----------------------------------------------------------------------------------------------------
-- Deleted roles stay: ended grants go on telling what they once were.
ALTER TABLE roles ADD COLUMN deleted_at timestamptz(3);
ALTER TABLE roles ADD CONSTRAINT roles_known_bits CHECK (mask & ~8191 = 0);
DROP INDEX roles_custom_name;
CREATE UNIQUE INDEX roles_custom_name ON roles (workspace_id, lower(name)) WHERE workspace_id IS NOT NULL AND deleted_at IS NULL;

ALTER TABLE invitations ALTER COLUMN collection_id DROP NOT NULL;
ALTER TABLE invitations ADD COLUMN document_id uuid REFERENCES documents ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE invitations ADD CONSTRAINT invitations_one_resource CHECK (num_nonnulls(collection_id, document_id) = 1);
CREATE INDEX invitations_document_id_idx ON invitations (document_id);
CREATE UNIQUE INDEX invitations_live_document ON invitations (document_id, email_normalized)
  WHERE deleted_at IS NULL AND accepted_at IS NULL AND document_id IS NOT NULL;
-- Deleting a resource takes its ended grants with it: without these that reads the whole table.
CREATE INDEX permissions_collection ON permissions (collection_id) WHERE collection_id IS NOT NULL;
CREATE INDEX permissions_document ON permissions (document_id) WHERE document_id IS NOT NULL;

-- --- rights ----------------------------------------------------------------------------------------------------
-- The actor, unless suspended: then they are nobody, what they own included.
CREATE FUNCTION app.live_actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT user_id FROM user_principals WHERE user_id = app.actor_id() AND principal_id = app.actor_id());

CREATE OR REPLACE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_system() THEN 8191 ELSE
      CASE WHEN owner = app.actor_id() THEN
        CASE WHEN app.live_actor_id() IS NULL THEN 0 WHEN mode = 'private' THEN 13 ELSE 9 END ELSE 0 END
    | CASE WHEN mode IN ('collection', 'link') THEN app.collection_mask(collection) ELSE 0 END
    | CASE WHEN mode <> 'private' THEN coalesce((SELECT bit_or(mask) FROM app.my_document_grants g WHERE g.document_id = document), 0) ELSE 0 END
  END;

-- The actor's mask on a resource by its id alone; 0 for what is not there.
CREATE FUNCTION app.rights(collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN document IS NULL THEN app.collection_mask(collection) ELSE
    coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) FROM documents d WHERE d.id = document), 0) END;

-- The same as before, but with the rights as they are once the row is locked.
CREATE OR REPLACE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer;
BEGIN
  SELECT * INTO found_row FROM collections WHERE id = collection AND app.collection_mask(collection) & 1 <> 0 FOR UPDATE;
  mask := app.collection_mask(collection);
  IF found_row.id IS NULL OR mask & 1 = 0 THEN RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
  IF wanted & ~mask <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  RETURN found_row;
END $$;

-- A role's mask is copied into its grants. A custom role is locked for that, so that a change of it waits and then finds
-- the grant; built-in ones never change.
CREATE OR REPLACE FUNCTION app.grant_mask() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role_id = OLD.role_id THEN RETURN NEW; END IF;
  SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id AND workspace_id IS NULL;
  IF NOT FOUND THEN SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id FOR SHARE; END IF;
  RETURN NEW;
END $$;

-- --- what a change stands on -----------------------------------------------------------------------------------
CREATE TYPE app.place AS (collection_id uuid, document_id uuid, workspace_id uuid, owner_id uuid, is_protected boolean, rights integer);

-- Locks a live resource for a change of who has access, and demands rights on it. A document's collection is locked
-- with it, as rights may come from there. Refuses unseen and missing alike.
CREATE FUNCTION app.demand_place(collection uuid, document uuid, wanted integer) RETURNS app.place
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

-- Locks a role that may be given at a place: built in, or of the workspace that the place and the actor are both in; and
-- demands that it holds no right that the actor lacks.
CREATE FUNCTION app.demand_role(place app.place, wanted uuid) RETURNS roles
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

-- Nobody gives, changes or takes away more than they have themselves.
CREATE FUNCTION app.demand_within(place app.place, mask integer) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF mask & ~place.rights <> 0 THEN RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights'; END IF;
END $$;

-- One more collaborator at a place: its owner's limit, live grants and invitations together, a group as one.
CREATE FUNCTION app.demand_room(place app.place) RETURNS void
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

-- --- grants ----------------------------------------------------------------------------------------------------
-- What a change of a grant found and left, for the audit log.
CREATE TYPE app.grant_change AS (id uuid, user_id uuid, group_id uuid, address text, subject_name text, is_new boolean,
  previous_role text, previous_expires_at timestamptz, role_id uuid, role_name text, mask integer, expires_at timestamptz);

-- Finds and locks the live grant of a person or group, or the invitation of an address, on a place itself; nothing when
-- there is none. One statement for each kind, so that each is answered by its index.
CREATE FUNCTION app.find_grant(place app.place, principal uuid, address text) RETURNS app.grant_change
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

-- Gives a role to an address or a group of the resource's workspace. A verified account gets a grant, any other address
-- an invitation that keeps its place; the caller answers both alike. Giving again changes role and end; what has expired
-- is ended and given anew. Shares the lock on the address with claim_invitations.
CREATE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, team uuid, wanted_role uuid, ends_at timestamptz)
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

-- Finds and locks a live grant to a person or group, or an invitation, of a place. Refuses what has ended.
CREATE FUNCTION app.demand_grant(place app.place, wanted uuid) RETURNS app.grant_change
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

-- Changes role (unless null) and end (unless kept) of a grant or invitation.
CREATE FUNCTION app.change_access(collection uuid, document uuid, wanted uuid, wanted_role uuid, keeps_end boolean, ends_at timestamptz)
  RETURNS SETOF app.grant_change LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(collection, document, 512); given roles; done app.grant_change;
BEGIN
  -- the role is locked before the grant, as everywhere
  IF wanted_role IS NOT NULL THEN given := app.demand_role(place, wanted_role); END IF;
  done := app.demand_grant(place, wanted);
  PERFORM app.demand_within(place, done.mask);
  IF given.id IS NOT NULL THEN
    done.role_id := given.id;
    done.role_name := given.name;
    done.mask := given.mask;
  END IF;
  IF NOT keeps_end THEN done.expires_at := ends_at; END IF;
  UPDATE permissions p SET role_id = done.role_id, expires_at = done.expires_at WHERE p.id = wanted;
  UPDATE invitations i SET role_id = done.role_id, expires_at = done.expires_at WHERE i.id = wanted AND i.accepted_at IS NULL;
  RETURN NEXT done;
END $$;

-- Ends a grant or invitation. Anybody may end a grant of their own; others only within their rights.
CREATE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid)
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

-- As it was called before documents and groups could be shared: the same grant, by the name of a built-in role.
CREATE OR REPLACE FUNCTION app.add_collaborator(collection uuid, address text, role_name text, ends_at timestamptz)
  RETURNS TABLE (id uuid, user_id uuid, is_new boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT g.id, g.user_id, g.is_new
    FROM app.grant_access(collection, NULL, address, NULL, (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name), ends_at) g;
END $$;

-- Turns what waits for a proven address into grants with the same ids. Returns how many.
CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE owner users; waiting invitations; claimed integer := 0;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system claims' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO owner FROM users WHERE id = person AND email_verified_at IS NOT NULL AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || owner.email_normalized, 0));
  FOR waiting IN
    UPDATE invitations SET accepted_at = now()
     WHERE email_normalized = owner.email_normalized AND deleted_at IS NULL AND accepted_at IS NULL
       AND (expires_at IS NULL OR expires_at > now()) RETURNING *
  LOOP
    INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at)
      VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
        waiting.expires_at)
      ON CONFLICT DO NOTHING;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $$;

-- The first time a person opens a document that was shared with them; from then on its people list shows their name.
CREATE FUNCTION app.mark_document_opened(document uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE permissions SET opened_at = now()
   WHERE document_id = document AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL
$$;

-- What the mail to an invited address says: by the id of its grant or invitation; nothing once that has ended.
CREATE FUNCTION app.invitation_letter(collaborator uuid)
  RETURNS TABLE (email text, language text, inviter_name text, collection_id uuid, document_id uuid, resource_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), coalesce(g.name, ''),
         coalesce(p.collection_id, i.collection_id), d.id, coalesce(d.name, c.name)
    FROM (SELECT collaborator) wanted (id)
    LEFT JOIN permissions p ON p.id = wanted.id AND p.deleted_at IS NULL
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN invitations i ON i.id = wanted.id AND i.deleted_at IS NULL
    LEFT JOIN documents d ON d.id = coalesce(p.document_id, i.document_id)
    JOIN collections c ON c.id = coalesce(d.collection_id, p.collection_id, i.collection_id) AND c.deleted_at IS NULL
    LEFT JOIN users g ON g.id = coalesce(p.granted_by_id, i.invited_by_id)
   WHERE app.is_system() AND coalesce(u.email, i.email) IS NOT NULL AND d.deleted_at IS NULL
$$;

-- --- visibility and access modes -------------------------------------------------------------------------------
-- Who may open a collection without a grant of their own: a grant to its workspace or to everyone. What is protected
-- is neither public nor linked; only the owner sets that flag. Documents in the mode link leave it with the flag.
CREATE FUNCTION app.set_visibility(collection uuid, wanted text, protects boolean,
    OUT previous text, OUT was_protected boolean, OUT is_protected boolean, OUT unlinked integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(collection, NULL, 512); viewer uuid;
BEGIN
  SELECT c.visibility, c.is_protected INTO previous, was_protected FROM collections c WHERE c.id = collection;
  is_protected := coalesce(protects, was_protected);
  unlinked := 0;
  IF is_protected <> was_protected AND place.owner_id <> app.actor_id() THEN
    RAISE EXCEPTION 'Only the owner protects' USING ERRCODE = 'SH003', DETAIL = 'owner_only';
  END IF;
  IF is_protected AND wanted = 'public' THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  IF wanted = previous AND is_protected = was_protected THEN RETURN; END IF;
  UPDATE collections c SET visibility = wanted, is_protected = set_visibility.is_protected, version = version + 1, updated_at = now()
   WHERE c.id = collection;
  IF is_protected THEN
    UPDATE documents d SET access_mode = 'collection', version = version + 1, updated_at = now()
     WHERE d.collection_id = collection AND d.access_mode = 'link';
    GET DIAGNOSTICS unlinked = ROW_COUNT;
  END IF;
  IF wanted = previous THEN RETURN; END IF;
  UPDATE permissions p SET deleted_at = now()
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.is_everyone OR p.subject_workspace_id IS NOT NULL);
  SELECT r.id INTO viewer FROM roles r WHERE r.workspace_id IS NULL AND r.name = 'viewer';
  IF wanted = 'workspace' THEN
    INSERT INTO permissions (subject_workspace_id, collection_id, role_id, granted_by_id) VALUES (place.workspace_id, collection, viewer, app.actor_id());
  ELSIF wanted = 'public' THEN
    INSERT INTO permissions (is_everyone, collection_id, role_id, granted_by_id) VALUES (true, collection, viewer, app.actor_id());
  END IF;
END $$;

-- Where a document takes its people from. Its owner may always keep it to themselves and give it back to the collection;
-- anything else, those who manage its permissions. Whoever limits it to invited people stays one of those who manage it.
-- Returns the previous mode.
CREATE FUNCTION app.set_access_mode(document uuid, wanted text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(NULL, document, 1); doc documents; is_mine boolean; manages boolean;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := (place.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END) & 512 <> 0;
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = CASE WHEN manages THEN 'document_owner' ELSE 'action' END;
  END IF;
  IF NOT manages AND NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action';
  END IF;
  IF wanted = 'link' AND place.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  IF wanted = doc.access_mode THEN RETURN doc.access_mode; END IF;
  IF wanted = 'invite' THEN PERFORM app.keep_manager(doc); END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
  RETURN doc.access_mode;
END $$;

-- Gives the actor on the document itself what lets them manage it through its collection, no more and no longer.
CREATE FUNCTION app.keep_manager(doc documents) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE best record; present uuid;
BEGIN
  IF app.is_system() OR EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = doc.id AND g.mask & 512 <> 0) THEN RETURN; END IF;
  SELECT p.role_id, p.expires_at INTO best FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.collection_id = doc.collection_id AND p.deleted_at IS NULL AND p.mask & 512 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > now())
   ORDER BY bit_count(p.mask::bit(13)) DESC, p.expires_at DESC NULLS FIRST LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE permissions SET deleted_at = now() WHERE document_id = doc.id AND user_id = app.actor_id() AND deleted_at IS NULL;
  INSERT INTO permissions (user_id, document_id, role_id, granted_by_id, expires_at, opened_at)
    VALUES (app.actor_id(), doc.id, best.role_id, app.actor_id(), best.expires_at, now());
END $$;

-- --- custom roles ----------------------------------------------------------------------------------------------
-- Locks the actor's workspace for a change of its roles, and demands that they administer it.
CREATE FUNCTION app.demand_role_admin() RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.actor_workspace();
BEGIN
  IF mine IS NOT NULL AND app.is_workspace_admin() THEN PERFORM FROM workspaces WHERE id = mine FOR NO KEY UPDATE; END IF;
  IF app.actor_workspace() IS NULL OR NOT app.is_workspace_admin() THEN
    RAISE EXCEPTION 'Only workspace admins change roles' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
  END IF;
  RETURN mine;
END $$;

CREATE FUNCTION app.demand_role_name(workspace uuid, title text, itself uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM roles r WHERE (r.workspace_id IS NULL OR r.workspace_id = workspace) AND r.deleted_at IS NULL
      AND lower(r.name) = lower(title) AND r.id IS DISTINCT FROM itself) THEN
    RAISE EXCEPTION 'Name taken' USING ERRCODE = 'SH004', DETAIL = 'role_name';
  END IF;
END $$;

CREATE FUNCTION app.create_role(title text, about text, bits integer, at_most integer) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_role_admin(); taken integer; made uuid;
BEGIN
  SELECT count(*) INTO taken FROM roles r WHERE r.workspace_id = mine AND r.deleted_at IS NULL;
  IF taken >= at_most THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'customRoles', 'used', taken, 'limit', at_most, 'requested', 1)::text;
  END IF;
  PERFORM app.demand_role_name(mine, title, NULL);
  INSERT INTO roles (workspace_id, name, description, mask) VALUES (mine, title, about, bits) RETURNING id INTO made;
  RETURN made;
END $$;

-- Locks a custom role of the actor's workspace.
CREATE FUNCTION app.demand_custom_role(mine uuid, wanted uuid) RETURNS roles
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row roles;
BEGIN
  SELECT * INTO found_row FROM roles r WHERE r.id = wanted AND r.workspace_id = mine AND r.deleted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  RETURN found_row;
END $$;

-- Changes what is not null. New permissions hold for every grant of the role from the next statement on.
CREATE FUNCTION app.change_role(wanted uuid, title text, about text, bits integer,
    OUT previous_name text, OUT previous_description text, OUT previous_mask integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_role_admin(); before roles := app.demand_custom_role(mine, wanted);
BEGIN
  IF title IS NOT NULL THEN PERFORM app.demand_role_name(mine, title, wanted); END IF;
  UPDATE roles SET name = coalesce(title, name), description = coalesce(about, description), mask = coalesce(bits, mask), updated_at = now()
   WHERE id = wanted;
  previous_name := before.name;
  previous_description := before.description;
  previous_mask := before.mask;
END $$;

-- Ends a role. Its live grants and waiting invitations move to another; without one, a role in use stays.
CREATE FUNCTION app.delete_role(wanted uuid, move_to uuid, OUT name text, OUT moved integer, OUT target text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_role_admin(); before roles := app.demand_custom_role(mine, wanted); waiting integer;
BEGIN
  name := before.name;
  IF move_to IS NOT NULL THEN
    SELECT r.name INTO target FROM roles r
     WHERE r.id = move_to AND r.id <> wanted AND r.deleted_at IS NULL AND (r.workspace_id IS NULL OR r.workspace_id = mine) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  ELSIF EXISTS (SELECT FROM permissions p WHERE p.role_id = wanted AND p.deleted_at IS NULL)
     OR EXISTS (SELECT FROM invitations i WHERE i.role_id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL) THEN
    RAISE EXCEPTION 'Role in use' USING ERRCODE = 'SH004', DETAIL = 'role_in_use';
  END IF;
  UPDATE permissions p SET role_id = move_to WHERE p.role_id = wanted AND p.deleted_at IS NULL;
  GET DIAGNOSTICS moved = ROW_COUNT;
  UPDATE invitations i SET role_id = move_to WHERE i.role_id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL;
  GET DIAGNOSTICS waiting = ROW_COUNT;
  moved := moved + waiting;
  UPDATE roles SET deleted_at = now(), updated_at = now() WHERE id = wanted;
END $$;

-- How many live grants and invitations a custom role has; null for those who do not administer it.
CREATE FUNCTION app.role_use_count(wanted uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT ((SELECT count(*) FROM permissions p WHERE p.role_id = r.id AND p.deleted_at IS NULL)
        + (SELECT count(*) FROM invitations i WHERE i.role_id = r.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL))::integer
    FROM roles r WHERE r.id = wanted AND r.workspace_id = app.actor_workspace() AND app.is_workspace_admin()
$$;

-- --- who has access, and why -----------------------------------------------------------------------------------
-- Whether the reader may learn that a person has an account: oneself, one's workspace, owners, and whoever opened what
-- was shared with them here. All others look like an address that is invited.
CREATE FUNCTION app.is_known(person uuid, collection uuid, document uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT person = app.actor_id() OR app.is_system()
    OR EXISTS (SELECT FROM users u WHERE u.id = person AND u.workspace_id = app.actor_workspace())
    OR EXISTS (SELECT FROM collections c WHERE c.id = collection AND c.owner_id = person)
    OR EXISTS (SELECT FROM documents d WHERE d.id = document AND d.owner_id = person)
    OR EXISTS (SELECT FROM permissions p WHERE p.collection_id = collection AND p.user_id = person AND p.deleted_at IS NULL AND p.opened_at IS NOT NULL)
    OR EXISTS (SELECT FROM permissions p WHERE p.document_id = document AND p.user_id = person AND p.deleted_at IS NULL AND p.opened_at IS NOT NULL)
$$;

-- A resource as access is decided on it: nothing when the actor may not see it, or when it lies in the trash and they
-- do not manage it.
CREATE FUNCTION app.access_place(collection uuid, document uuid)
  RETURNS TABLE (collection_id uuid, document_id uuid, collection_owner_id uuid, document_owner_id uuid, access_mode text,
    workspace_id uuid, rights integer, is_trashed boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, d.id, c.owner_id, d.owner_id, d.access_mode, c.workspace_id, mine.rights, mine.is_trashed
    FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
    JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END,
    LATERAL (SELECT app.rights(collection, document), c.deleted_at IS NOT NULL OR coalesce(d.deleted_at IS NOT NULL OR d.status = 'pending', false))
      mine (rights, is_trashed)
   WHERE mine.rights & 1 <> 0 AND (NOT mine.is_trashed OR mine.rights & 512 <> 0)
$$;

-- Others' access is for those who manage permissions; one's own for whoever may look.
CREATE FUNCTION app.may_inspect(collection uuid, document uuid, person uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.rights(collection, document) & CASE WHEN person = app.actor_id() THEN 1 ELSE 512 END <> 0
$$;

-- The grants that decide on a resource: its own and, for a document, its collection's; expired ones too, so that it can
-- be said why somebody has no access any more. Of one person only those that reach them. Addresses that are invited and
-- people the reader must not know of hold them under their address.
CREATE FUNCTION app.access_grants(collection uuid, document uuid, person uuid)
  RETURNS TABLE (id uuid, resource text, subject text, principal text, subject_name text, role_id uuid, role text, mask integer,
    granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz, is_expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH place AS (
    SELECT x.collection_id, x.document_id FROM app.access_place(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM place JOIN permissions p ON p.collection_id = place.collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM place JOIN permissions p ON p.document_id = place.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM place JOIN invitations i ON i.collection_id = place.collection_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
    UNION ALL SELECT i.* FROM place JOIN invitations i ON i.document_id = place.document_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
  )
  SELECT p.id, CASE WHEN p.document_id IS NULL THEN 'collection' ELSE 'document' END,
         CASE WHEN p.user_id IS NOT NULL THEN 'user' WHEN p.group_id IS NOT NULL THEN 'group' WHEN p.is_everyone THEN 'everyone' ELSE 'workspace' END,
         CASE WHEN p.user_id IS NULL OR app.is_known(p.user_id, place.collection_id, place.document_id)
           THEN p.principal_id::text ELSE 'address:' || u.email_normalized END,
         coalesce(t.name, w.name), r.id, r.name, p.mask, g.id, g.name, p.granted_at, p.expires_at, coalesce(p.expires_at <= statement_timestamp(), false)
    FROM place, given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
    LEFT JOIN workspaces w ON w.id = p.subject_workspace_id LEFT JOIN users g ON g.id = p.granted_by_id
   WHERE person IS NULL OR p.user_id = person
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = p.principal_id)
  UNION ALL
  SELECT i.id, CASE WHEN i.document_id IS NULL THEN 'collection' ELSE 'document' END, 'user', 'address:' || i.email_normalized,
         NULL, r.id, r.name, r.mask, g.id, g.name, i.created_at, i.expires_at, coalesce(i.expires_at <= statement_timestamp(), false)
    FROM waiting i JOIN roles r ON r.id = i.role_id LEFT JOIN users g ON g.id = i.invited_by_id
$$;

-- The people those grants reach, by address: each with the principals that count here. Without a person: everyone
-- with a grant, in a group with one, or owning it, and invited addresses (people who are in by workspace or everyone alone
-- are not listed, unless that grant is the one asked for). With a person: them, whatever they may.
CREATE FUNCTION app.access_people(collection uuid, document uuid, person uuid, through uuid, after text, at_most integer)
  RETURNS TABLE (user_id uuid, email text, sort_key text, name text, is_external boolean, is_suspended boolean, is_pending boolean, principals text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
        SELECT k.email, k.email_normalized FROM known k WHERE NOT k.yes AND person IS NULL
        UNION
        SELECT max(i.email), i.email_normalized FROM waiting i
         WHERE person IS NULL AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
           AND (through IS NULL OR i.id = through)
         GROUP BY i.email_normalized
      ) a
  )
  SELECT * FROM people p (user_id, email, sort_key, name, is_external, is_suspended, is_pending, principals)
   WHERE after IS NULL OR p.sort_key > after ORDER BY p.sort_key LIMIT at_most
$$;

-- The groups a person is in (child null) and what those are nested in: the ways a group's grant can reach them.
CREATE FUNCTION app.access_groups(collection uuid, document uuid, person uuid)
  RETURNS TABLE (child_id uuid, parent_id uuid, parent_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE up (child_id, parent_id, parent_name) AS (
    SELECT NULL::uuid, g.id, g.name
      FROM group_memberships m JOIN groups g ON g.id = m.group_id JOIN users u ON u.id = m.user_id
     WHERE m.user_id = person AND g.deleted_at IS NULL AND g.workspace_id = u.workspace_id AND app.may_inspect(collection, document, person)
    UNION
    SELECT n.child_id, g.id, g.name FROM up JOIN group_nestings n ON n.child_id = up.parent_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  )
  SELECT * FROM up
$$;

-- The grants and invitations of a resource itself, its owner's first, then by when they were given; for those who may edit or share.
CREATE FUNCTION app.list_grants(collection uuid, document uuid)
  RETURNS TABLE (id uuid, subject text, email text, name text, user_id uuid, group_id uuid, member_count integer, role_id uuid, role text,
    mask integer, is_pending boolean, is_owner boolean, granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
    SELECT p.id, CASE WHEN p.group_id IS NULL THEN 'user' ELSE 'group' END, u.email, CASE WHEN known.yes THEN u.name ELSE t.name END,
           CASE WHEN known.yes THEN u.id END, t.id, CASE WHEN t.id IS NOT NULL THEN
             (SELECT count(*)::integer FROM user_principals up WHERE up.principal_id = t.id) END,
           r.id, r.name, p.mask, u.id IS NOT NULL AND NOT known.yes,
           coalesce(u.id = place.collection_owner_id AND p.document_id IS NULL, false), g.id, g.name, p.granted_at, p.expires_at
      FROM place CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
      LEFT JOIN users g ON g.id = p.granted_by_id,
      LATERAL (SELECT u.id IS NOT NULL AND app.is_known(u.id, place.collection_id, place.document_id)) known (yes)
     WHERE (u.id IS NOT NULL OR t.id IS NOT NULL) AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
    UNION ALL
    SELECT i.id, 'user', i.email, NULL, NULL, NULL, NULL, r.id, r.name, r.mask, true, false, g.id, g.name, i.created_at, i.expires_at
      FROM waiting i JOIN roles r ON r.id = i.role_id LEFT JOIN users g ON g.id = i.invited_by_id
     WHERE (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
  ) grants (id, subject, email, name, user_id, group_id, member_count, role_id, role, mask, is_pending, is_owner, granter_id, granter_name,
    granted_at, expires_at)
  ORDER BY NOT is_owner, granted_at, id
$$;

-- --- policies --------------------------------------------------------------------------------------------------
-- Suspended people are nobody, also with what they own.
DROP POLICY collections_read ON collections;
CREATE POLICY collections_read ON collections FOR SELECT TO sheaf_app
  USING (owner_id = (SELECT app.live_actor_id())
    OR EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collections.id AND g.mask & 1 <> 0)
    OR (SELECT app.is_system()));
DROP POLICY documents_read ON documents;
CREATE POLICY documents_read ON documents FOR SELECT TO sheaf_app
  USING (owner_id = (SELECT app.live_actor_id())
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 1 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 1 <> 0))
    OR (SELECT app.is_system()));
DROP POLICY documents_change ON documents;
CREATE POLICY documents_change ON documents FOR UPDATE TO sheaf_app
  USING ((owner_id = (SELECT app.live_actor_id()) AND access_mode = 'private')
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 4 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 4 <> 0))
    OR (SELECT app.is_system()));

DROP POLICY permissions_read ON permissions;
CREATE POLICY permissions_read ON permissions FOR SELECT TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR granted_by_id = (SELECT app.actor_id())
    OR (collection_id IS NOT NULL AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = permissions.collection_id AND g.mask & 516 <> 0))
    OR (document_id IS NOT NULL AND app.rights(NULL, document_id) & 516 <> 0)
    OR (SELECT app.is_system()));
-- Nobody gives above their own effective permissions, in another's name, or to groups and with roles of elsewhere; a new
-- collection's first grant is its owner's. Workspaces and everyone get in by set_visibility alone.
DROP POLICY permissions_add ON permissions;
CREATE POLICY permissions_add ON permissions FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system())
    OR (granted_by_id = (SELECT app.actor_id()) AND subject_workspace_id IS NULL AND NOT is_everyone
      AND app.rights(collection_id, document_id) & 512 <> 0 AND mask & ~app.rights(collection_id, document_id) = 0
      AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.deleted_at IS NULL)
      AND (group_id IS NULL OR EXISTS (SELECT FROM groups g WHERE g.id = group_id AND g.deleted_at IS NULL)))
    OR (user_id = (SELECT app.actor_id()) AND EXISTS (SELECT FROM collections c WHERE c.id = collection_id AND c.owner_id = (SELECT app.actor_id()))));
-- Changed by those who may manage, within their own rights before and after; and anybody may give up a grant of their own.
DROP POLICY permissions_change ON permissions;
CREATE POLICY permissions_change ON permissions FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR user_id = (SELECT app.actor_id())
    OR (app.rights(collection_id, document_id) & 512 <> 0 AND mask & ~app.rights(collection_id, document_id) = 0))
  WITH CHECK ((SELECT app.is_system()) OR (user_id = (SELECT app.actor_id()) AND deleted_at IS NOT NULL)
    OR (app.rights(collection_id, document_id) & 512 <> 0 AND (deleted_at IS NOT NULL OR mask & ~app.rights(collection_id, document_id) = 0)));

DROP POLICY invitations_read ON invitations;
CREATE POLICY invitations_read ON invitations FOR SELECT TO sheaf_app
  USING (app.rights(collection_id, document_id) & 516 <> 0 OR (SELECT app.is_system()));
DROP POLICY invitations_add ON invitations;
CREATE POLICY invitations_add ON invitations FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR (invited_by_id = (SELECT app.actor_id()) AND app.rights(collection_id, document_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.deleted_at IS NULL AND r.mask & ~app.rights(collection_id, document_id) = 0)));
DROP POLICY invitations_change ON invitations;
CREATE POLICY invitations_change ON invitations FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR (app.rights(collection_id, document_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.rights(collection_id, document_id) = 0)))
  WITH CHECK ((SELECT app.is_system()) OR (app.rights(collection_id, document_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.rights(collection_id, document_id) = 0)));

-- --- reports ---------------------------------------------------------------------------------------------------
-- What every person may on every resource, as the functions above decide it, for the system and for the workspace's
-- admins. Nothing is stored. The person of everyone's principal stands for whoever is not signed in.
CREATE VIEW effective_permissions WITH (security_barrier = true) AS
  WITH live AS (
    SELECT up.user_id, p.collection_id, p.document_id, p.mask FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
     WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
  ), reached AS (
    SELECT l.user_id, 'collection' AS resource_type, c.id AS resource_id, c.workspace_id, c.id AS collection_id, c.deleted_at IS NULL AS is_live, l.mask
      FROM live l JOIN collections c ON c.id = l.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending', l.mask
      FROM live l JOIN documents d ON d.collection_id = l.collection_id AND d.access_mode IN ('collection', 'link') JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending', l.mask
      FROM live l JOIN documents d ON d.id = l.document_id AND d.access_mode <> 'private' JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT d.owner_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending',
           CASE d.access_mode WHEN 'private' THEN 13 ELSE 9 END
      FROM documents d JOIN collections c ON c.id = d.collection_id JOIN user_principals up ON up.user_id = d.owner_id AND up.principal_id = d.owner_id
  )
  SELECT r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live, bit_or(r.mask) AS mask
    FROM reached r
   WHERE (SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND r.workspace_id = (SELECT app.actor_workspace()))
   GROUP BY r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live;
GRANT SELECT ON effective_permissions TO sheaf_app;

REVOKE ALL ON FUNCTION app.live_actor_id, app.rights, app.demand_place, app.demand_role, app.demand_within, app.demand_room, app.find_grant, app.grant_access,
  app.demand_grant, app.change_access, app.revoke_access, app.mark_document_opened, app.invitation_letter, app.set_visibility, app.set_access_mode,
  app.keep_manager, app.demand_role_admin, app.demand_role_name, app.create_role, app.demand_custom_role, app.change_role, app.delete_role,
  app.role_use_count, app.is_known, app.access_place, app.may_inspect, app.access_grants, app.access_people, app.access_groups, app.list_grants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.live_actor_id, app.rights, app.grant_access, app.change_access, app.revoke_access, app.mark_document_opened,
  app.invitation_letter, app.set_visibility, app.set_access_mode, app.create_role, app.change_role, app.delete_role, app.role_use_count,
  app.access_place, app.access_grants, app.access_people, app.access_groups, app.list_grants TO sheaf_app;

-- A collection or a document that was locked for a change of who has access, and the actor's mask on it. The owner is the
-- collection's.
CREATE TYPE app.resource AS (collection_id uuid, document_id uuid, workspace_id uuid, owner_id uuid, is_protected boolean, rights integer);

-- What a change of a grant found and left, for the audit log.
CREATE TYPE app.grant_change AS (id uuid, user_id uuid, group_id uuid, address text, subject_name text, is_new boolean,
  previous_role text, previous_expires_at timestamptz, role_id uuid, role_name text, mask integer, expires_at timestamptz);

-- A resource with the actor's mask, for those who may view it; in the trash only for those who manage it. A document that
-- is not uploaded yet is there for nobody, so nothing is told about who has access to it.
CREATE FUNCTION app.find_resource(collection uuid, document uuid)
  RETURNS TABLE (collection_id uuid, document_id uuid, collection_owner_id uuid, document_owner_id uuid, access_mode text,
    workspace_id uuid, rights integer, is_trashed boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, d.id, c.owner_id, d.owner_id, d.access_mode, c.workspace_id, mine.rights, mine.is_trashed
    FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
    JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END,
    LATERAL (SELECT app.rights(collection, document), c.deleted_at IS NOT NULL OR d.deleted_at IS NOT NULL) mine (rights, is_trashed)
   WHERE app.allows(mine.rights, app.view_documents()) AND (NOT mine.is_trashed OR app.allows(mine.rights, app.manage_permissions())) AND d.status IS DISTINCT FROM 'pending'
$$;
GRANT EXECUTE ON FUNCTION app.find_resource TO sheaf_app;

-- Locks a resource for a change of who has access, and demands these permissions on it, as they are once it is locked:
-- nobody goes on with rights that were just taken. Locks come in the order collection, document, address, group, role,
-- grants.
CREATE FUNCTION app.demand_resource(collection uuid, document uuid, wanted integer, in_trash boolean DEFAULT false)
  RETURNS app.resource
  LANGUAGE plpgsql AS $$
DECLARE resource app.resource; around collections; doc documents; is_guest boolean; is_trashed boolean;
BEGIN
  IF document IS NULL THEN
    -- nobody waits for a lock, or holds one, who may not see what it is on
    SELECT c.* INTO around FROM collections c
     WHERE c.id = collection AND (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collection AND app.allows(g.mask, app.view_documents())) OR app.is_system())
       FOR NO KEY UPDATE;
    -- and what they may is read once it is locked
    SELECT CASE WHEN app.is_system() THEN app.all_permissions() ELSE coalesce(bit_or(g.mask), 0) END, coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false)
      INTO resource.rights, is_guest FROM app.my_collection_grants g WHERE g.collection_id = collection;
    IF around.id IS NULL OR (around.deleted_at IS NOT NULL AND NOT in_trash) OR NOT app.allows(resource.rights, app.view_documents())
       OR (around.deleted_at IS NOT NULL AND NOT app.allows(resource.rights, app.manage_permissions())) THEN
      RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
    END IF;
    resource.collection_id := around.id;
  ELSE
    IF app.allows(app.rights(NULL, document), app.view_documents()) THEN
      SELECT c.* INTO around FROM collections c WHERE c.id = (SELECT d.collection_id FROM documents d WHERE d.id = document) FOR SHARE;
      SELECT * INTO doc FROM documents d WHERE d.id = document FOR NO KEY UPDATE;
      IF doc.collection_id <> around.id THEN RAISE EXCEPTION 'Moved meanwhile' USING ERRCODE = '40001'; END IF;
    END IF;
    SELECT app.rights_to_give(NULL, document), coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false) INTO resource.rights, is_guest;
    is_trashed := around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL;
    IF doc.id IS NULL OR doc.status = 'pending' OR (is_trashed AND NOT in_trash) OR NOT app.allows(resource.rights, app.view_documents()) OR (is_trashed AND NOT app.allows(resource.rights, app.manage_permissions())) THEN
      RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
    END IF;
    resource.document_id := doc.id;
  END IF;
  IF NOT app.covers(resource.rights, wanted) THEN PERFORM app.refuse_action(collection, document, CASE WHEN app.allows(wanted, app.manage_permissions()) THEN 'manage_permissions' END); END IF;
  IF app.allows(wanted, app.manage_permissions()) AND is_guest THEN
    RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
  END IF;
  resource.workspace_id := around.workspace_id;
  resource.owner_id := around.owner_id;
  resource.is_protected := around.is_protected;
  RETURN resource;
END $$;

-- A role that the actor may give on a resource: built in or of its workspace, and with nothing that they lack.
CREATE FUNCTION app.demand_role(resource app.resource, wanted uuid) RETURNS roles
  LANGUAGE plpgsql AS $$
DECLARE given roles;
BEGIN
  SELECT * INTO given FROM roles r WHERE r.id = wanted AND r.workspace_id IS NULL;
  IF NOT FOUND THEN
    SELECT * INTO given FROM roles r WHERE r.id = wanted AND r.deleted_at IS NULL AND r.workspace_id = resource.workspace_id
      AND (r.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
  END IF;
  IF given.id IS NULL THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  IF NOT app.covers(resource.rights, given.mask) THEN RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights'; END IF;
  RETURN given;
END $$;

-- Refuses a mask with more than the actor has on the resource.
CREATE FUNCTION app.demand_within(resource app.resource, mask integer) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  IF NOT app.covers(resource.rights, mask) THEN RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights'; END IF;
END $$;

-- Refuses one collaborator more than the owner's tier allows. Counted from the index alone: what is neither the owner's
-- nor the workspace's, everyone's or a link's is a collaborator's.
CREATE FUNCTION app.demand_room(resource app.resource) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE taken integer; room integer;
BEGIN
  IF resource.document_id IS NULL THEN
    SELECT (SELECT count(*) FROM permissions p WHERE p.collection_id = resource.collection_id AND app.is_grant_live(p.deleted_at, p.expires_at) AND p.link_id IS NULL
              AND p.principal_id NOT IN (resource.owner_id, resource.workspace_id, '00000000-0000-0000-0000-000000000001'))
         + (SELECT count(*) FROM invitations i WHERE i.collection_id = resource.collection_id AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)), (SELECT l.room FROM app.collaborator_limit(resource.owner_id) l)
      INTO taken, room;
  ELSE
    SELECT (SELECT count(*) FROM permissions p WHERE p.document_id = resource.document_id AND app.is_grant_live(p.deleted_at, p.expires_at) AND p.link_id IS NULL
              AND p.principal_id NOT IN (resource.workspace_id, '00000000-0000-0000-0000-000000000001'))
         + (SELECT count(*) FROM invitations i WHERE i.document_id = resource.document_id AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)), (SELECT l.room FROM app.collaborator_limit(resource.owner_id) l)
      INTO taken, room;
  END IF;
  IF taken >= room THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'collaboratorsPerCollection', 'used', taken, 'limit', room, 'requested', 1)::text;
  END IF;
END $$;

-- Refuses to give what the actor does not have for as long.
CREATE FUNCTION app.demand_lasting(resource app.resource, mask integer, ends_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT app.lasts(resource, mask, ends_at) THEN
    RAISE EXCEPTION 'Beyond one''s own end' USING ERRCODE = 'SH003', DETAIL = 'beyond_own_end';
  END IF;
END $$;

-- Locks a live grant or a waiting invitation of the resource. It is looked for twice, because an invitation may become a
-- grant of the same id in between.
CREATE FUNCTION app.demand_grant(resource app.resource, wanted uuid) RETURNS app.grant_change
  LANGUAGE plpgsql AS $$
DECLARE done app.grant_change;
BEGIN
  FOR look IN 1..2 LOOP
    SELECT p.role_id, p.mask, p.user_id, p.group_id, p.expires_at INTO done.role_id, done.mask, done.user_id, done.group_id, done.expires_at
      FROM permissions p
     WHERE p.id = wanted AND app.is_grant_live(p.deleted_at, p.expires_at) AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL)
       AND (p.collection_id = resource.collection_id OR p.document_id = resource.document_id) FOR UPDATE;
    EXIT WHEN FOUND;
    SELECT i.role_id, r.mask, i.email, i.expires_at INTO done.role_id, done.mask, done.address, done.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id
     WHERE i.id = wanted AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
       AND (i.collection_id = resource.collection_id OR i.document_id = resource.document_id) FOR UPDATE OF i;
    EXIT WHEN FOUND;
    IF look = 2 THEN RAISE EXCEPTION 'No such collaborator' USING ERRCODE = 'SH002', DETAIL = 'collaborator'; END IF;
  END LOOP;
  -- what ended while this waited for its lock counts for nobody, and is not revived
  IF done.expires_at <= clock_timestamp() THEN RAISE EXCEPTION 'No such collaborator' USING ERRCODE = 'SH002', DETAIL = 'collaborator'; END IF;
  done.id := wanted;
  done.is_new := false;
  -- after the lock: joined to the row above, a role that changed meanwhile would make it look gone
  SELECT r.name, coalesce(done.address, u.email), g.name INTO done.role_name, done.address, done.subject_name
    FROM roles r LEFT JOIN users u ON u.id = done.user_id LEFT JOIN groups g ON g.id = done.group_id WHERE r.id = done.role_id;
  done.previous_role := done.role_name;
  done.previous_expires_at := done.expires_at;
  RETURN done;
END $$;

-- Locks what a principal or an address was given here, whether it has expired or not; empty when there is nothing.
CREATE FUNCTION app.find_grant(resource app.resource, principal uuid, address text) RETURNS app.grant_change
  LANGUAGE plpgsql AS $$
DECLARE done app.grant_change;
BEGIN
  IF principal IS NOT NULL AND resource.document_id IS NULL THEN
    SELECT p.id, p.mask, p.role_id, p.expires_at INTO done.id, done.mask, done.role_id, done.expires_at FROM permissions p
     WHERE p.collection_id = resource.collection_id AND p.principal_id = principal AND p.deleted_at IS NULL FOR UPDATE;
  ELSIF principal IS NOT NULL THEN
    SELECT p.id, p.mask, p.role_id, p.expires_at INTO done.id, done.mask, done.role_id, done.expires_at FROM permissions p
     WHERE p.document_id = resource.document_id AND p.principal_id = principal AND p.deleted_at IS NULL FOR UPDATE;
  ELSE
    SELECT i.id, r.mask, i.role_id, i.expires_at INTO done.id, done.mask, done.role_id, done.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id
     WHERE i.email_normalized = address AND i.deleted_at IS NULL AND i.accepted_at IS NULL
       AND (i.collection_id = resource.collection_id OR i.document_id = resource.document_id) FOR UPDATE OF i;
  END IF;
  RETURN done;
END $$;

-- Copies the role's mask to a grant. A role that is deleted at this moment is given to nobody: what chose it is tried
-- again.
CREATE FUNCTION app.grant_mask() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role_id = OLD.role_id THEN RETURN NEW; END IF;
  SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id AND workspace_id IS NULL;
  IF NOT FOUND THEN
    SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id AND deleted_at IS NULL FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'Role just deleted' USING ERRCODE = '40001'; END IF;
  END IF;
  RETURN NEW;
END $$;

-- How many collaborators a person's collections may have; as quota_limits, in a form that becomes part of the statement
-- that asks.
CREATE FUNCTION app.collaborator_limit(person uuid) RETURNS TABLE (room integer) LANGUAGE sql STABLE AS $$
  SELECT coalesce(CASE WHEN q.overrides_end_at IS NULL OR q.overrides_end_at > statement_timestamp() THEN q.collaborators_override END,
           t.collaborators_per_collection)
    FROM user_quotas q JOIN tiers t ON t.name = q.tier_name WHERE q.user_id = person
$$;

-- Whether the actor has this mask on the resource until then, by grants that last as long.
CREATE FUNCTION app.lasts(resource app.resource, mask integer, ends_at timestamptz) RETURNS boolean
  LANGUAGE plpgsql AS $$
DECLARE lasting integer; doc documents; mine uuid[];
BEGIN
  IF mask = 0 OR app.is_system() THEN RETURN true; END IF;
  -- the owner of a collection has all there is on it, without an end
  IF resource.document_id IS NULL AND resource.owner_id = app.actor_id() THEN RETURN true; END IF;
  mine := app.my_principal_ids();
  IF resource.document_id IS NULL THEN
    SELECT bit_or(p.mask) INTO lasting FROM permissions p WHERE p.collection_id = resource.collection_id AND p.principal_id = ANY (mine)
       AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
  ELSE
    SELECT * INTO doc FROM documents d WHERE d.id = resource.document_id;
    SELECT bit_or(p.mask) INTO lasting FROM permissions p WHERE p.document_id = doc.id AND p.principal_id = ANY (mine)
       AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
    -- only its owner gets here with a private document
    IF app.counts_collection_grants(doc.access_mode, true) THEN
      SELECT coalesce(bit_or(p.mask), 0) | coalesce(lasting, 0) INTO lasting FROM permissions p WHERE p.collection_id = doc.collection_id AND p.principal_id = ANY (mine)
         AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
    END IF;
    IF doc.owner_id = app.actor_id() THEN lasting := coalesce(lasting, 0) | app.owner_keeps(); END IF;
  END IF;
  RETURN app.covers(coalesce(lasting, 0), mask);
END $$;

-- Tells the audit log what a change of a grant found and left.
CREATE FUNCTION app.audit_grant(action text, collection uuid, document uuid, done app.grant_change, details jsonb DEFAULT '{}') RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT app.audit(action, CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END, coalesce(document, collection), NULL,
    jsonb_strip_nulls(CASE WHEN done.group_id IS NOT NULL THEN jsonb_build_object('type', 'group', 'id', done.group_id)
      ELSE jsonb_build_object('type', CASE WHEN done.user_id IS NULL THEN 'address' ELSE 'user' END, 'id', done.user_id, 'email', done.address) END),
    details || jsonb_build_object('grantId', done.id)
      || CASE WHEN done.previous_role IS NULL THEN '{}' ELSE jsonb_build_object('previous',
           jsonb_build_object('role', done.previous_role, 'expiresAt', app.iso(done.previous_expires_at))) END
      || CASE WHEN done.role_name IS NULL THEN '{}' ELSE jsonb_build_object('new',
           jsonb_build_object('role', done.role_name, 'expiresAt', app.iso(done.expires_at))) END)
$$;

-- Tells the outbox of a change of a person's or a group's grant, by ids. `isOpen` says whether its holders could open what
-- it is on; `isAsked`, that it answers a request, which tells of itself.
CREATE FUNCTION app.emit_grant(event text, collection uuid, document uuid, done app.grant_change, details jsonb) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO outbox (name, data)
    SELECT event, details || jsonb_build_object('grantId', done.id, 'actorId', app.actor_id(), 'isOpen', c.deleted_at IS NULL
        AND (document IS NULL OR (app.is_document_live(d.deleted_at, d.status) AND app.counts_document_grants(d.access_mode, false))))
      FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
      JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END
     WHERE done.user_id IS NOT NULL OR done.group_id IS NOT NULL
$$;

-- The mailbox that an address leads to, as far as that is known: at Gmail dots and what follows a plus sign do not count. For
-- telling that somebody is invited twice, never for who somebody is.
CREATE FUNCTION app.mailbox(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN address ~* '@(gmail|googlemail)\.com$'
    THEN replace(split_part(split_part(lower(address), '@', 1), '+', 1), '.', '') || '@gmail.com' ELSE lower(address) END;

-- Refuses to invite a mailbox under another of its addresses where it has been invited, or given something, by one already.
-- Compared are the addresses that those who share here have written themselves.
CREATE FUNCTION app.demand_new_mailbox(resource app.resource, address text) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE other text;
BEGIN
  IF app.mailbox(address) NOT LIKE '%@gmail.com' THEN RETURN; END IF;
  SELECT given.address INTO other FROM (
    SELECT p.given_address AS address FROM permissions p
     WHERE (p.collection_id = resource.collection_id OR p.document_id = resource.document_id) AND app.is_grant_live(p.deleted_at, p.expires_at)
    UNION ALL
    SELECT i.email FROM invitations i
     WHERE (i.collection_id = resource.collection_id OR i.document_id = resource.document_id) AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
  ) given WHERE app.mailbox(given.address) = app.mailbox(demand_new_mailbox.address) AND lower(given.address) <> demand_new_mailbox.address LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The same mailbox' USING ERRCODE = 'SH004', DETAIL = 'same_mailbox', HINT = jsonb_build_object('address', other)::text;
  END IF;
END $$;

-- Gives a person, an address or a group a role on a resource, in place of what they had here, and settles an invitation
-- that waited for them. An address without a proven account gets an invitation.
-- With `notify` an address that is new here gets a mail, with a note to it; the note is kept for a mail that is sent again.
CREATE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, wanted_group uuid, wanted_role uuid, ends_at timestamptz,
    notify boolean DEFAULT false, note text DEFAULT NULL)
  RETURNS SETOF app.grant_change
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  resource app.resource := app.demand_resource(collection, document, app.manage_permissions());
  normal text := lower(trim(given_address));
  given roles;
  before app.grant_change;
  done app.grant_change;
  opened timestamptz;
  is_colleague boolean;
  is_given boolean := true;
  is_asked boolean;
  words CONSTANT text := CASE WHEN notify THEN nullif(note, '') END;
BEGIN
  IF wanted_group IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
    SELECT u.id, EXISTS (SELECT FROM users me WHERE me.id = app.actor_id() AND me.workspace_id = u.workspace_id AND me.suspended_at IS NULL AND NOT me.is_external)
      INTO done.user_id, is_colleague
      FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL;
    done.address := normal;
  ELSE
    SELECT g.id, g.name INTO done.group_id, done.subject_name FROM groups g
     WHERE g.id = wanted_group AND g.deleted_at IS NULL AND g.workspace_id = resource.workspace_id
       AND (g.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group'; END IF;
  END IF;
  given := app.demand_role(resource, wanted_role);

  -- a person's grants here, ended ones too: whether one is left, and when they first opened the resource
  IF done.user_id IS NOT NULL AND resource.document_id IS NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.collection_id = resource.collection_id AND p.user_id = done.user_id;
  ELSIF done.user_id IS NOT NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.document_id = resource.document_id AND p.user_id = done.user_id;
  END IF;
  IF is_given THEN before := app.find_grant(resource, coalesce(done.user_id, done.group_id), normal); END IF;
  done.role_id := given.id;
  done.role_name := given.name;
  done.mask := given.mask;
  done.expires_at := ends_at;
  done.is_new := before.id IS NULL OR app.is_expired(before.expires_at);

  IF before.id IS NOT NULL AND NOT done.is_new THEN
    PERFORM app.demand_within(resource, before.mask);
    PERFORM app.demand_lasting(resource, given.mask & ~CASE WHEN app.is_later(ends_at, before.expires_at) THEN 0 ELSE before.mask END, ends_at);
    SELECT r.name INTO done.previous_role FROM roles r WHERE r.id = before.role_id;
    done.id := before.id;
    done.previous_expires_at := before.expires_at;
    UPDATE permissions p SET role_id = given.id, expires_at = ends_at WHERE p.id = before.id;
    UPDATE invitations i SET role_id = given.id, expires_at = ends_at WHERE i.id = before.id AND i.accepted_at IS NULL;
    -- what still waited for this address is settled with it
    UPDATE invitations i SET deleted_at = now()
     WHERE i.email_normalized = done.address AND i.id <> before.id AND i.accepted_at IS NULL AND i.deleted_at IS NULL
       AND (i.collection_id = resource.collection_id AND resource.document_id IS NULL OR i.document_id = resource.document_id);
    PERFORM app.audit_grant('permission.changed', collection, document, done);
    is_asked := done.user_id IS NOT NULL AND app.settle_request(collection, document, done.user_id, done.id, 'usual');
    PERFORM app.emit_grant('grant/changed', collection, document, done, jsonb_build_object('isRoleNew', given.id <> before.role_id, 'isAsked', is_asked));
    RETURN NEXT done;
    RETURN;
  END IF;

  IF before.id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = before.id;
    UPDATE invitations i SET deleted_at = now() WHERE i.id = before.id AND i.accepted_at IS NULL;
  END IF;
  PERFORM app.demand_lasting(resource, given.mask, ends_at);
  IF wanted_group IS NULL THEN PERFORM app.demand_new_mailbox(resource, normal); END IF;
  PERFORM app.demand_room(resource);
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    -- people of the same workspace know each other; others stay "invited" until they open it
    IF is_colleague THEN opened := now(); END IF;
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at, given_address, message)
      VALUES (done.user_id, done.group_id, resource.collection_id, resource.document_id, given.id, app.actor_id(), ends_at, opened,
        CASE WHEN wanted_group IS NULL THEN trim(given_address) END, words)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at, message)
      VALUES (trim(given_address), normal, resource.collection_id, resource.document_id, given.id, app.actor_id(), ends_at, words)
      RETURNING invitations.id INTO done.id;
  END IF;
  -- what was written is between those two
  PERFORM app.audit_grant('permission.granted', collection, document, done, CASE WHEN words IS NULL THEN '{}' ELSE '{"hasMessage": true}' END::jsonb);
  is_asked := done.user_id IS NOT NULL AND app.settle_request(collection, document, done.user_id, done.id, CASE WHEN notify THEN 'letter' ELSE 'usual' END);
  PERFORM app.emit_grant('grant/added', collection, document, done, jsonb_build_object('isAsked', is_asked, 'mail',
    CASE WHEN NOT notify THEN 'none' WHEN wanted_group IS NULL THEN 'letter' ELSE 'usual' END));
  IF notify AND wanted_group IS NULL THEN PERFORM app.ask_letter(done.id); END IF;
  RETURN NEXT done;
END $$;
GRANT EXECUTE ON FUNCTION app.grant_access TO sheaf_app;

-- Changes role or end of a grant or an invitation. Nobody changes what holds more than they have.
-- Returns the grant as the actor saw it before, with what it gives now: whoever lowers their own way in may not see it any more.
CREATE FUNCTION app.change_access(collection uuid, document uuid, wanted uuid, wanted_role uuid, keeps_end boolean, ends_at timestamptz)
  RETURNS SETOF app.listed_grant
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE resource app.resource := app.demand_resource(collection, document, app.manage_permissions()); given roles; done app.grant_change; had integer; shown app.listed_grant;
BEGIN
  -- the role is locked before the grant, as everywhere
  IF wanted_role IS NOT NULL THEN given := app.demand_role(resource, wanted_role); END IF;
  done := app.demand_grant(resource, wanted);
  SELECT * INTO shown FROM app.list_grants(collection, document) g WHERE g.id = wanted;
  PERFORM app.demand_within(resource, done.mask);
  had := done.mask;
  IF given.id IS NOT NULL THEN
    done.role_id := given.id;
    done.role_name := given.name;
    done.mask := given.mask;
  END IF;
  IF NOT keeps_end THEN done.expires_at := ends_at; END IF;
  IF app.is_later(done.expires_at, done.previous_expires_at) THEN had := 0; END IF;
  PERFORM app.demand_lasting(resource, done.mask & ~had, done.expires_at);
  UPDATE permissions p SET role_id = done.role_id, expires_at = done.expires_at WHERE p.id = wanted;
  UPDATE invitations i SET role_id = done.role_id, expires_at = done.expires_at WHERE i.id = wanted AND i.accepted_at IS NULL;
  PERFORM app.audit_grant('permission.changed', collection, document, done);
  PERFORM app.emit_grant('grant/changed', collection, document, done, jsonb_build_object('isRoleNew', done.role_name <> done.previous_role,
    'isAsked', done.user_id IS NOT NULL AND NOT app.covers(had, done.mask) AND app.settle_request(collection, document, done.user_id, wanted, 'usual')));
  -- rights that came meanwhile show it now
  IF shown.id IS NULL THEN SELECT * INTO shown FROM app.list_grants(collection, document) g WHERE g.id = wanted; END IF;
  IF shown.id IS NULL THEN RAISE EXCEPTION 'Rights changed meanwhile' USING ERRCODE = 'SH005'; END IF;
  shown.role_id := done.role_id;
  shown.role := done.role_name;
  shown.mask := done.mask;
  shown.expires_at := done.expires_at;
  RETURN NEXT shown;
END $$;
GRANT EXECUTE ON FUNCTION app.change_access TO sheaf_app;

-- Ends a grant or an invitation; one's own without any permission. Nobody else's that holds more than one has.
CREATE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid) RETURNS SETOF app.grant_change
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_own boolean := EXISTS (SELECT FROM permissions p WHERE p.id = wanted AND p.user_id = app.actor_id());
  resource app.resource := app.demand_resource(collection, document, CASE WHEN is_own THEN app.view_documents() ELSE app.manage_permissions() END, true);
  done app.grant_change := app.demand_grant(resource, wanted);
BEGIN
  IF NOT is_own AND NOT app.covers(resource.rights, done.mask) THEN
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
  PERFORM app.audit_grant('permission.revoked', collection, document, done);
  PERFORM app.emit_grant('grant/ended', collection, document, done, '{}');
  RETURN NEXT done;
END $$;
GRANT EXECUTE ON FUNCTION app.revoke_access TO sheaf_app;

-- Gives the actor, who manages a document through its collection, a grant on it that lets them go on: their strongest
-- role on the collection, or, where they hold something on the document that it lacks, a role that covers both within
-- their rights and for as long as they have these. A grant on the document that lasts longer is not traded for a shorter
-- one. Returns that grant and what it replaces; nothing where they manage the document itself already.
CREATE FUNCTION app.keep_manager(doc documents, resource app.resource, OUT made permissions, OUT ended permissions)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE best permissions; role uuid;
BEGIN
  IF app.is_system() OR EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = doc.id AND app.allows(g.mask, app.manage_permissions())) THEN RETURN; END IF;
  SELECT p.* INTO best FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.collection_id = doc.collection_id AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, app.manage_permissions())
   ORDER BY bit_count(p.mask::bit(32)) DESC, p.expires_at DESC NULLS FIRST LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  role := best.role_id;
  -- what the actor's address was invited to may become a grant at this moment
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || u.email_normalized, 0)) FROM users u WHERE u.id = app.actor_id();
  SELECT * INTO ended FROM permissions p WHERE p.document_id = doc.id AND p.user_id = app.actor_id() AND p.deleted_at IS NULL FOR UPDATE;
  IF app.is_expired(ended.expires_at) THEN NULL;
  ELSIF app.is_later(ended.expires_at, best.expires_at) AND ended.id IS NOT NULL THEN
    RAISE EXCEPTION 'A grant that lasts longer would be lost' USING ERRCODE = 'SH003', DETAIL = 'manager_would_lose';
  ELSIF NOT app.covers(best.mask, ended.mask) THEN
    SELECT r.id INTO role FROM roles r JOIN collections c ON c.id = doc.collection_id
     WHERE r.deleted_at IS NULL AND (r.workspace_id IS NULL OR r.workspace_id = c.workspace_id)
       AND app.covers(r.mask, ended.mask | app.manage_permissions()) AND app.covers(resource.rights, r.mask) AND app.lasts(resource, r.mask, best.expires_at)
     ORDER BY bit_count(r.mask::bit(32)) DESC, r.id LIMIT 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'No role keeps what the actor has' USING ERRCODE = 'SH003', DETAIL = 'manager_would_lose';
    END IF;
  END IF;
  UPDATE permissions p SET deleted_at = now() WHERE p.id = ended.id;
  INSERT INTO permissions (user_id, document_id, role_id, granted_by_id, expires_at, opened_at)
    VALUES (app.actor_id(), doc.id, role, app.actor_id(), best.expires_at, now()) RETURNING * INTO made;
END $$;

-- Refuses to end or weaken the grant of a collection's owner.
CREATE FUNCTION app.owner_grant_stays() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.deleted_at IS NULL AND OLD.user_id IS NOT NULL AND OLD.collection_id IS NOT NULL
     AND (NEW.deleted_at IS NOT NULL OR NEW.expires_at IS NOT NULL OR NEW.role_id <> '00000000-0000-7000-8000-000000000001')
     AND EXISTS (SELECT FROM collections c WHERE c.id = OLD.collection_id AND c.owner_id = OLD.user_id) THEN
    RAISE EXCEPTION 'The owner keeps full access' USING ERRCODE = 'SH003', DETAIL = 'last_owner';
  END IF;
  RETURN NEW;
END $$;

-- Tells the log, in the person's name, what became of an invitation of their address.
CREATE FUNCTION app.audit_claim(action text, owner users, claimed invitations, metadata jsonb) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT app.record_audit(jsonb_build_array(jsonb_build_object('action', action,
      'subject', jsonb_build_object('type', 'user', 'id', owner.id, 'email', claimed.email_normalized),
      'resource', jsonb_build_object('type', CASE WHEN claimed.document_id IS NULL THEN 'collection' ELSE 'document' END,
        'id', coalesce(claimed.document_id, claimed.collection_id)),
      'metadata', metadata)),
    'user', owner.id, nullif(current_setting('app.request_ip', true), ''), nullif(current_setting('app.request_id', true), ''))
$$;

-- Turns the invitations of a person's proven address into grants, and returns how many. Where they have a grant already
-- they get the more permissive one. An invitation that is more in one way and less in the other (a weaker role for
-- longer, a stronger one for a while) waits until the grant ends.
CREATE FUNCTION app.claim_invitations(person uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE owner users; waiting invitations; held permissions; before roles; given roles; claimed integer := 0; is_more boolean; is_less boolean;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system claims' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO owner FROM users WHERE id = person AND email_verified_at IS NOT NULL AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || owner.email_normalized, 0));
  PERFORM FROM roles r WHERE r.workspace_id IS NOT NULL AND r.id IN (SELECT i.role_id FROM invitations i
     WHERE i.email_normalized = owner.email_normalized AND i.deleted_at IS NULL AND i.accepted_at IS NULL) ORDER BY r.id FOR SHARE;
  FOR waiting IN
    SELECT * FROM invitations
     WHERE email_normalized = owner.email_normalized AND app.is_invitation_live(deleted_at, accepted_at, expires_at) ORDER BY created_at, id FOR UPDATE
  LOOP
    SELECT * INTO held FROM permissions p WHERE p.principal_id = person AND p.deleted_at IS NULL
       AND (p.collection_id = waiting.collection_id OR p.document_id = waiting.document_id) FOR UPDATE;
    IF FOUND AND app.is_expired(held.expires_at) THEN
      UPDATE permissions p SET deleted_at = now() WHERE p.id = held.id;
      held := NULL;
    END IF;
    IF held.id IS NULL THEN
      INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, given_address, message, letter_at)
        VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
          waiting.expires_at, waiting.email, waiting.message, waiting.letter_at);
      -- its letter was sent when they were invited
      INSERT INTO outbox (name, data) VALUES ('grant/added',
        jsonb_build_object('grantId', waiting.id, 'actorId', waiting.invited_by_id, 'isOpen', true, 'mail', 'none'));
      SELECT * INTO given FROM roles r WHERE r.id = waiting.role_id;
      PERFORM app.audit_claim('permission.claimed', owner, waiting, jsonb_build_object('grantId', waiting.id,
        'new', jsonb_build_object('role', given.name, 'expiresAt', app.iso(waiting.expires_at))));
    ELSE
      SELECT * INTO before FROM roles r WHERE r.id = held.role_id;
      SELECT * INTO given FROM roles r WHERE r.id = waiting.role_id;
      -- of two that give different things the later one counts; neither is traded for one that ends sooner
      is_more := (app.covers(given.mask, held.mask) OR (NOT app.covers(held.mask, given.mask) AND waiting.created_at > held.granted_at))
        AND NOT app.is_later(held.expires_at, waiting.expires_at);
      is_less := (app.covers(held.mask, given.mask) OR (NOT app.covers(given.mask, held.mask) AND waiting.created_at <= held.granted_at))
        AND NOT app.is_later(waiting.expires_at, held.expires_at);
      CONTINUE WHEN NOT is_more AND NOT is_less;
      IF NOT is_less THEN
        UPDATE permissions p SET role_id = waiting.role_id, expires_at = waiting.expires_at WHERE p.id = held.id;
        PERFORM app.audit_claim('permission.changed', owner, waiting, jsonb_build_object('grantId', held.id, 'because', 'invitation',
          'invitationId', waiting.id, 'previous', jsonb_build_object('role', before.name, 'expiresAt', app.iso(held.expires_at)),
          'new', jsonb_build_object('role', given.name, 'expiresAt', app.iso(waiting.expires_at))));
      END IF;
    END IF;
    UPDATE invitations i SET accepted_at = now() WHERE i.id = waiting.id;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $$;
GRANT EXECUTE ON FUNCTION app.claim_invitations TO sheaf_app;

-- What the mail about a grant or an invitation says, while there is one, and whether its reader has not been here yet; for
-- the system.
CREATE FUNCTION app.invitation_letter(collaborator uuid)
  RETURNS TABLE (user_id uuid, email text, language text, inviter_id uuid, inviter_name text, collection_id uuid, document_id uuid, resource_name text,
    message text, is_awaited boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), g.id, coalesce(g.name, ''),
         coalesce(p.collection_id, i.collection_id), d.id, coalesce(d.name, c.name), coalesce(p.message, i.message),
         CASE WHEN p.id IS NULL THEN app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
           ELSE app.is_grant_live(p.deleted_at, p.expires_at) AND p.opened_at IS NULL END AND d.access_mode IS DISTINCT FROM 'private'
    FROM (SELECT collaborator) wanted (id)
    LEFT JOIN permissions p ON p.id = wanted.id AND p.deleted_at IS NULL
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN invitations i ON i.id = wanted.id AND i.deleted_at IS NULL
    LEFT JOIN documents d ON d.id = coalesce(p.document_id, i.document_id)
    JOIN collections c ON c.id = coalesce(d.collection_id, p.collection_id, i.collection_id) AND c.deleted_at IS NULL
    LEFT JOIN users g ON g.id = coalesce(p.granted_by_id, i.invited_by_id)
   WHERE app.is_system() AND coalesce(u.email, i.email) IS NOT NULL AND d.deleted_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION app.invitation_letter TO sheaf_app;

-- Asks for the mail about what the actor has just given. Nobody is told of what they cannot open: for a private document
-- it waits until that is not private any more.
CREATE FUNCTION app.ask_letter(given uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc uuid;
BEGIN
  SELECT p.document_id INTO doc FROM permissions p WHERE p.id = given AND p.granted_by_id = app.actor_id()
  UNION ALL SELECT i.document_id FROM invitations i WHERE i.id = given AND i.invited_by_id = app.actor_id();
  IF NOT FOUND THEN RAISE EXCEPTION 'Nothing of the actor''s' USING ERRCODE = 'SH002', DETAIL = 'collaborator'; END IF;
  IF EXISTS (SELECT FROM documents d WHERE d.id = doc AND d.access_mode = 'private') THEN
    UPDATE permissions p SET letter_waits = true WHERE p.id = given;
    UPDATE invitations i SET letter_waits = true WHERE i.id = given;
  ELSE
    UPDATE permissions p SET letter_at = now() WHERE p.id = given;
    UPDATE invitations i SET letter_at = now() WHERE i.id = given;
    INSERT INTO outbox (name, data) VALUES ('collaborator/added', jsonb_build_object('collaboratorId', given));
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.ask_letter TO sheaf_app;

-- Asks for the same mail again, for whoever has not been here yet. It answers alike whether or not the address has an account:
-- 'sent'; 'recent' where one was asked for less than a minute ago; 'waits' while the document is private. Refuses whoever is
-- in by now, and groups.
CREATE FUNCTION app.resend_letter(collection uuid, document uuid, wanted uuid, OUT state text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  resource app.resource := app.demand_resource(collection, document, app.manage_permissions());
  done app.grant_change := app.demand_grant(resource, wanted);
  previous timestamptz;
BEGIN
  IF done.group_id IS NOT NULL OR (done.user_id IS NOT NULL AND app.is_known(done.user_id, resource.collection_id, resource.document_id)) THEN
    RAISE EXCEPTION 'Nobody is waited for' USING ERRCODE = 'SH004', DETAIL = 'not_awaited';
  END IF;
  IF EXISTS (SELECT FROM documents d WHERE d.id = document AND d.access_mode = 'private') THEN
    UPDATE permissions p SET letter_waits = true WHERE p.id = wanted;
    UPDATE invitations i SET letter_waits = true WHERE i.id = wanted;
    state := 'waits';
    RETURN;
  END IF;
  SELECT coalesce((SELECT p.letter_at FROM permissions p WHERE p.id = wanted), (SELECT i.letter_at FROM invitations i WHERE i.id = wanted)) INTO previous;
  state := CASE WHEN previous > clock_timestamp() - interval '1 minute' THEN 'recent' ELSE 'sent' END;
  IF state = 'recent' THEN RETURN; END IF;
  UPDATE permissions p SET letter_at = clock_timestamp() WHERE p.id = wanted;
  UPDATE invitations i SET letter_at = clock_timestamp() WHERE i.id = wanted;
  done.role_name := NULL;
  done.previous_role := NULL;
  PERFORM app.audit_grant('invitation.resent', collection, document, done);
  INSERT INTO outbox (name, data) VALUES ('collaborator/reminded', jsonb_build_object('collaboratorId', wanted, 'reminderId', uuidv7()));
END $$;
GRANT EXECUTE ON FUNCTION app.resend_letter TO sheaf_app;

-- The actor's mask as far as it can be given on. To edit what is private comes from nobody else seeing it, and ends with
-- that: whom it was given to would keep it.
CREATE FUNCTION app.rights_to_give(collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN document IS NULL THEN app.collection_mask(collection) ELSE
    coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id,
        CASE WHEN d.access_mode = 'private' AND d.owner_id = app.actor_id() THEN 'collection' ELSE d.access_mode END)
      FROM documents d WHERE d.id = document AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT app.is_visitor())), 0) END
$$;

-- Whether the actor could give these bits on a resource until then, as grant_access decides it.
CREATE FUNCTION app.may_give(collection uuid, document uuid, bits integer, ends_at timestamptz) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE resource app.resource;
BEGIN
  resource.rights := app.rights_to_give(collection, document);
  IF NOT app.allows(resource.rights, app.manage_permissions()) OR NOT app.covers(resource.rights, bits) THEN RETURN false; END IF;
  resource.collection_id := collection;
  resource.document_id := document;
  SELECT c.owner_id INTO resource.owner_id FROM collections c WHERE c.id = collection;
  RETURN app.lasts(resource, bits, ends_at);
END $$;

-- Demands that the actor could give these bits wherever a role is in use, because changing a role gives them there. What
-- lies in the trash may be restored, and what is private opened, so they count. The caller has locked the role; the
-- grants are locked here, because the end of an expired one may be moved at this moment.
CREATE FUNCTION app.demand_widening(wanted uuid, bits integer, refusal text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE refused integer;
BEGIN
  IF coalesce(bits, 0) = 0 THEN RETURN; END IF;
  PERFORM FROM permissions p WHERE p.role_id = wanted AND p.deleted_at IS NULL ORDER BY p.id FOR UPDATE;
  PERFORM FROM invitations i WHERE i.role_id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL ORDER BY i.id FOR UPDATE;
  SELECT count(*) INTO refused FROM (
    SELECT given.collection_id, given.document_id, max(coalesce(given.expires_at, 'infinity')) AS ends_at FROM (
      SELECT p.collection_id, p.document_id, p.expires_at FROM permissions p WHERE p.role_id = wanted AND p.deleted_at IS NULL
         AND NOT EXISTS (SELECT FROM groups g WHERE g.id = p.group_id AND g.deleted_at IS NOT NULL)
      UNION ALL
      SELECT i.collection_id, i.document_id, i.expires_at FROM invitations i
       WHERE i.role_id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL) given
     WHERE NOT app.is_expired(given.expires_at)
     GROUP BY given.collection_id, given.document_id) resource
   WHERE NOT app.may_give(resource.collection_id, resource.document_id, bits, resource.ends_at);
  IF refused > 0 THEN
    RAISE EXCEPTION 'More than the actor could give' USING ERRCODE = 'SH003', DETAIL = refusal, HINT = jsonb_build_object('places', refused)::text;
  END IF;
END $$;

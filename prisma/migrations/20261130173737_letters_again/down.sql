SET LOCAL check_function_bodies = off;

DROP FUNCTION app.list_grants(uuid,uuid);
DROP FUNCTION app.change_access(uuid,uuid,uuid,uuid,boolean,timestamp with time zone);
DROP TYPE app.listed_grant;
DROP TRIGGER tell_invitation ON invitations;
DROP FUNCTION app.resend_letter(uuid,uuid,uuid);
DROP FUNCTION app.reached_by_grant(uuid);
DROP FUNCTION app.invitation_letter(uuid);
DROP FUNCTION app.grant_access(uuid,uuid,text,uuid,uuid,timestamp with time zone,boolean,text);
DROP FUNCTION app.audit_grant(text,uuid,uuid,app.grant_change,jsonb);

-- AlterTable
ALTER TABLE "public"."permissions" DROP COLUMN "letter_at",
DROP COLUMN "message";

-- AlterTable
ALTER TABLE "public"."invitations" DROP COLUMN "letter_at",
DROP COLUMN "message";

CREATE OR REPLACE FUNCTION app.ask_letter(given uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE doc uuid;
BEGIN
  SELECT p.document_id INTO doc FROM permissions p WHERE p.id = given AND p.granted_by_id = app.actor_id()
  UNION ALL SELECT i.document_id FROM invitations i WHERE i.id = given AND i.invited_by_id = app.actor_id();
  IF NOT FOUND THEN RAISE EXCEPTION 'Nothing of the actor''s' USING ERRCODE = 'SH002', DETAIL = 'collaborator'; END IF;
  IF EXISTS (SELECT FROM documents d WHERE d.id = doc AND d.access_mode = 'private') THEN
    UPDATE permissions p SET letter_waits = true WHERE p.id = given;
    UPDATE invitations i SET letter_waits = true WHERE i.id = given;
  ELSE
    INSERT INTO outbox (name, data) VALUES ('collaborator/added', jsonb_build_object('collaboratorId', given));
  END IF;
END $function$
;

CREATE OR REPLACE FUNCTION app.audit_grant(action text, collection uuid, document uuid, done app.grant_change)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT app.audit(action, CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END, coalesce(document, collection), NULL,
    jsonb_strip_nulls(CASE WHEN done.group_id IS NOT NULL THEN jsonb_build_object('type', 'group', 'id', done.group_id)
      ELSE jsonb_build_object('type', CASE WHEN done.user_id IS NULL THEN 'address' ELSE 'user' END, 'id', done.user_id, 'email', done.address) END),
    jsonb_build_object('grantId', done.id)
      || CASE WHEN done.previous_role IS NULL THEN '{}' ELSE jsonb_build_object('previous',
           jsonb_build_object('role', done.previous_role, 'expiresAt', app.iso(done.previous_expires_at))) END
      || CASE WHEN done.role_name IS NULL THEN '{}' ELSE jsonb_build_object('new',
           jsonb_build_object('role', done.role_name, 'expiresAt', app.iso(done.expires_at))) END)
$function$
;

CREATE TYPE app.listed_grant AS (id uuid, subject text, email text, name text, user_id uuid, group_id uuid, member_count integer, role_id uuid, role text, mask integer, is_pending boolean, is_owner boolean, granter_id uuid, granter_name text, granted_at timestamp with time zone, expires_at timestamp with time zone, is_external boolean);

CREATE OR REPLACE FUNCTION app.change_access(collection uuid, document uuid, wanted uuid, wanted_role uuid, keeps_end boolean, ends_at timestamp with time zone)
 RETURNS SETOF app.listed_grant
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$
;

CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
      INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, given_address)
        VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
          waiting.expires_at, waiting.email);
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
END $function$
;

CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, wanted_group uuid, wanted_role uuid, ends_at timestamp with time zone, notify boolean DEFAULT false)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at, given_address)
      VALUES (done.user_id, done.group_id, resource.collection_id, resource.document_id, given.id, app.actor_id(), ends_at, opened,
        CASE WHEN wanted_group IS NULL THEN trim(given_address) END)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at)
      VALUES (trim(given_address), normal, resource.collection_id, resource.document_id, given.id, app.actor_id(), ends_at)
      RETURNING invitations.id INTO done.id;
  END IF;
  PERFORM app.audit_grant('permission.granted', collection, document, done);
  is_asked := done.user_id IS NOT NULL AND app.settle_request(collection, document, done.user_id, done.id, CASE WHEN notify THEN 'letter' ELSE 'usual' END);
  PERFORM app.emit_grant('grant/added', collection, document, done, jsonb_build_object('isAsked', is_asked, 'mail',
    CASE WHEN NOT notify THEN 'none' WHEN wanted_group IS NULL THEN 'letter' ELSE 'usual' END));
  IF notify AND wanted_group IS NULL THEN PERFORM app.ask_letter(done.id); END IF;
  RETURN NEXT done;
END $function$
;

CREATE OR REPLACE FUNCTION app.invitation_letter(collaborator uuid)
 RETURNS TABLE(user_id uuid, email text, language text, inviter_id uuid, inviter_name text, collection_id uuid, document_id uuid, resource_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT u.id, coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), g.id, coalesce(g.name, ''),
         coalesce(p.collection_id, i.collection_id), d.id, coalesce(d.name, c.name)
    FROM (SELECT collaborator) wanted (id)
    LEFT JOIN permissions p ON p.id = wanted.id AND p.deleted_at IS NULL
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN invitations i ON i.id = wanted.id AND i.deleted_at IS NULL
    LEFT JOIN documents d ON d.id = coalesce(p.document_id, i.document_id)
    JOIN collections c ON c.id = coalesce(d.collection_id, p.collection_id, i.collection_id) AND c.deleted_at IS NULL
    LEFT JOIN users g ON g.id = coalesce(p.granted_by_id, i.invited_by_id)
   WHERE app.is_system() AND coalesce(u.email, i.email) IS NOT NULL AND d.deleted_at IS NULL
$function$
;

CREATE OR REPLACE FUNCTION app.list_grants(collection uuid, document uuid)
 RETURNS SETOF app.listed_grant
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH resource AS (
    SELECT x.*, x.workspace_id = app.actor_workspace() AS is_own_workspace, CASE WHEN document IS NULL THEN x.collection_id END AS own_collection_id
      FROM app.find_resource(collection, document) x WHERE app.allows(x.rights, app.edit_documents() | app.manage_permissions())
  ), given AS (
    SELECT p.* FROM resource JOIN permissions p ON p.collection_id = resource.own_collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM resource JOIN permissions p ON p.document_id = resource.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM resource JOIN invitations i ON i.collection_id = resource.own_collection_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
    UNION ALL SELECT i.* FROM resource JOIN invitations i ON i.document_id = resource.document_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
  )
  SELECT * FROM (
    SELECT p.id, CASE WHEN p.group_id IS NULL THEN 'user' ELSE 'group' END, CASE WHEN known.yes THEN u.email ELSE coalesce(p.given_address, u.email) END,
           CASE WHEN known.yes THEN u.name ELSE t.name END,
           CASE WHEN known.yes THEN u.id END, t.id, CASE WHEN t.id IS NOT NULL THEN
             (SELECT count(*)::integer FROM user_principals up WHERE up.principal_id = t.id) END,
           r.id, r.name, p.mask, u.id IS NOT NULL AND NOT known.yes,
           coalesce(u.id = resource.collection_owner_id AND p.document_id IS NULL, false), giver.id, giver.name, p.granted_at, p.expires_at,
           -- told to people of that workspace alone: others do not see who is in it
           coalesce(known.yes AND resource.is_own_workspace AND (u.workspace_id <> resource.workspace_id OR u.is_external), false)
      FROM resource CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
      LEFT JOIN LATERAL app.known_person(p.granted_by_id, resource.collection_id, resource.document_id) giver ON true,
      LATERAL (SELECT u.id IS NOT NULL AND app.is_known(u.id, resource.collection_id, resource.document_id)) known (yes)
     WHERE (u.id IS NOT NULL OR t.id IS NOT NULL) AND app.is_grant_live(p.deleted_at, p.expires_at)
    UNION ALL
    SELECT i.id, 'user', i.email, NULL, NULL, NULL, NULL, r.id, r.name, r.mask, true, false, giver.id, giver.name, i.created_at, i.expires_at, false
      FROM resource CROSS JOIN waiting i JOIN roles r ON r.id = i.role_id
      LEFT JOIN LATERAL app.known_person(i.invited_by_id, resource.collection_id, resource.document_id) giver ON true
     WHERE app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
  ) grants (id, subject, email, name, user_id, group_id, member_count, role_id, role, mask, is_pending, is_owner, granter_id, granter_name,
    granted_at, expires_at, is_external)
  ORDER BY NOT is_owner, granted_at, id
$function$
;

CREATE OR REPLACE FUNCTION app.reached_by_grant(wanted uuid)
 RETURNS TABLE(person uuid, collection_id uuid, document_id uuid, role_id uuid, mask integer, granted_at timestamp with time zone, deleted_at timestamp with time zone, expires_at timestamp with time zone, granted_by_id uuid, group_id uuid, group_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT up.user_id, p.collection_id, p.document_id, p.role_id, p.mask, p.granted_at, p.deleted_at, p.expires_at, p.granted_by_id, g.id, g.name
    FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id LEFT JOIN groups g ON g.id = p.group_id
    LEFT JOIN collections c ON c.id = p.collection_id
   WHERE p.id = wanted AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL) AND up.user_id IS DISTINCT FROM c.owner_id
   ORDER BY up.user_id LIMIT app.most_recipients()
$function$
;

CREATE OR REPLACE FUNCTION app.set_access_mode(document uuid, wanted text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  resource app.resource := app.demand_resource(NULL, document, app.view_documents());
  doc documents;
  is_mine boolean;
  manages boolean;
  previous text;
  kept record;
  kept_id uuid;
  kept_role text;
  kept_until timestamptz;
  ended_id uuid;
  ended_role text;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := app.allows(resource.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END, app.manage_permissions());
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document, 'manage_permissions'); END IF;
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = 'document_owner';
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document, 'manage_permissions'); END IF;
    IF EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
      RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
    END IF;
  END IF;
  IF wanted = 'link' AND resource.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  previous := doc.access_mode;
  IF wanted = previous THEN RETURN; END IF;
  IF wanted = 'invite' THEN
    kept := app.keep_manager(doc, resource);
    kept_id := (kept.made).id;
    kept_until := (kept.made).expires_at;
    ended_id := (kept.ended).id;
    SELECT r.name INTO kept_role FROM roles r WHERE r.id = (kept.made).role_id;
    SELECT r.name INTO ended_role FROM roles r WHERE r.id = (kept.ended).role_id;
  END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
  PERFORM app.audit('document.access_mode_changed', 'document', document, NULL, NULL, jsonb_build_object('previous', previous, 'new', wanted));
  IF kept_id IS NOT NULL THEN
    PERFORM app.audit(CASE WHEN ended_id IS NULL THEN 'permission.granted' ELSE 'permission.changed' END, 'document', document, NULL,
      jsonb_build_object('type', 'user', 'id', app.actor_id()),
      jsonb_build_object('grantId', kept_id, 'because', 'access_mode', 'new', jsonb_build_object('role', kept_role, 'expiresAt', app.iso(kept_until)))
        || CASE WHEN ended_id IS NULL THEN '{}' ELSE jsonb_build_object('previous', jsonb_build_object('grantId', ended_id, 'role', ended_role)) END);
  END IF;
  IF previous = 'private' THEN
    WITH given AS (
      UPDATE permissions p SET letter_waits = false WHERE p.document_id = document AND p.letter_waits RETURNING p.id, p.deleted_at, p.expires_at
    ), invited AS (
      UPDATE invitations i SET letter_waits = false WHERE i.document_id = document AND i.letter_waits RETURNING i.id, i.deleted_at, i.expires_at
    ), told AS (
      INSERT INTO outbox (name, data) SELECT 'grant/added', jsonb_build_object('grantId', given.id, 'actorId', app.actor_id(), 'isOpen', true, 'mail', 'letter') FROM given
    )
    INSERT INTO outbox (name, data) SELECT 'collaborator/added', jsonb_build_object('collaboratorId', due.id)
      FROM (TABLE given UNION ALL TABLE invited) due WHERE app.is_grant_live(due.deleted_at, due.expires_at);
  END IF;
END $function$
;

CREATE OR REPLACE FUNCTION app.shared_recipients(event jsonb)
 RETURNS SETOF app.recipient
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT r.person, (event->>'actorId')::uuid, r.collection_id, r.document_id, app.view_documents(),
         app.role_facts(r.role_id) || jsonb_build_object('group', coalesce(r.group_name, '')), NULL,
         CASE event->>'mail' WHEN 'none' THEN 'none' WHEN 'letter' THEN 'summary' END
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at) AND app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
     AND NOT coalesce((event->>'isAsked')::boolean, false)
     AND (r.group_id IS NULL OR NOT EXISTS (
       SELECT FROM permissions o JOIN user_principals up ON up.principal_id = o.principal_id
        WHERE up.user_id = r.person AND (o.collection_id = r.collection_id OR o.document_id = r.document_id) AND o.id <> (event->>'grantId')::uuid
          AND o.granted_at <= r.granted_at AND app.covers(o.mask, r.mask) AND app.is_grant_live(o.deleted_at, o.expires_at)))
$function$
;

CREATE OR REPLACE FUNCTION app.tell_grants()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE few CONSTANT integer := 50; places app.told_place[]; place app.told_place;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    places := ARRAY(
      SELECT (n.collection_id, n.document_id, bool_or(c.is_access), array_agg(DISTINCT n.principal_id) FILTER (WHERE c.is_access AND NOT n.is_everyone
               AND app.allows(n.mask | o.mask, app.view_documents())))::app.told_place
        FROM new_rows n JOIN old_rows o ON o.id = n.id CROSS JOIN LATERAL (
          SELECT (n.role_id, n.mask, n.expires_at, n.deleted_at) IS DISTINCT FROM (o.role_id, o.mask, o.expires_at, o.deleted_at)) c (is_access)
       WHERE n.link_id IS NULL AND (c.is_access OR n.opened_at IS DISTINCT FROM o.opened_at) GROUP BY n.collection_id, n.document_id);
  ELSE
    places := ARRAY(
      SELECT (r.collection_id, r.document_id, true, array_agg(DISTINCT r.principal_id) FILTER (WHERE NOT r.is_everyone AND app.allows(r.mask, app.view_documents())))::app.told_place
        FROM changed_rows r WHERE r.link_id IS NULL AND r.deleted_at IS NULL GROUP BY r.collection_id, r.document_id);
  END IF;
  IF cardinality(places) > few THEN
    -- a role that is in use everywhere, say: each of its people looks at everything again
    PERFORM app.tell('access/changed', '{}', ARRAY(SELECT DISTINCT unnest(p.principals) FROM unnest(places) p));
  ELSE
    FOREACH place IN ARRAY places LOOP
      PERFORM app.tell_access(place.collection_id, place.document_id, CASE WHEN place.is_access THEN app.view_documents() ELSE app.see_grants() END,
        coalesce(place.principals, '{}'));
    END LOOP;
  END IF;
  RETURN NULL;
END $function$
;

CREATE TRIGGER tell_invitation AFTER INSERT OR UPDATE OF role_id, expires_at, accepted_at, deleted_at ON public.invitations FOR EACH ROW EXECUTE FUNCTION app.tell_invitation();

REVOKE ALL ON ROUTINE 
  app.audit_grant(text,uuid,uuid,app.grant_change),
  app.change_access(uuid,uuid,uuid,uuid,boolean,timestamp with time zone),
  app.grant_access(uuid,uuid,text,uuid,uuid,timestamp with time zone,boolean),
  app.invitation_letter(uuid),
  app.list_grants(uuid,uuid),
  app.reached_by_grant(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.change_access(uuid,uuid,uuid,uuid,boolean,timestamp with time zone),
  app.grant_access(uuid,uuid,text,uuid,uuid,timestamp with time zone,boolean),
  app.invitation_letter(uuid),
  app.list_grants(uuid,uuid)
  TO sheaf_app;

SET LOCAL check_function_bodies = off;

CREATE OR REPLACE FUNCTION app.request_access(collection uuid, document uuid, note text, at_most integer)
 RETURNS SETOF access_requests
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  me uuid := app.live_actor_id();
  wanted_type CONSTANT text := CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END;
  asked access_requests;
  waiting integer;
BEGIN
  IF me IS NULL OR app.is_visitor() OR NOT EXISTS (SELECT FROM users u WHERE u.id = me) THEN
    RAISE EXCEPTION 'Nobody asks' USING ERRCODE = 'SH003', DETAIL = 'actor';
  END IF;
  IF app.covers(app.rights(collection, document), app.view_documents() | app.manage_permissions())
     AND NOT (SELECT u.is_external FROM users u WHERE u.id = me) THEN
    RAISE EXCEPTION 'They answer such requests' USING ERRCODE = 'SH004', DETAIL = 'manages_access';
  END IF;
  -- one after the other for each person, so that their requests can be counted
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.asking.' || me, 0));
  SELECT * INTO asked FROM access_requests r
   WHERE r.requester_id = me AND r.resource_id = coalesce(document, collection) AND r.resource_type = wanted_type FOR UPDATE;
  IF app.is_request_open(asked.status, asked.asked_at) THEN
    RETURN NEXT asked;
    RETURN;
  END IF;
  IF asked.status = 'declined' AND asked.answered_at > now() - interval '7 days' THEN
    RAISE EXCEPTION 'Declined a while ago' USING ERRCODE = 'SH004', DETAIL = 'request_declined';
  END IF;
  SELECT count(*) INTO waiting FROM access_requests r WHERE r.requester_id = me AND app.is_request_open(r.status, r.asked_at);
  IF waiting >= at_most THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'openRequests', 'used', waiting, 'limit', at_most, 'requested', 1)::text;
  END IF;
  IF asked.id IS NULL THEN
    INSERT INTO access_requests (requester_id, resource_type, resource_id, message)
      VALUES (me, wanted_type, coalesce(document, collection), note) RETURNING * INTO asked;
  ELSE
    UPDATE access_requests r SET status = 'open', message = note, asked_at = now(), answered_at = NULL, answered_by_id = NULL
     WHERE r.id = asked.id RETURNING * INTO asked;
  END IF;
  IF asked.told_at IS NULL OR asked.told_at <= now() - interval '1 day' THEN
    UPDATE access_requests r SET told_at = now() WHERE r.id = asked.id;
    INSERT INTO outbox (name, data) VALUES ('access.requested', jsonb_build_object('requestId', asked.id));
  END IF;
  PERFORM app.audit('access.requested', wanted_type, asked.resource_id, NULL, NULL, jsonb_build_object('requestId', asked.id));
  RETURN NEXT asked;
END $function$
;

SET LOCAL check_function_bodies = off;

DROP TRIGGER tell_request ON access_requests;
DROP FUNCTION app.tell_request();
DROP FUNCTION app.settle_request(uuid,uuid,uuid,uuid,text);
DROP FUNCTION app.request_answerers(uuid,uuid);
DROP FUNCTION app.access_requested_recipients(jsonb);
DROP FUNCTION app.access_declined_recipients(jsonb);
DROP FUNCTION app.access_approved_recipients(jsonb);

CREATE OR REPLACE FUNCTION app.access_request_facts(request uuid)
 RETURNS TABLE(status text, requester_id uuid, answered_by_id uuid, resource_type text, resource_id uuid, resource_name text, message text, answerers uuid[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT r.status, r.requester_id, r.answered_by_id, r.resource_type, r.resource_id, coalesce(d.name, c.name), r.message,
         ARRAY(SELECT DISTINCT u.id FROM app.live_grants g JOIN user_principals up ON up.principal_id = g.principal_id JOIN users u ON u.id = up.user_id
            WHERE app.allows(g.mask, app.manage_permissions()) AND NOT u.is_external AND u.suspended_at IS NULL AND u.id <> r.requester_id
              AND ((g.collection_id = c.id AND (d.id IS NULL OR app.counts_collection_grants(d.access_mode, d.owner_id = u.id)))
                OR (g.document_id = d.id AND app.counts_document_grants(d.access_mode, d.owner_id = u.id))) ORDER BY u.id)
    FROM access_requests r LEFT JOIN documents d ON r.resource_type = 'document' AND d.id = r.resource_id
    JOIN collections c ON c.id = CASE WHEN r.resource_type = 'collection' THEN r.resource_id ELSE d.collection_id END
   WHERE r.id = request AND app.is_system() AND c.deleted_at IS NULL AND (d.id IS NULL OR app.is_document_live(d.deleted_at, d.status))
$function$
;

CREATE OR REPLACE FUNCTION app.approve_access_request(request uuid, wanted_role uuid, ends_at timestamp with time zone)
 RETURNS SETOF access_requests
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE locked record := app.demand_request(request); asked access_requests := locked.asked; given app.grant_change; address text; kept uuid;
BEGIN
  SELECT u.email INTO address FROM users u WHERE u.id = asked.requester_id AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such request' USING ERRCODE = 'SH002', DETAIL = 'access_request'; END IF;
  SELECT p.id INTO kept FROM permissions p JOIN roles r ON r.id = wanted_role
   WHERE p.user_id = asked.requester_id AND (p.collection_id = locked.collection OR p.document_id = locked.document)
     AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.covers(p.mask, r.mask) AND NOT app.is_later(ends_at, p.expires_at);
  IF kept IS NOT NULL THEN
    PERFORM app.settle_request(locked.collection, locked.document, asked.requester_id, kept);
  ELSE
    SELECT * INTO given FROM app.grant_access(locked.collection, locked.document, address, NULL, wanted_role, ends_at, true);
    -- the address was given up, or became another's, at this moment
    IF given.user_id IS DISTINCT FROM asked.requester_id THEN RAISE EXCEPTION 'Changed meanwhile' USING ERRCODE = '40001'; END IF;
  END IF;
  SELECT * INTO asked FROM access_requests r WHERE r.id = request;
  -- granting settles what was open; what was not stays as somebody else left it
  IF asked.status <> 'approved' OR asked.answered_by_id IS DISTINCT FROM app.actor_id() OR asked.answered_at <> now()::timestamptz(3) THEN
    RAISE EXCEPTION 'Answered before' USING ERRCODE = 'SH004', DETAIL = 'request_answered';
  END IF;
  RETURN NEXT asked;
END $function$
;

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
  PERFORM app.emit_grant('grant/changed', collection, document, done, jsonb_build_object('isRoleNew', done.role_name <> done.previous_role));
  IF done.user_id IS NOT NULL AND NOT app.covers(had, done.mask) THEN PERFORM app.settle_request(collection, document, done.user_id, wanted); END IF;
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
    PERFORM app.emit_grant('grant/changed', collection, document, done, jsonb_build_object('isRoleNew', given.id <> before.role_id));
    IF done.user_id IS NOT NULL THEN PERFORM app.settle_request(collection, document, done.user_id, done.id); END IF;
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
  PERFORM app.emit_grant('grant/added', collection, document, done, jsonb_build_object('mail',
    CASE WHEN NOT notify THEN 'none' WHEN wanted_group IS NULL THEN 'letter' ELSE 'usual' END));
  IF done.user_id IS NOT NULL THEN PERFORM app.settle_request(collection, document, done.user_id, done.id); END IF;
  IF notify AND wanted_group IS NULL THEN PERFORM app.ask_letter(done.id); END IF;
  RETURN NEXT done;
END $function$
;

CREATE OR REPLACE FUNCTION app.list_access_requests(collection uuid, document uuid, only_request uuid, before uuid, at_most integer)
 RETURNS TABLE(id uuid, resource_type text, resource_id uuid, resource_name text, person_id uuid, name text, email text, is_external boolean, mask integer, message text, status text, asked_at timestamp with time zone, answered_at timestamp with time zone, answered_by_id uuid, answered_by_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT r.id, r.resource_type, r.resource_id, coalesce(d.name, c.name), u.id, u.name, u.email,
         u.is_external OR u.workspace_id IS DISTINCT FROM app.actor_workspace(), held.mask, r.message,
         CASE WHEN r.status = 'open' AND NOT app.is_request_open(r.status, r.asked_at) THEN 'lapsed' ELSE r.status END,
         r.asked_at, r.answered_at, a.id, a.name
    FROM access_requests r JOIN users u ON u.id = r.requester_id LEFT JOIN users a ON a.id = r.answered_by_id
    LEFT JOIN documents d ON r.resource_type = 'document' AND d.id = r.resource_id
    JOIN collections c ON c.id = CASE WHEN r.resource_type = 'collection' THEN r.resource_id ELSE d.collection_id END,
    LATERAL (SELECT app.mask_of(u.id, CASE WHEN d.id IS NULL THEN c.id END, d.id) OFFSET 0) held (mask)
   WHERE CASE WHEN only_request IS NOT NULL
           THEN r.id = only_request AND r.requester_id IS DISTINCT FROM app.actor_id()
           ELSE r.resource_id = coalesce(document, collection) AND r.resource_type = CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END
             AND app.is_request_open(r.status, r.asked_at) AND NOT app.allows(held.mask, app.manage_permissions()) END
     AND u.suspended_at IS NULL
     AND (before IS NULL OR (r.asked_at, r.id) < (SELECT b.asked_at, b.id FROM access_requests b WHERE b.id = before))
     AND app.answers_requests(CASE WHEN r.resource_type = 'collection' THEN c.id END, d.id)
   ORDER BY r.asked_at DESC, r.id DESC LIMIT at_most
$function$
;

CREATE OR REPLACE FUNCTION app.mask_of(person uuid, collection uuid, document uuid)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT CASE WHEN document IS NULL THEN on_collection.mask
      ELSE coalesce(app.combined_mask(d.access_mode, is_own.yes, on_collection.mask, on_document.mask), 0) END
    FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document,
    LATERAL (SELECT coalesce(d.owner_id = person AND EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = person), false) OFFSET 0) is_own (yes),
    LATERAL (SELECT coalesce(bit_or(g.mask), 0) FROM app.live_grants g JOIN user_principals up ON up.principal_id = g.principal_id
      WHERE up.user_id = person AND g.collection_id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END OFFSET 0) on_collection (mask),
    LATERAL (SELECT coalesce(bit_or(g.mask), 0) FROM app.live_grants g JOIN user_principals up ON up.principal_id = g.principal_id
      WHERE up.user_id = person AND g.document_id = document OFFSET 0) on_document (mask)
$function$
;

CREATE OR REPLACE FUNCTION app.role_changed_recipients(event jsonb)
 RETURNS SETOF app.recipient
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT r.person, (event->>'actorId')::uuid, r.collection_id, r.document_id, app.view_documents(),
         app.role_facts(r.role_id) || jsonb_build_object('isRoleNew', (event->>'isRoleNew')::boolean, 'endsAt', coalesce(app.iso(r.expires_at), '')), NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at) AND app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
$function$
;

CREATE OR REPLACE FUNCTION app.settle_request(collection uuid, document uuid, person uuid, given uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE asked access_requests;
BEGIN
  UPDATE access_requests r SET status = 'approved', answered_at = now(), answered_by_id = app.actor_id()
   WHERE r.requester_id = person AND r.resource_id = coalesce(document, collection)
     AND r.resource_type = CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END
     AND app.is_request_open(r.status, r.asked_at) RETURNING * INTO asked;
  IF NOT FOUND THEN RETURN; END IF;
  -- they said who they are by asking
  UPDATE permissions p SET opened_at = now() WHERE p.id = given AND p.opened_at IS NULL;
  PERFORM app.audit('access.approved', asked.resource_type, asked.resource_id, NULL,
    jsonb_build_object('type', 'user', 'id', person, 'email', (SELECT u.email FROM users u WHERE u.id = person)),
    jsonb_build_object('requestId', asked.id, 'grantId', given));
  IF EXISTS (SELECT FROM documents d WHERE d.id = document AND d.access_mode = 'private') THEN RETURN; END IF;
  INSERT INTO outbox (name, data) VALUES ('access.approved', jsonb_build_object('requestId', asked.id));
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
     AND (r.group_id IS NULL OR NOT EXISTS (
       SELECT FROM permissions o JOIN user_principals up ON up.principal_id = o.principal_id
        WHERE up.user_id = r.person AND (o.collection_id = r.collection_id OR o.document_id = r.document_id) AND o.id <> (event->>'grantId')::uuid
          AND o.granted_at <= r.granted_at AND app.covers(o.mask, r.mask) AND app.is_grant_live(o.deleted_at, o.expires_at)))
$function$
;

REVOKE ALL ON ROUTINE 
  app.access_request_facts(uuid),
  app.mask_of(uuid,uuid,uuid),
  app.settle_request(uuid,uuid,uuid,uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.access_request_facts(uuid)
  TO sheaf_app;

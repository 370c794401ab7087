SET LOCAL check_function_bodies = off;

ALTER TABLE access_requests DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON access_requests;
DROP POLICY access_requests_own ON access_requests;
DROP FUNCTION app.withdraw_access_request(uuid);
DROP FUNCTION app.sweep_access_requests();
DROP FUNCTION app.settle_request(uuid,uuid,uuid,uuid);
DROP FUNCTION app.request_access(uuid,uuid,text,integer);
DROP FUNCTION app.my_access_requests(uuid,uuid,integer);
DROP FUNCTION app.mask_of(uuid,uuid,uuid);
DROP FUNCTION app.list_access_requests(uuid,uuid,uuid,uuid,integer);
DROP FUNCTION app.is_request_open(text,timestamp with time zone);
DROP FUNCTION app.demand_request(uuid);
DROP FUNCTION app.decline_access_request(uuid);
DROP FUNCTION app.approve_access_request(uuid,uuid,timestamp with time zone);
DROP FUNCTION app.answers_requests(uuid,uuid);
DROP FUNCTION app.access_request_lasts();
DROP FUNCTION app.access_request_facts(uuid);

-- DropForeignKey
ALTER TABLE "public"."access_requests" DROP CONSTRAINT "access_requests_requester_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."access_requests" DROP CONSTRAINT "access_requests_answered_by_id_fkey";

-- DropTable
DROP TABLE "public"."access_requests";

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
    RETURN NEXT done;
    RETURN;
  END IF;

  IF before.id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = before.id;
    UPDATE invitations i SET deleted_at = now() WHERE i.id = before.id AND i.accepted_at IS NULL;
  END IF;
  PERFORM app.demand_lasting(resource, given.mask, ends_at);
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
  IF notify AND wanted_group IS NULL THEN PERFORM app.ask_letter(done.id); END IF;
  RETURN NEXT done;
END $function$
;

SET LOCAL check_function_bodies = off;

ALTER TABLE notified_events DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notifications DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notification_settings DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notification_preferences DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notification_mails DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_deliveries DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON notified_events;
DROP POLICY owner_all ON notifications;
DROP POLICY owner_all ON notification_settings;
DROP POLICY owner_all ON notification_preferences;
DROP POLICY owner_all ON notification_mails;
DROP POLICY owner_all ON mail_deliveries;
DROP FUNCTION app.shared_recipients(jsonb);
DROP FUNCTION app.set_notification_time(text,integer);
DROP FUNCTION app.set_notification_preferences(uuid,jsonb);
DROP FUNCTION app.role_facts(uuid);
DROP FUNCTION app.role_changed_recipients(jsonb);
DROP FUNCTION app.read_notifications(uuid[]);
DROP FUNCTION app.reached_by_grant(uuid);
DROP FUNCTION app.quota_recipients(jsonb);
DROP FUNCTION app.processing_failed_recipients(jsonb);
DROP FUNCTION app.person_mask(uuid,uuid,uuid);
DROP FUNCTION app.notify(text,text,text,boolean,integer,app.recipient[]);
DROP FUNCTION app.notification_preferences();
DROP FUNCTION app.notification_cards(uuid[]);
DROP FUNCTION app.next_summary(text,integer);
DROP FUNCTION app.most_recipients();
DROP FUNCTION app.list_notifications(boolean,text[],uuid,integer);
DROP TYPE app.notification_card;
DROP FUNCTION app.is_notification_open(uuid,uuid,integer);
DROP FUNCTION app.is_nearly_full(bigint,bigint);
DROP FUNCTION app.is_apart(text);
DROP FUNCTION app.invitation_accepted_recipients(jsonb);
DROP FUNCTION app.emit_grant(text,uuid,uuid,app.grant_change,jsonb);
DROP FUNCTION app.document_added_recipients(jsonb);
DROP FUNCTION app.count_notifications(integer);
DROP FUNCTION app.access_removed_recipients(jsonb);
DROP TYPE app.recipient;

-- DropForeignKey
ALTER TABLE "public"."notifications" DROP CONSTRAINT "notifications_user_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notifications" DROP CONSTRAINT "notifications_actor_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notifications" DROP CONSTRAINT "notifications_collection_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notifications" DROP CONSTRAINT "notifications_document_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notifications" DROP CONSTRAINT "notifications_mail_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notified_events" DROP CONSTRAINT "notified_events_user_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notification_preferences" DROP CONSTRAINT "notification_preferences_user_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notification_settings" DROP CONSTRAINT "notification_settings_user_id_fkey";

-- DropForeignKey
ALTER TABLE "public"."notification_mails" DROP CONSTRAINT "notification_mails_user_id_fkey";

-- DropTable
DROP TABLE "public"."notifications";

-- DropTable
DROP TABLE "public"."notified_events";

-- DropTable
DROP TABLE "public"."notification_preferences";

-- DropTable
DROP TABLE "public"."notification_settings";

-- DropTable
DROP TABLE "public"."notification_mails";

-- DropTable
DROP TABLE "public"."mail_deliveries";

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
        INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
            resource_type, resource_id, metadata)
          VALUES (owner.workspace_id, 'permission.changed', 'user', person, owner.email, 'user', person, waiting.email_normalized,
            CASE WHEN waiting.document_id IS NULL THEN 'collection' ELSE 'document' END, coalesce(waiting.document_id, waiting.collection_id),
            jsonb_build_object('grantId', held.id, 'because', 'invitation', 'invitationId', waiting.id,
              'previous', jsonb_build_object('role', before.name, 'expiresAt', held.expires_at),
              'new', jsonb_build_object('role', given.name, 'expiresAt', waiting.expires_at)));
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
  IF notify AND wanted_group IS NULL THEN PERFORM app.ask_letter(done.id); END IF;
  RETURN NEXT done;
END $function$
;

CREATE OR REPLACE FUNCTION app.mark_document_opened(document uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE permissions SET opened_at = now()
   WHERE document_id = document AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL
$function$
;

CREATE OR REPLACE FUNCTION app.mark_opened(collection uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE permissions SET opened_at = now()
   WHERE collection_id = collection AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL
$function$
;

CREATE OR REPLACE FUNCTION app.quota_charge(person uuid, why text, collection_count integer, document_count integer, bytes bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE now_used user_quotas; allowed record; refusal jsonb;
BEGIN
  INSERT INTO quota_ledger (user_id, cause, collections, documents, storage_bytes)
    VALUES (person, why, collection_count, document_count, bytes) ON CONFLICT (cause) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  LOOP
    UPDATE user_quotas q SET collections_used = q.collections_used + collection_count,
        documents_used = q.documents_used + document_count, storage_bytes_used = q.storage_bytes_used + bytes
      FROM app.quota_limits(person) l
     WHERE q.user_id = person
       AND (collection_count = 0 OR q.collections_used + collection_count <= l.collections)
       AND (document_count = 0 OR q.documents_used + document_count <= l.documents)
       AND (bytes = 0 OR q.storage_bytes_used + bytes <= l.storage_bytes);
    IF FOUND THEN RETURN true; END IF;
    SELECT * INTO now_used FROM user_quotas WHERE user_id = person FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No quota row' USING ERRCODE = 'SH002', DETAIL = 'person'; END IF;
    SELECT * INTO allowed FROM app.quota_limits(person);
    refusal := CASE
      WHEN collection_count > 0 AND now_used.collections_used + collection_count > allowed.collections THEN
        jsonb_build_object('resource', 'collections', 'used', now_used.collections_used, 'limit', allowed.collections, 'requested', collection_count)
      WHEN document_count > 0 AND now_used.documents_used + document_count > allowed.documents THEN
        jsonb_build_object('resource', 'documents', 'used', now_used.documents_used, 'limit', allowed.documents, 'requested', document_count)
      WHEN bytes > 0 AND now_used.storage_bytes_used + bytes > allowed.storage_bytes THEN
        jsonb_build_object('resource', 'storageBytes', 'used', now_used.storage_bytes_used, 'limit', allowed.storage_bytes, 'requested', bytes)
    END;
    IF refusal IS NOT NULL THEN
      RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001', DETAIL = refusal::text;
    END IF;
    -- something was freed between the refusal and the lock: it fits now
  END LOOP;
END $function$
;

CREATE OR REPLACE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
  RETURN NEXT done;
END $function$
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
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document); END IF;
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = 'document_owner';
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document); END IF;
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
    )
    INSERT INTO outbox (name, data) SELECT 'collaborator/added', jsonb_build_object('collaboratorId', due.id)
      FROM (TABLE given UNION ALL TABLE invited) due WHERE app.is_grant_live(due.deleted_at, due.expires_at);
  END IF;
END $function$
;

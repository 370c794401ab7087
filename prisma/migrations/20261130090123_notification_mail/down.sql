SET LOCAL check_function_bodies = off;

ALTER TABLE mail_refusals DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON mail_refusals;
DROP FUNCTION app.refuses_mail(text);
DROP FUNCTION app.refuse_mail(text);
DROP FUNCTION app.prune_notifications(integer);
DROP FUNCTION app.people_with_mail(integer);
DROP FUNCTION app.notification_mail_reader(uuid);
DROP FUNCTION app.mailed_notifications(uuid);
DROP FUNCTION app.mailbox(text);
DROP FUNCTION app.mail_choice(uuid,text,text);
DROP FUNCTION app.invitation_letter(uuid);
DROP FUNCTION app.hand_over_delivery(text,integer);
DROP FUNCTION app.finish_notification_mail(uuid,text,integer);
DROP FUNCTION app.end_delivery(text,integer,boolean);
DROP FUNCTION app.demand_new_mailbox(app.resource,text);
DROP FUNCTION app.claim_delivery(text,integer,boolean);
DROP FUNCTION app.begin_notification_mail(integer,integer);

-- DropForeignKey
ALTER TABLE "public"."notifications" DROP CONSTRAINT "notifications_mail_id_fkey";

-- DropIndex
DROP INDEX "public"."mail_deliveries_first_claimed_at_idx";

-- AlterTable
ALTER TABLE "public"."mail_deliveries" DROP COLUMN "attempt",
DROP COLUMN "first_claimed_at",
DROP COLUMN "handed_over_at";

-- DropTable
DROP TABLE "public"."mail_refusals";

-- CreateIndex
CREATE INDEX "mail_deliveries_claimed_at_idx" ON "public"."mail_deliveries"("claimed_at" ASC);

-- AddForeignKey
ALTER TABLE "public"."notifications" ADD CONSTRAINT "notifications_mail_id_fkey" FOREIGN KEY ("mail_id") REFERENCES "public"."notification_mails"("id") ON DELETE SET NULL ON UPDATE CASCADE;

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

CREATE OR REPLACE FUNCTION app.invitation_letter(collaborator uuid)
 RETURNS TABLE(email text, language text, inviter_id uuid, inviter_name text, collection_id uuid, document_id uuid, resource_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), g.id, coalesce(g.name, ''),
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

CREATE OR REPLACE FUNCTION app.notify(event text, notification_kind text, usual_mail text, usually_shown boolean, mail_after_seconds integer, recipients app.recipient[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE told record; due timestamptz; made uuid; total integer := 0;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system notifies' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  FOR told IN
    -- in one order, so that two events of the same people never wait for each other
    SELECT DISTINCT ON (r.user_id) r.*, coalesce(chosen.mail, usual_mail) AS chosen_mail, coalesce(chosen.is_shown, usually_shown) AS is_shown,
           u.email_verified_at IS NOT NULL AS is_reachable, s.time_zone, s.summary_hour
      FROM unnest(recipients) r JOIN users u ON u.id = r.user_id AND u.suspended_at IS NULL
      LEFT JOIN notification_preferences chosen ON chosen.user_id = r.user_id AND chosen.kind = notification_kind
      LEFT JOIN notification_settings s ON s.user_id = r.user_id
     WHERE r.user_id IS DISTINCT FROM r.actor_id ORDER BY r.user_id
  LOOP
    INSERT INTO notified_events VALUES (told.user_id, event) ON CONFLICT DO NOTHING;
    CONTINUE WHEN NOT FOUND;
    due := CASE WHEN told.mail = 'none' OR told.chosen_mail = 'never' OR NOT told.is_reachable THEN NULL
      WHEN told.chosen_mail = 'daily' THEN app.next_summary(told.time_zone, told.summary_hour)
      WHEN told.mail IS NULL THEN now() + make_interval(secs => mail_after_seconds) END;
    CONTINUE WHEN due IS NULL AND NOT told.is_shown;
    INSERT INTO notifications AS n (user_id, kind, group_key, actor_id, collection_id, document_id, needs, facts, is_shown, mail_at, is_daily)
      VALUES (told.user_id, notification_kind, told.group_key, told.actor_id, told.collection_id, told.document_id, coalesce(told.needs, 0),
        coalesce(told.facts, '{}'), told.is_shown, due, told.chosen_mail = 'daily')
      ON CONFLICT (user_id, kind, group_key) WHERE read_at IS NULL AND mail_id IS NULL
      DO UPDATE SET count = n.count + 1, position = uuidv7(), updated_at = now(), facts = excluded.facts, mail_at = coalesce(n.mail_at, excluded.mail_at),
        is_shown = n.is_shown OR excluded.is_shown, document_id = CASE WHEN n.document_id = excluded.document_id THEN n.document_id END,
        actor_id = CASE WHEN n.actor_id = excluded.actor_id THEN n.actor_id END
      RETURNING n.id INTO made;
    INSERT INTO outbox (name, data) VALUES ('notification/created', jsonb_build_object('notificationId', made, 'userId', told.user_id));
    total := total + 1;
  END LOOP;
  RETURN total;
END $function$
;

CREATE OR REPLACE FUNCTION app.read_notifications(ids uuid[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE me uuid := app.live_actor_id(); total integer;
BEGIN
  PERFORM app.demand_actor();
  WITH unread AS (
    -- in one order, as notify takes them
    SELECT n.id FROM notifications n WHERE n.user_id = me AND n.read_at IS NULL AND n.is_shown AND (ids IS NULL OR n.id = ANY (ids)) ORDER BY n.id FOR UPDATE
  )
  UPDATE notifications n SET read_at = now(), mail_at = NULL FROM unread WHERE n.id = unread.id;
  GET DIAGNOSTICS total = ROW_COUNT;
  IF total > 0 THEN INSERT INTO outbox (name, data) VALUES ('notification/read', jsonb_build_object('userId', me)); END IF;
  RETURN total;
END $function$
;

REVOKE ALL ON ROUTINE 
  app.invitation_letter(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.invitation_letter(uuid)
  TO sheaf_app;

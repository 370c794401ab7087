-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "position" UUID NOT NULL DEFAULT uuidv7(),
    "group_key" TEXT,
    "count" INTEGER NOT NULL DEFAULT 1,
    "actor_id" UUID,
    "collection_id" UUID,
    "document_id" UUID,
    "needs" INTEGER NOT NULL DEFAULT 0,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "is_shown" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),
    "mail_at" TIMESTAMPTZ(3),
    "is_daily" BOOLEAN NOT NULL DEFAULT false,
    "mail_id" UUID,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notified_events" (
    "user_id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notified_events_pkey" PRIMARY KEY ("user_id","event")
);

-- CreateTable
CREATE TABLE "notification_preferences" (
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "mail" TEXT NOT NULL,
    "is_shown" BOOLEAN NOT NULL,

    CONSTRAINT "notification_preferences_pkey" PRIMARY KEY ("user_id","kind")
);

-- CreateTable
CREATE TABLE "notification_settings" (
    "user_id" UUID NOT NULL,
    "time_zone" TEXT,
    "summary_hour" INTEGER NOT NULL DEFAULT 8,

    CONSTRAINT "notification_settings_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification_mails" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "notification_mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mail_deliveries" (
    "key" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_deliveries_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "notifications_user_id_position_idx" ON "notifications"("user_id", "position");

-- CreateIndex
CREATE INDEX "notifications_actor_id_idx" ON "notifications"("actor_id");

-- CreateIndex
CREATE INDEX "notifications_collection_id_idx" ON "notifications"("collection_id");

-- CreateIndex
CREATE INDEX "notifications_document_id_idx" ON "notifications"("document_id");

-- CreateIndex
CREATE INDEX "notifications_mail_id_idx" ON "notifications"("mail_id");

-- CreateIndex
CREATE INDEX "notified_events_created_at_idx" ON "notified_events"("created_at");

-- CreateIndex
CREATE INDEX "notification_mails_user_id_created_at_idx" ON "notification_mails"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "mail_deliveries_claimed_at_idx" ON "mail_deliveries"("claimed_at");

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_mail_id_fkey" FOREIGN KEY ("mail_id") REFERENCES "notification_mails"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notified_events" ADD CONSTRAINT "notified_events_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_mails" ADD CONSTRAINT "notification_mails_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE notifications ADD CONSTRAINT notifications_count_check CHECK (count > 0),
  ADD CONSTRAINT notifications_kind_check CHECK (length(kind) BETWEEN 1 AND 60),
  ADD CONSTRAINT notifications_mail_check CHECK (mail_at IS NULL OR mail_id IS NULL);
ALTER TABLE notification_preferences ADD CONSTRAINT notification_preferences_mail_check CHECK (mail IN ('now', 'daily', 'never'));
ALTER TABLE notification_settings ADD CONSTRAINT notification_settings_hour_check CHECK (summary_hour BETWEEN 0 AND 23);
ALTER TABLE notification_mails ADD CONSTRAINT notification_mails_outcome_check
  CHECK (outcome IN ('sent', 'dropped', 'unknown', 'failed') AND (outcome IS NULL) = (finished_at IS NULL));
-- what adds to a notification finds it here
CREATE UNIQUE INDEX notifications_growing ON notifications (user_id, kind, group_key) WHERE read_at IS NULL AND mail_id IS NULL;
CREATE INDEX notifications_unread ON notifications (user_id, position) WHERE read_at IS NULL;
CREATE INDEX notifications_due ON notifications (mail_at) WHERE mail_at IS NOT NULL;
CREATE INDEX notification_mails_open ON notification_mails (try_at) WHERE finished_at IS NULL;

-- Whether grants on the collection leave a document closed to whoever does not own it.
CREATE FUNCTION app.is_apart(access_mode text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode IN ('private', 'invite');

-- Notes the first time that a person opens a collection that was shared with them; from then on the share dialog shows
-- their name.
CREATE OR REPLACE FUNCTION app.mark_opened(collection uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH opened AS (
    UPDATE permissions SET opened_at = now()
     WHERE collection_id = collection AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL RETURNING id
  )
  INSERT INTO outbox (name, data) SELECT 'grant/opened', jsonb_build_object('grantId', opened.id) FROM opened
$$;

-- Notes the first time that a person opens a document that was shared with them; from then on its people list shows their
-- name.
CREATE OR REPLACE FUNCTION app.mark_document_opened(document uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH opened AS (
    UPDATE permissions SET opened_at = now()
     WHERE document_id = document AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL RETURNING id
  )
  INSERT INTO outbox (name, data) SELECT 'grant/opened', jsonb_build_object('grantId', opened.id) FROM opened
$$;

CREATE POLICY owner_all ON mail_deliveries TO sheaf_owner USING (true) WITH CHECK (true);

-- Somebody who is to be told of an event. They read it while they hold `needs` on the collection or document; nobody is told
-- what they did themselves. `mail` narrows what they chose: 'summary' for what a letter of its own tells at once, 'none' for
-- what is told in the application alone.
CREATE TYPE app.recipient AS (user_id uuid, actor_id uuid, collection_id uuid, document_id uuid, needs integer, facts jsonb, group_key text, mail text);

-- How many people one event is told at most.
CREATE FUNCTION app.most_recipients() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 1000;

-- When a person's next daily summary goes out, on their clock.
CREATE FUNCTION app.next_summary(time_zone text, summary_hour integer) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT min(at) FROM (VALUES (0), (1), (2)) day (number),
    LATERAL (SELECT (date_trunc('day', now() AT TIME ZONE zone.name) + make_interval(days => day.number, hours => coalesce(summary_hour, 8))) AT TIME ZONE zone.name
      FROM (SELECT coalesce(time_zone, 'UTC')) zone (name)) moment (at)
   WHERE at > now()
$$;

-- Tells people of an event, each of them once however often it is called, and returns how many were told now. What belongs
-- to a notification of theirs that is neither read nor mailed adds to that.
CREATE FUNCTION app.notify(event text, notification_kind text, usual_mail text, usually_shown boolean, mail_after_seconds integer, recipients app.recipient[])
  RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;

-- What the person who acts chose, by kind, and when their summary comes.
CREATE FUNCTION app.notification_preferences(OUT chosen jsonb, OUT time_zone text, OUT summary_hour integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT jsonb_object_agg(p.kind, jsonb_build_object('mail', p.mail, 'isShown', p.is_shown)) FROM notification_preferences p WHERE p.user_id = me.id), '{}'),
         s.time_zone, coalesce(s.summary_hour, 8)
    FROM (SELECT app.live_actor_id()) me (id) LEFT JOIN notification_settings s ON s.user_id = me.id
$$;

-- Sets what the person who acts chooses for some kinds: {kind, mail, isShown}, all of each. What was still to be mailed
-- follows.
CREATE FUNCTION app.set_notification_preferences(person uuid, choices jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() AND person IS DISTINCT FROM app.live_actor_id() THEN RAISE EXCEPTION 'Somebody else''s' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  INSERT INTO notification_preferences AS p (user_id, kind, mail, is_shown)
    SELECT u.id, c.kind, c.mail, c."isShown" FROM users u, jsonb_to_recordset(choices) c (kind text, mail text, "isShown" boolean) WHERE u.id = person ORDER BY c.kind
    ON CONFLICT (user_id, kind) DO UPDATE SET mail = excluded.mail, is_shown = excluded.is_shown;
  UPDATE notifications n SET is_daily = c.mail = 'daily', mail_at = CASE c.mail WHEN 'now' THEN now()
      WHEN 'daily' THEN (SELECT app.next_summary(s.time_zone, s.summary_hour) FROM (SELECT 1) one LEFT JOIN notification_settings s ON s.user_id = person) END
    FROM jsonb_to_recordset(choices) c (kind text, mail text)
   WHERE n.user_id = person AND n.kind = c.kind AND n.mail_at IS NOT NULL AND (c.mail = 'never' OR n.is_daily <> (c.mail = 'daily'));
END $$;

-- Sets when the summary of the person who acts comes; what is null stays. What waits for one waits for that time.
CREATE FUNCTION app.set_notification_time(zone text, hour integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.live_actor_id();
BEGIN
  PERFORM app.demand_actor();
  BEGIN
    PERFORM now() AT TIME ZONE zone;
  EXCEPTION WHEN invalid_parameter_value THEN
    RAISE EXCEPTION 'No such time zone' USING ERRCODE = 'SH004', DETAIL = 'time_zone';
  END;
  INSERT INTO notification_settings AS s (user_id, time_zone, summary_hour) SELECT u.id, zone, coalesce(hour, 8) FROM users u WHERE u.id = me
    ON CONFLICT (user_id) DO UPDATE SET time_zone = coalesce(zone, s.time_zone), summary_hour = coalesce(hour, s.summary_hour);
  UPDATE notifications n SET mail_at = app.next_summary(s.time_zone, s.summary_hour)
    FROM notification_settings s WHERE s.user_id = me AND n.user_id = me AND n.is_daily AND n.mail_at > now();
END $$;

-- A notification as its reader sees it.
CREATE TYPE app.notification_card AS (id uuid, kind text, "position" uuid, count integer, facts jsonb, actor_id uuid, actor_name text,
  collection_id uuid, collection_name text, document_id uuid, document_name text, happened_at timestamptz, is_read boolean);

-- These notifications of the person who acts, in the order of the list. What they may not read any more is left out by the
-- caller.
CREATE FUNCTION app.notification_cards(ids uuid[]) RETURNS SETOF app.notification_card
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT n.id, n.kind, n.position, n.count, n.facts, a.id, a.name, c.id, c.name, d.id, d.name, n.updated_at, n.read_at IS NOT NULL
    FROM notifications n LEFT JOIN documents d ON d.id = n.document_id
    LEFT JOIN collections c ON c.id = n.collection_id
    LEFT JOIN users a ON a.id = n.actor_id
   WHERE n.id = ANY (ids) AND n.user_id = app.live_actor_id() ORDER BY n.position DESC
$$;

-- A page of the notifications of the person who acts, the newest first; of some kinds alone where any are given.
CREATE FUNCTION app.list_notifications(only_unread boolean, kinds text[], before uuid, at_most integer) RETURNS SETOF app.notification_card
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE me uuid := app.live_actor_id();
BEGIN
  PERFORM app.demand_actor();
  RETURN QUERY SELECT * FROM app.notification_cards(ARRAY(
    SELECT n.id FROM notifications n
     WHERE n.user_id = me AND n.position < before AND n.is_shown AND (NOT only_unread OR n.read_at IS NULL)
       AND (kinds IS NULL OR n.kind = ANY (kinds)) AND app.is_notification_open(n.collection_id, n.document_id, n.needs)
     ORDER BY n.position DESC LIMIT at_most));
END $$;

-- How many of their notifications the person who acts has not read, counted up to a bound; and the time zone that was noted
-- for them.
CREATE FUNCTION app.count_notifications(at_most integer, OUT unread integer, OUT time_zone text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE me uuid := app.live_actor_id();
BEGIN
  unread := (SELECT count(*) FROM (SELECT FROM notifications n
    WHERE n.user_id = me AND n.is_shown AND n.read_at IS NULL AND app.is_notification_open(n.collection_id, n.document_id, n.needs) LIMIT at_most) found);
  time_zone := (SELECT s.time_zone FROM notification_settings s WHERE s.user_id = me);
END $$;

-- Marks notifications of the person who acts as read, these or all, and returns how many were not. What was read is not
-- mailed any more.
CREATE FUNCTION app.read_notifications(ids uuid[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;

CREATE POLICY owner_all ON notifications TO sheaf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON notified_events TO sheaf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON notification_preferences TO sheaf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON notification_settings TO sheaf_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON notification_mails TO sheaf_owner USING (true) WITH CHECK (true);

-- Whether so little is left that its owner should know: from 80 percent on, as the quota bar turns amber.
CREATE FUNCTION app.is_nearly_full(used bigint, most bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN used * 5 >= most * 4;

-- Charges once per cause; false when that cause was charged before. The update is the check: parallel charges cannot pass
-- a limit together. Only after it refused is the row locked to say which limit it was.
CREATE OR REPLACE FUNCTION app.quota_charge(person uuid, why text, collection_count integer, document_count integer, bytes bigint)
  RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE now_used user_quotas; allowed record; refusal jsonb; left_over record;
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
       AND (bytes = 0 OR q.storage_bytes_used + bytes <= l.storage_bytes)
     RETURNING q.storage_bytes_used AS used, l.storage_bytes AS most INTO left_over;
    IF FOUND THEN
      IF app.is_nearly_full(left_over.used, left_over.most) AND NOT app.is_nearly_full(left_over.used - bytes, left_over.most) THEN
        INSERT INTO outbox (name, data) VALUES ('quota/nearly-full', jsonb_build_object('userId', person));
      END IF;
      RETURN true;
    END IF;
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
END $$;

-- Tells the outbox of a change of a person's or a group's grant, by ids. `isOpen` says whether its holders could open what
-- it is on.
CREATE FUNCTION app.emit_grant(event text, collection uuid, document uuid, done app.grant_change, details jsonb) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO outbox (name, data)
    SELECT event, details || jsonb_build_object('grantId', done.id, 'actorId', app.actor_id(), 'isOpen', c.deleted_at IS NULL
        AND (document IS NULL OR (app.is_document_live(d.deleted_at, d.status) AND app.counts_document_grants(d.access_mode, false))))
      FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
      JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END
     WHERE done.user_id IS NOT NULL OR done.group_id IS NOT NULL
$$;

-- Gives a person, an address or a group a role on a resource, in place of what they had here, and settles an invitation
-- that waited for them. An address without a proven account gets an invitation.
-- With `notify` an address that is new here gets a mail.
CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, wanted_group uuid, wanted_role uuid, ends_at timestamptz,
    notify boolean DEFAULT false)
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
END $$;

-- Ends a grant or an invitation; one's own without any permission. Nobody else's that holds more than one has.
CREATE OR REPLACE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid) RETURNS SETOF app.grant_change
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

-- Turns the invitations of a person's proven address into grants, and returns how many. Where they have a grant already
-- they get the more permissive one. An invitation that is more in one way and less in the other (a weaker role for
-- longer, a stronger one for a while) waits until the grant ends.
CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid) RETURNS integer
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
      INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, given_address)
        VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
          waiting.expires_at, waiting.email);
      -- its letter was sent when they were invited
      INSERT INTO outbox (name, data) VALUES ('grant/added',
        jsonb_build_object('grantId', waiting.id, 'actorId', waiting.invited_by_id, 'isOpen', true, 'mail', 'none'));
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
END $$;

-- Whom a grant reaches: its person, or everybody in its group. The owner of a collection hears nothing of grants on it.
CREATE FUNCTION app.reached_by_grant(wanted uuid)
  RETURNS TABLE (person uuid, collection_id uuid, document_id uuid, role_id uuid, mask integer, granted_at timestamptz, deleted_at timestamptz, expires_at timestamptz,
    granted_by_id uuid, group_id uuid, group_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT up.user_id, p.collection_id, p.document_id, p.role_id, p.mask, p.granted_at, p.deleted_at, p.expires_at, p.granted_by_id, g.id, g.name
    FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id LEFT JOIN groups g ON g.id = p.group_id
    LEFT JOIN collections c ON c.id = p.collection_id
   WHERE p.id = wanted AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL) AND up.user_id IS DISTINCT FROM c.owner_id
   ORDER BY up.user_id LIMIT app.most_recipients()
$$;

-- What names a role in a notification. Built-in ones are named by the reader's language.
CREATE FUNCTION app.role_facts(role uuid) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT jsonb_build_object('role', CASE WHEN r.workspace_id IS NULL THEN r.name ELSE 'custom' END, 'roleName', r.name) FROM roles r WHERE r.id = role);

-- Changes a document's access mode, for those who manage it and for its owner. A manager who would shut themselves out
-- keeps a grant.
CREATE OR REPLACE FUNCTION app.set_access_mode(document uuid, wanted text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
    ), told AS (
      INSERT INTO outbox (name, data) SELECT 'grant/added', jsonb_build_object('grantId', given.id, 'actorId', app.actor_id(), 'isOpen', true, 'mail', 'letter') FROM given
    )
    INSERT INTO outbox (name, data) SELECT 'collaborator/added', jsonb_build_object('collaboratorId', due.id)
      FROM (TABLE given UNION ALL TABLE invited) due WHERE app.is_grant_live(due.deleted_at, due.expires_at);
  END IF;
END $$;

-- A person's mask on a live collection or, where one is given, on a live document, whoever acts: for those who decide whom to
-- tell. 0 on what is in the trash, and for a suspended person.
CREATE FUNCTION app.person_mask(person uuid, collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((
    SELECT CASE WHEN document IS NULL THEN held.on_collection ELSE app.combined_mask(d.access_mode, held.is_owner, held.on_collection, held.on_document) END
      FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
      JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END, LATERAL (
        SELECT coalesce(d.owner_id = person AND EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = person), false),
               coalesce((SELECT bit_or(p.mask) FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id
                 WHERE up.user_id = person AND p.collection_id = c.id AND app.is_grant_live(p.deleted_at, p.expires_at)), 0),
               coalesce((SELECT bit_or(p.mask) FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id
                 WHERE up.user_id = person AND p.document_id = d.id AND app.is_grant_live(p.deleted_at, p.expires_at)), 0) OFFSET 0
      ) held (is_owner, on_collection, on_document)
     WHERE c.deleted_at IS NULL AND (document IS NULL OR app.is_document_live(d.deleted_at, d.status))), 0)
$$;

-- Who is told of a new document: those to whom its collection was given, as themselves or in a group, and its owner, as far as
-- they may view the document. What a workspace or everyone may see is told to nobody, nor what is restarted days later.
CREATE FUNCTION app.document_added_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT up.user_id, d.owner_id, d.collection_id, d.id, app.view_documents(), '{}'::jsonb, 'collection:' || d.collection_id, NULL
    FROM documents d JOIN collections c ON c.id = d.collection_id JOIN permissions p ON p.collection_id = c.id JOIN user_principals up ON up.principal_id = p.principal_id
   WHERE d.id = (event->>'documentId')::uuid AND app.is_document_live(d.deleted_at, d.status) AND c.deleted_at IS NULL
     AND d.created_at > now() - interval '2 days' AND app.counts_collection_grants(d.access_mode, false)
     AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, app.view_documents()) AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL)
   ORDER BY up.user_id LIMIT app.most_recipients()
$$;

-- Who is told that a document could not be read: whoever uploaded it.
CREATE FUNCTION app.processing_failed_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.owner_id, NULL::uuid, d.collection_id, d.id, app.view_documents(), '{}'::jsonb, NULL, NULL
    FROM documents d WHERE d.id = (event->>'documentId')::uuid AND d.status = 'failed' AND app.is_document_live(d.deleted_at, d.status)
     AND app.allows(app.person_mask(d.owner_id, NULL, d.id), app.view_documents())
$$;

-- Whether the person who acts may still read a notification: they hold what it needs on what it is about, and that is not in
-- the trash.
CREATE FUNCTION app.is_notification_open(collection uuid, document uuid, needs integer) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN document IS NOT NULL THEN app.covers(app.live_rights(document), needs)
    WHEN collection IS NOT NULL THEN app.covers(app.collection_mask(collection), needs) AND app.is_collection_live(collection)
    ELSE true END
$$;

-- Who is told that their storage is nearly full, while it is, and at most once a day.
CREATE FUNCTION app.quota_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT q.user_id, NULL::uuid, NULL::uuid, NULL::uuid, 0, jsonb_build_object('used', q.storage_bytes_used, 'limit', l.storage_bytes), NULL, NULL
    FROM user_quotas q, app.quota_limits(q.user_id) l
   WHERE q.user_id = (event->>'userId')::uuid AND app.is_nearly_full(q.storage_bytes_used, l.storage_bytes)
     AND NOT EXISTS (SELECT FROM notifications n WHERE n.user_id = q.user_id AND n.kind = 'quotaNearlyFull' AND n.created_at > now() - interval '1 day')
$$;

-- Changes role or end of a grant or an invitation. Nobody changes what holds more than they have.
-- Returns the grant as the actor saw it before, with what it gives now: whoever lowers their own way in may not see it any more.
CREATE OR REPLACE FUNCTION app.change_access(collection uuid, document uuid, wanted uuid, wanted_role uuid, keeps_end boolean, ends_at timestamptz)
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
  PERFORM app.emit_grant('grant/changed', collection, document, done, jsonb_build_object('isRoleNew', done.role_name <> done.previous_role));
  -- rights that came meanwhile show it now
  IF shown.id IS NULL THEN SELECT * INTO shown FROM app.list_grants(collection, document) g WHERE g.id = wanted; END IF;
  IF shown.id IS NULL THEN RAISE EXCEPTION 'Rights changed meanwhile' USING ERRCODE = 'SH005'; END IF;
  shown.role_id := done.role_id;
  shown.role := done.role_name;
  shown.mask := done.mask;
  shown.expires_at := done.expires_at;
  RETURN NEXT shown;
END $$;

-- Who is told that something was shared with them. Members of a group, whom the grant gives nothing that they did not have,
-- are not.
CREATE FUNCTION app.shared_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.person, (event->>'actorId')::uuid, r.collection_id, r.document_id, app.view_documents(),
         app.role_facts(r.role_id) || jsonb_build_object('group', coalesce(r.group_name, '')), NULL,
         CASE event->>'mail' WHEN 'none' THEN 'none' WHEN 'letter' THEN 'summary' END
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at) AND app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
     AND (r.group_id IS NULL OR NOT EXISTS (
       SELECT FROM permissions o JOIN user_principals up ON up.principal_id = o.principal_id
        WHERE up.user_id = r.person AND (o.collection_id = r.collection_id OR o.document_id = r.document_id) AND o.id <> (event->>'grantId')::uuid
          AND o.granted_at <= r.granted_at AND app.covers(o.mask, r.mask) AND app.is_grant_live(o.deleted_at, o.expires_at)))
$$;

-- Who is told that their role, or the end of their access, is another.
CREATE FUNCTION app.role_changed_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.person, (event->>'actorId')::uuid, r.collection_id, r.document_id, app.view_documents(),
         app.role_facts(r.role_id) || jsonb_build_object('isRoleNew', (event->>'isRoleNew')::boolean, 'endsAt', coalesce(app.iso(r.expires_at), '')), NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at) AND app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
$$;

-- Who is told that they lost access: whoever cannot view the resource any more, by no other way either. They read its name as
-- they knew it: none once it was changed, and none who came into the group after it had lost it.
CREATE FUNCTION app.access_removed_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.person, (event->>'actorId')::uuid, NULL::uuid, NULL::uuid, 0, jsonb_build_object('type', CASE WHEN r.document_id IS NULL THEN 'collection' ELSE 'document' END,
           'name', CASE WHEN was_told.yes AND coalesce(d.updated_at, c.updated_at) <= r.deleted_at THEN coalesce(d.name, c.name) ELSE '' END), NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
    LEFT JOIN documents d ON d.id = r.document_id LEFT JOIN collections c ON c.id = r.collection_id,
    LATERAL (SELECT r.group_id IS NULL OR EXISTS (SELECT FROM group_memberships m WHERE m.group_id = r.group_id AND m.user_id = r.person AND m.created_at < r.deleted_at)) was_told (yes)
   WHERE r.deleted_at IS NOT NULL AND (event->>'isOpen')::boolean AND (d.id IS NOT NULL OR c.id IS NOT NULL)
     AND NOT app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
$$;

-- Who is told that what they gave was opened for the first time: whoever gave it, while they manage it.
CREATE FUNCTION app.invitation_accepted_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.granted_by_id, r.person, r.collection_id, r.document_id, app.view_documents() | app.manage_permissions(), '{}'::jsonb, NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at)
     AND app.covers(app.person_mask(r.granted_by_id, r.collection_id, r.document_id), app.view_documents() | app.manage_permissions())
$$;

ALTER TABLE mail_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE notification_mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE notification_preferences ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE notification_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE notified_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.access_removed_recipients(jsonb),
  app.count_notifications(integer),
  app.document_added_recipients(jsonb),
  app.emit_grant(text,uuid,uuid,app.grant_change,jsonb),
  app.invitation_accepted_recipients(jsonb),
  app.is_apart(text),
  app.is_nearly_full(bigint,bigint),
  app.is_notification_open(uuid,uuid,integer),
  app.list_notifications(boolean,text[],uuid,integer),
  app.most_recipients(),
  app.next_summary(text,integer),
  app.notification_cards(uuid[]),
  app.notification_preferences(),
  app.notify(text,text,text,boolean,integer,app.recipient[]),
  app.person_mask(uuid,uuid,uuid),
  app.processing_failed_recipients(jsonb),
  app.quota_recipients(jsonb),
  app.reached_by_grant(uuid),
  app.read_notifications(uuid[]),
  app.role_changed_recipients(jsonb),
  app.role_facts(uuid),
  app.set_notification_preferences(uuid,jsonb),
  app.set_notification_time(text,integer),
  app.shared_recipients(jsonb)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.access_removed_recipients(jsonb),
  app.count_notifications(integer),
  app.document_added_recipients(jsonb),
  app.invitation_accepted_recipients(jsonb),
  app.list_notifications(boolean,text[],uuid,integer),
  app.notification_preferences(),
  app.notify(text,text,text,boolean,integer,app.recipient[]),
  app.processing_failed_recipients(jsonb),
  app.quota_recipients(jsonb),
  app.read_notifications(uuid[]),
  app.role_changed_recipients(jsonb),
  app.set_notification_preferences(uuid,jsonb),
  app.set_notification_time(text,integer),
  app.shared_recipients(jsonb)
  TO sheaf_app;

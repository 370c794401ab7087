DROP FUNCTION app.invitation_letter(uuid);

-- DropForeignKey
ALTER TABLE "notifications" DROP CONSTRAINT "notifications_mail_id_fkey";

-- DropIndex
DROP INDEX "mail_deliveries_claimed_at_idx";

-- AlterTable
ALTER TABLE "mail_deliveries" ADD COLUMN     "attempt" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "first_claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "handed_over_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "mail_refusals" (
    "email_normalized" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_refusals_pkey" PRIMARY KEY ("email_normalized")
);

-- CreateIndex
CREATE INDEX "mail_deliveries_first_claimed_at_idx" ON "mail_deliveries"("first_claimed_at");

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_mail_id_fkey" FOREIGN KEY ("mail_id") REFERENCES "notification_mails"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- Claims the sending of a mail by its key: `mine` for the caller, who is to send it now; `sent` where it was; `busy` where
-- somebody else is sending it; `lost` where they died after they had begun to hand it over, so that it may have been sent. Such
-- a mail is the caller's, too, where `again` says that sending it twice sends it once. The attempt is the caller's number; the
-- time is that of the first claim.
CREATE FUNCTION app.claim_delivery(wanted text, lost_after_seconds integer, again boolean, OUT state text, OUT attempt integer, OUT claimed_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held mail_deliveries;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sends mail' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO mail_deliveries AS d (key) VALUES (wanted) ON CONFLICT (key) DO NOTHING RETURNING d.attempt, d.first_claimed_at INTO attempt, claimed_at;
  IF FOUND THEN
    state := 'mine';
    RETURN;
  END IF;
  SELECT * INTO held FROM mail_deliveries d WHERE d.key = wanted FOR UPDATE;
  claimed_at := held.first_claimed_at;
  -- without a row it was given back at this moment
  state := CASE WHEN held.sent_at IS NOT NULL THEN 'sent' WHEN held.claimed_at <= now() - make_interval(secs => lost_after_seconds) THEN
    CASE WHEN again OR held.handed_over_at IS NULL THEN 'mine' ELSE 'lost' END ELSE 'busy' END;
  IF state = 'mine' THEN
    UPDATE mail_deliveries d SET claimed_at = now(), attempt = d.attempt + 1, handed_over_at = NULL WHERE d.key = wanted RETURNING d.attempt INTO attempt;
  END IF;
END $$;

-- Notes that a mail is about to be handed over; false when somebody else has claimed it meanwhile, and then it must not be.
CREATE FUNCTION app.hand_over_delivery(wanted text, own_attempt integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sends mail' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE mail_deliveries d SET handed_over_at = now() WHERE d.key = wanted AND d.attempt = own_attempt;
  RETURN FOUND;
END $$;

-- Ends an attempt: as sent, or as not sent, so that the mail can be claimed again.
CREATE FUNCTION app.end_delivery(wanted text, own_attempt integer, was_sent boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sends mail' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  IF was_sent THEN
    UPDATE mail_deliveries d SET sent_at = now() WHERE d.key = wanted;
  ELSE
    DELETE FROM mail_deliveries d WHERE d.key = wanted AND d.attempt = own_attempt AND d.sent_at IS NULL;
  END IF;
END $$;

-- Notes that an address without an account wants no invitations by mail.
CREATE FUNCTION app.refuse_mail(address text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system notes it' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO mail_refusals (email_normalized) VALUES (lower(address)) ON CONFLICT DO NOTHING;
END $$;

-- Whether an address wants no invitations by mail.
CREATE FUNCTION app.refuses_mail(address text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN app.is_system() AND EXISTS (SELECT FROM mail_refusals r WHERE r.email_normalized = lower(address));

CREATE POLICY owner_all ON mail_refusals TO sheaf_owner USING (true) WITH CHECK (true);

-- Begins a mail with what is due to the person who acts, or takes up one that could not be sent, or whose sender died; null when
-- there is none. For `lease_seconds` it is the caller's. More than so many an hour wait, and come together.
CREATE FUNCTION app.begin_notification_mail(most_per_hour integer, lease_seconds integer, OUT mail uuid, OUT tries integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.live_actor_id(); recent integer; oldest timestamptz;
BEGIN
  IF NOT EXISTS (SELECT FROM users u WHERE u.id = me AND u.email_verified_at IS NOT NULL) THEN RETURN; END IF;
  -- one after the other for each person, so that their mails can be counted
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.notification-mail.' || me, 0));
  UPDATE notification_mails m SET tries = m.tries + 1, try_at = now() + make_interval(secs => lease_seconds)
   WHERE m.id = (SELECT o.id FROM notification_mails o WHERE o.user_id = me AND o.finished_at IS NULL AND o.try_at <= now() ORDER BY o.id LIMIT 1)
  RETURNING m.id, m.tries INTO mail, begin_notification_mail.tries;
  IF FOUND THEN RETURN; END IF;
  -- what cannot be read any more, or would come days late, is not mailed
  UPDATE notifications n SET mail_at = NULL
   WHERE n.user_id = me AND n.mail_at <= now() AND (n.mail_at < now() - interval '2 days' OR NOT app.is_notification_open(n.collection_id, n.document_id, n.needs));
  IF NOT EXISTS (SELECT FROM notifications n WHERE n.user_id = me AND n.mail_at <= now()) THEN RETURN; END IF;
  SELECT count(*), min(m.created_at) INTO recent, oldest FROM notification_mails m WHERE m.user_id = me AND m.created_at > now() - interval '1 hour';
  IF recent >= most_per_hour THEN
    UPDATE notifications n SET mail_at = oldest + interval '1 hour' WHERE n.user_id = me AND n.mail_at <= now();
    RETURN;
  END IF;
  INSERT INTO notification_mails (user_id, tries, try_at) VALUES (me, 1, now() + make_interval(secs => lease_seconds))
    RETURNING id, notification_mails.tries INTO mail, begin_notification_mail.tries;
  UPDATE notifications n SET mail_at = NULL, mail_id = mail WHERE n.user_id = me AND n.mail_at <= now();
END $$;

-- Whom a mail goes to.
CREATE FUNCTION app.notification_mail_reader(mail uuid) RETURNS TABLE (email text, language text, time_zone text, is_daily boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.email, u.language, s.time_zone, EXISTS (SELECT FROM notifications n WHERE n.mail_id = m.id AND n.is_daily)
    FROM notification_mails m JOIN users u ON u.id = m.user_id LEFT JOIN notification_settings s ON s.user_id = u.id
   WHERE m.id = mail AND m.user_id = app.live_actor_id() AND u.email_verified_at IS NOT NULL
$$;

-- Ends a mail of the person who acts, or with a number of seconds has it tried again after them.
CREATE FUNCTION app.finish_notification_mail(mail uuid, how text, again_after_seconds integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE notification_mails m SET finished_at = CASE WHEN how IS NOT NULL THEN now() END, outcome = how, try_at = now() + make_interval(secs => coalesce(again_after_seconds, 0))
   WHERE m.id = mail AND m.user_id = app.live_actor_id() AND m.finished_at IS NULL
$$;

-- People to whom a mail is due, those who wait longest first.
CREATE FUNCTION app.people_with_mail(at_most integer) RETURNS TABLE (person uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT due.person FROM (
    SELECT n.user_id, min(n.mail_at) FROM notifications n WHERE n.mail_at <= now() GROUP BY n.user_id
    UNION ALL SELECT m.user_id, min(m.try_at) FROM notification_mails m WHERE m.finished_at IS NULL AND m.try_at <= now() GROUP BY m.user_id
  ) due (person, since) JOIN users u ON u.id = due.person
   WHERE app.is_system() AND u.suspended_at IS NULL AND u.email_verified_at IS NOT NULL
   GROUP BY due.person ORDER BY min(due.since) LIMIT at_most
$$;

-- Removes what nobody looks at any more: what was read two months ago, or told half a year ago, what is beyond a person's
-- newest, and the marks of what was told and sent. Returns how many notifications went.
CREATE FUNCTION app.prune_notifications(kept_for_each integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone integer; more integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system prunes' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  DELETE FROM notifications n WHERE n.updated_at < now() - interval '180 days' OR n.read_at < now() - interval '60 days';
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM notifications n USING (
    SELECT m.user_id, (SELECT o.position FROM notifications o WHERE o.user_id = m.user_id ORDER BY o.position DESC OFFSET kept_for_each LIMIT 1) AS position
      FROM (SELECT user_id FROM notifications GROUP BY user_id HAVING count(*) > kept_for_each) m) old
   WHERE n.user_id = old.user_id AND n.position <= old.position;
  GET DIAGNOSTICS more = ROW_COUNT;
  -- longer than any event is told again
  DELETE FROM notified_events e WHERE e.created_at < now() - interval '90 days';
  DELETE FROM notification_mails m WHERE m.created_at < now() - interval '90 days' AND NOT EXISTS (SELECT FROM notifications n WHERE n.mail_id = m.id);
  DELETE FROM mail_deliveries d WHERE d.first_claimed_at < now() - interval '90 days';
  RETURN gone + more;
END $$;

-- What a person gets by mail of a kind, chosen or usual; null where there is no such person.
CREATE FUNCTION app.mail_choice(person uuid, notification_kind text, usual text) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(p.mail, usual) FROM users u LEFT JOIN notification_preferences p ON p.user_id = u.id AND p.kind = notification_kind
   WHERE u.id = person AND app.is_system()
$$;

-- Tells people of an event, each of them once however often it is called, and returns how many were told now. What belongs
-- to a notification of theirs that is neither read nor mailed adds to that.
CREATE OR REPLACE FUNCTION app.notify(event text, notification_kind text, usual_mail text, usually_shown boolean, mail_after_seconds integer, recipients app.recipient[])
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
    PERFORM app.tell('notification/changed', '{}', ARRAY[told.user_id]);
    total := total + 1;
  END LOOP;
  RETURN total;
END $$;

-- Marks notifications of the person who acts as read, these or all, and returns how many were not. What was read is not
-- mailed any more.
CREATE OR REPLACE FUNCTION app.read_notifications(ids uuid[]) RETURNS integer
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
  IF total > 0 THEN PERFORM app.tell('notification/changed', '{}', ARRAY[me]); END IF;
  RETURN total;
END $$;

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
END $$;

-- What the mail about a grant or an invitation says, while there is one; for the system.
CREATE FUNCTION app.invitation_letter(collaborator uuid)
  RETURNS TABLE (user_id uuid, email text, language text, inviter_id uuid, inviter_name text, collection_id uuid, document_id uuid, resource_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
$$;

-- What a mail says, newest first: what its reader has not read by now, may still read and still wants.
CREATE FUNCTION app.mailed_notifications(mail uuid) RETURNS SETOF app.notification_card
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM app.notification_cards(ARRAY(
    SELECT n.id FROM notifications n
     WHERE n.mail_id = mail AND n.user_id = app.live_actor_id() AND n.read_at IS NULL AND app.is_notification_open(n.collection_id, n.document_id, n.needs)
       AND NOT EXISTS (SELECT FROM notification_preferences p WHERE p.user_id = n.user_id AND p.kind = n.kind AND p.mail = 'never')))
$$;

ALTER TABLE mail_refusals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.begin_notification_mail(integer,integer),
  app.claim_delivery(text,integer,boolean),
  app.demand_new_mailbox(app.resource,text),
  app.end_delivery(text,integer,boolean),
  app.finish_notification_mail(uuid,text,integer),
  app.hand_over_delivery(text,integer),
  app.invitation_letter(uuid),
  app.mail_choice(uuid,text,text),
  app.mailbox(text),
  app.mailed_notifications(uuid),
  app.notification_mail_reader(uuid),
  app.people_with_mail(integer),
  app.prune_notifications(integer),
  app.refuse_mail(text),
  app.refuses_mail(text)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.begin_notification_mail(integer,integer),
  app.claim_delivery(text,integer,boolean),
  app.end_delivery(text,integer,boolean),
  app.finish_notification_mail(uuid,text,integer),
  app.hand_over_delivery(text,integer),
  app.invitation_letter(uuid),
  app.mail_choice(uuid,text,text),
  app.mailed_notifications(uuid),
  app.notification_mail_reader(uuid),
  app.people_with_mail(integer),
  app.prune_notifications(integer),
  app.refuse_mail(text),
  app.refuses_mail(text)
  TO sheaf_app;

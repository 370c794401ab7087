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
    PERFORM app.tell('notification/changed', '{}', ARRAY[told.user_id]);
    total := total + 1;
  END LOOP;
  RETURN total;
END $$;
GRANT EXECUTE ON FUNCTION app.notify TO sheaf_app;

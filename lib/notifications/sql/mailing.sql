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
GRANT EXECUTE ON FUNCTION app.begin_notification_mail TO sheaf_app;

-- Whom a mail goes to.
CREATE FUNCTION app.notification_mail_reader(mail uuid) RETURNS TABLE (email text, language text, time_zone text, is_daily boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.email, u.language, s.time_zone, EXISTS (SELECT FROM notifications n WHERE n.mail_id = m.id AND n.is_daily)
    FROM notification_mails m JOIN users u ON u.id = m.user_id LEFT JOIN notification_settings s ON s.user_id = u.id
   WHERE m.id = mail AND m.user_id = app.live_actor_id() AND u.email_verified_at IS NOT NULL
$$;

-- What a mail says, newest first: what its reader has not read by now, may still read and still wants.
CREATE FUNCTION app.mailed_notifications(mail uuid) RETURNS SETOF app.notification_card
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM app.notification_cards(ARRAY(
    SELECT n.id FROM notifications n
     WHERE n.mail_id = mail AND n.user_id = app.live_actor_id() AND n.read_at IS NULL AND app.is_notification_open(n.collection_id, n.document_id, n.needs)
       AND NOT EXISTS (SELECT FROM notification_preferences p WHERE p.user_id = n.user_id AND p.kind = n.kind AND p.mail = 'never')))
$$;
GRANT EXECUTE ON FUNCTION app.notification_mail_reader, app.mailed_notifications TO sheaf_app;

-- Ends a mail of the person who acts, or with a number of seconds has it tried again after them.
CREATE FUNCTION app.finish_notification_mail(mail uuid, how text, again_after_seconds integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE notification_mails m SET finished_at = CASE WHEN how IS NOT NULL THEN now() END, outcome = how, try_at = now() + make_interval(secs => coalesce(again_after_seconds, 0))
   WHERE m.id = mail AND m.user_id = app.live_actor_id() AND m.finished_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION app.finish_notification_mail TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.people_with_mail TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.prune_notifications TO sheaf_app;

-- What a person gets by mail of a kind, chosen or usual; null where there is no such person.
CREATE FUNCTION app.mail_choice(person uuid, notification_kind text, usual text) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(p.mail, usual) FROM users u LEFT JOIN notification_preferences p ON p.user_id = u.id AND p.kind = notification_kind
   WHERE u.id = person AND app.is_system()
$$;
GRANT EXECUTE ON FUNCTION app.mail_choice TO sheaf_app;

-- What the person who acts chose, by kind, and when their summary comes.
CREATE FUNCTION app.notification_preferences(OUT chosen jsonb, OUT time_zone text, OUT summary_hour integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT jsonb_object_agg(p.kind, jsonb_build_object('mail', p.mail, 'isShown', p.is_shown)) FROM notification_preferences p WHERE p.user_id = me.id), '{}'),
         s.time_zone, coalesce(s.summary_hour, 8)
    FROM (SELECT app.live_actor_id()) me (id) LEFT JOIN notification_settings s ON s.user_id = me.id
$$;
GRANT EXECUTE ON FUNCTION app.notification_preferences TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.set_notification_preferences TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.set_notification_time TO sheaf_app;

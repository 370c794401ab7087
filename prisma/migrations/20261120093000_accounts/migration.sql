-- Keeps a session that is in use alive: its end moves, though never beyond a fixed time after sign-in. Whoever holds the
-- session's id (it travels encrypted) may ask; false when it has ended, was revoked or its person is suspended.
CREATE FUNCTION app.refresh_session(session uuid, idle_seconds integer, most_seconds integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE sessions s
     SET expires_at = least(now() + make_interval(secs => idle_seconds), s.created_at + make_interval(secs => most_seconds)), last_seen_at = now()
    FROM users u
   WHERE s.id = session AND u.id = s.user_id AND u.suspended_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > statement_timestamp();
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION app.refresh_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.refresh_session TO sheaf_app;

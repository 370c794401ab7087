-- Sessions that hold: not revoked, not expired, of a person who is not suspended.
CREATE VIEW app.live_sessions AS
  SELECT s.id, s.user_id, u.is_system_admin, s.last_seen_at
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.revoked_at IS NULL AND s.expires_at > statement_timestamp() AND u.suspended_at IS NULL;

-- Access tokens that hold: not revoked, not expired, of a person who is not suspended.
CREATE VIEW app.live_tokens AS
  SELECT t.id, t.hash, t.user_id, u.is_system_admin, t.last_used_at, t.scope
    FROM tokens t JOIN users u ON u.id = t.user_id
   WHERE t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > statement_timestamp() AND u.suspended_at IS NULL;

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
GRANT EXECUTE ON FUNCTION app.refresh_session TO sheaf_app;

-- Notes that a session is used; not while somebody else has a lock on it, since a read waits for nobody. Always true, so
-- that it can stand in a condition.
CREATE FUNCTION app.note_session(session uuid) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
  UPDATE sessions SET last_seen_at = now() WHERE id = (SELECT s.id FROM sessions s WHERE s.id = session FOR NO KEY UPDATE SKIP LOCKED);
  SELECT true;
END;

-- Notes that a token is used, as note_session does.
CREATE FUNCTION app.note_token(token uuid) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
  UPDATE tokens SET last_used_at = now() WHERE id = (SELECT t.id FROM tokens t WHERE t.id = token FOR NO KEY UPDATE SKIP LOCKED);
  SELECT true;
END;

-- Raises SH006. Returns a boolean, so that it can stand in a condition.
CREATE FUNCTION app.refuse_proof(kind text) RETURNS boolean LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'No valid %', kind USING ERRCODE = 'SH006'; END $$;

-- Whose a session or token is; no row when it does not hold.
CREATE FUNCTION app.session_actor(session uuid) RETURNS TABLE (user_id uuid, is_system_admin boolean)
  LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT l.user_id, l.is_system_admin FROM app.live_sessions l
   WHERE l.id = session AND (l.last_seen_at > statement_timestamp() - interval '5 minutes' OR app.note_session(l.id));
END;
GRANT EXECUTE ON FUNCTION app.session_actor TO sheaf_app;

-- Whose a token is, and what it may; no row when it does not hold.
CREATE FUNCTION app.token_actor(secret_hash bytea) RETURNS TABLE (user_id uuid, is_system_admin boolean, scope text)
  LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT l.user_id, l.is_system_admin, l.scope FROM app.live_tokens l
   WHERE l.hash = secret_hash AND (l.last_used_at > statement_timestamp() - interval '5 minutes' OR app.note_token(l.id));
END;
GRANT EXECUTE ON FUNCTION app.token_actor TO sheaf_app;

-- True when a session or token still is this person's; raises SH006 otherwise.
CREATE FUNCTION app.demand_session(session uuid, person uuid, is_admin boolean) RETURNS boolean LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT coalesce((
      SELECT l.last_seen_at > statement_timestamp() - interval '5 minutes' OR app.note_session(l.id) FROM app.live_sessions l
       WHERE l.id = session AND l.user_id = person AND l.is_system_admin = is_admin),
    app.refuse_proof('session'));
END;
GRANT EXECUTE ON FUNCTION app.demand_session TO sheaf_app;

-- True when a token still is this person's and still may what it did; raises SH006 otherwise.
CREATE FUNCTION app.demand_token(secret_hash bytea, person uuid, is_admin boolean, held_scope text) RETURNS boolean LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT coalesce((
      SELECT l.last_used_at > statement_timestamp() - interval '5 minutes' OR app.note_token(l.id) FROM app.live_tokens l
       WHERE l.hash = secret_hash AND l.user_id = person AND l.is_system_admin = is_admin AND l.scope = held_scope),
    app.refuse_proof('token'));
END;
GRANT EXECUTE ON FUNCTION app.demand_token TO sheaf_app;

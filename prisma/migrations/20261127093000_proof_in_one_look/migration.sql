-- Which sessions and tokens hold, said once, and asked in one plan. Two functions inside each other, each with a search_path
-- of its own, took as long as the document that was asked for.
CREATE VIEW app.live_sessions AS
  SELECT s.id, s.user_id, u.is_system_admin, s.last_seen_at
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.revoked_at IS NULL AND s.expires_at > statement_timestamp() AND u.suspended_at IS NULL;
CREATE VIEW app.live_tokens AS
  SELECT t.id, t.hash, t.user_id, u.is_system_admin, t.last_used_at
    FROM tokens t JOIN users u ON u.id = t.user_id
   WHERE t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > statement_timestamp() AND u.suspended_at IS NULL;

-- Use is noted every five minutes; not while somebody else has a lock on it, since a read waits for nobody. True, so that it
-- can stand in a condition.
CREATE FUNCTION app.note_session(session uuid) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
  UPDATE sessions SET last_seen_at = now() WHERE id = (SELECT s.id FROM sessions s WHERE s.id = session FOR NO KEY UPDATE SKIP LOCKED);
  SELECT true;
END;
CREATE FUNCTION app.note_token(token uuid) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
  UPDATE tokens SET last_used_at = now() WHERE id = (SELECT t.id FROM tokens t WHERE t.id = token FOR NO KEY UPDATE SKIP LOCKED);
  SELECT true;
END;
CREATE FUNCTION app.refuse_proof(kind text) RETURNS boolean LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'No valid %', kind USING ERRCODE = 'SH006'; END $$;

DROP FUNCTION app.session_actor, app.token_actor, app.demand_session, app.demand_token;
-- Whose a session or token is; no row when it does not hold.
CREATE FUNCTION app.session_actor(session uuid) RETURNS TABLE (user_id uuid, is_system_admin boolean)
  LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT l.user_id, l.is_system_admin FROM app.live_sessions l
   WHERE l.id = session AND (l.last_seen_at > statement_timestamp() - interval '5 minutes' OR app.note_session(l.id));
END;
CREATE FUNCTION app.token_actor(secret_hash bytea) RETURNS TABLE (user_id uuid, is_system_admin boolean)
  LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT l.user_id, l.is_system_admin FROM app.live_tokens l
   WHERE l.hash = secret_hash AND (l.last_used_at > statement_timestamp() - interval '5 minutes' OR app.note_token(l.id));
END;
-- True when a session or token still is this person's; raises SH006 otherwise.
CREATE FUNCTION app.demand_session(session uuid, person uuid, is_admin boolean) RETURNS boolean LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT coalesce((
      SELECT l.last_seen_at > statement_timestamp() - interval '5 minutes' OR app.note_session(l.id) FROM app.live_sessions l
       WHERE l.id = session AND l.user_id = person AND l.is_system_admin = is_admin),
    app.refuse_proof('session'));
END;
CREATE FUNCTION app.demand_token(secret_hash bytea, person uuid, is_admin boolean) RETURNS boolean LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
  SELECT coalesce((
      SELECT l.last_used_at > statement_timestamp() - interval '5 minutes' OR app.note_token(l.id) FROM app.live_tokens l
       WHERE l.hash = secret_hash AND l.user_id = person AND l.is_system_admin = is_admin),
    app.refuse_proof('token'));
END;
REVOKE ALL ON FUNCTION app.note_session, app.note_token, app.refuse_proof, app.session_actor, app.token_actor, app.demand_session, app.demand_token
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.session_actor, app.token_actor, app.demand_session, app.demand_token TO sheaf_app;

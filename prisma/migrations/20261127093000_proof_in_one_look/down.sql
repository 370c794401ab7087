DROP FUNCTION app.session_actor, app.token_actor, app.demand_session, app.demand_token, app.note_session, app.note_token, app.refuse_proof;
DROP VIEW app.live_sessions, app.live_tokens;
CREATE FUNCTION app.token_actor(secret_hash bytea) RETURNS TABLE(user_id uuid, is_system_admin boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE seen timestamptz; token uuid;
BEGIN
  SELECT u.id, u.is_system_admin, t.last_used_at, t.id INTO user_id, is_system_admin, seen, token
    FROM tokens t JOIN users u ON u.id = t.user_id
   WHERE t.hash = secret_hash AND t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > statement_timestamp() AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  IF seen IS NULL OR seen < statement_timestamp() - interval '5 minutes' THEN UPDATE tokens SET last_used_at = now() WHERE id = token; END IF;
  RETURN NEXT;
END $$;
CREATE FUNCTION app.session_actor(session uuid) RETURNS TABLE(user_id uuid, is_system_admin boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE seen timestamptz;
BEGIN
  SELECT u.id, u.is_system_admin, s.last_seen_at INTO user_id, is_system_admin, seen
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.id = session AND s.revoked_at IS NULL AND s.expires_at > statement_timestamp() AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  IF seen < statement_timestamp() - interval '5 minutes' THEN UPDATE sessions SET last_seen_at = now() WHERE id = session; END IF;
  RETURN NEXT;
END $$;
CREATE FUNCTION app.demand_token(secret_hash bytea, person uuid, is_admin boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM app.token_actor(secret_hash) a WHERE a.user_id = person AND a.is_system_admin = is_admin;
  IF NOT FOUND THEN RAISE EXCEPTION 'No valid token' USING ERRCODE = 'SH006'; END IF;
END $$;
CREATE FUNCTION app.demand_session(session uuid, person uuid, is_admin boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM app.session_actor(session) a WHERE a.user_id = person AND a.is_system_admin = is_admin;
  IF NOT FOUND THEN RAISE EXCEPTION 'No valid session' USING ERRCODE = 'SH006'; END IF;
END $$;
REVOKE ALL ON FUNCTION app.session_actor, app.token_actor, app.demand_session, app.demand_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.session_actor, app.token_actor, app.demand_session, app.demand_token TO sheaf_app;

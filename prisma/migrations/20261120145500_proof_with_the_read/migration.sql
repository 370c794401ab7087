-- A read proves who asks in its own message: what session_actor and token_actor find must be who the request was taken
-- for, or this raises, and nothing after it in the message is run.
CREATE FUNCTION app.demand_session(session uuid, person uuid, is_admin boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM app.session_actor(session) a WHERE a.user_id = person AND a.is_system_admin = is_admin;
  IF NOT FOUND THEN RAISE EXCEPTION 'No valid session' USING ERRCODE = 'SH006'; END IF;
END $$;
CREATE FUNCTION app.demand_token(secret_hash bytea, person uuid, is_admin boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM app.token_actor(secret_hash) a WHERE a.user_id = person AND a.is_system_admin = is_admin;
  IF NOT FOUND THEN RAISE EXCEPTION 'No valid token' USING ERRCODE = 'SH006'; END IF;
END $$;
REVOKE ALL ON FUNCTION app.demand_session, app.demand_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.demand_session, app.demand_token TO sheaf_app;

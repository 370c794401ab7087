GRANT USAGE ON SCHEMA app TO sheaf_app;

-- Who acts: a person, a link or everyone's principal; null for the system and without a context.
CREATE FUNCTION app.actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.actor_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION app.actor_id TO sheaf_app;

-- Whether the system acts, which may do everything.
CREATE FUNCTION app.is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.actor_kind', true) = 'system', false);
GRANT EXECUTE ON FUNCTION app.is_system TO sheaf_app;

-- The workspace of the person who acts; null for guests, suspended people and everybody else.
CREATE FUNCTION app.actor_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT workspace_id FROM users WHERE id = app.actor_id() AND suspended_at IS NULL AND NOT is_external);
GRANT EXECUTE ON FUNCTION app.actor_workspace TO sheaf_app;

-- Whether the person who acts administers their workspace.
CREATE FUNCTION app.is_workspace_admin() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM users WHERE id = app.actor_id() AND suspended_at IS NULL AND workspace_role = 'admin');
GRANT EXECUTE ON FUNCTION app.is_workspace_admin TO sheaf_app;

-- The person who acts, or everyone's principal; null for visitors, the system and nobody. Policies compare a row's owner
-- with it first, because nearly all that is read is read by people.
CREATE FUNCTION app.person_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.person_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION app.person_id TO sheaf_app;

-- False for a suspended person, who acts as nobody, not as themselves either. True where no person acts.
CREATE FUNCTION app.is_active() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
BEGIN ATOMIC
  SELECT app.person_id() IS NULL
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = app.person_id() AND up.principal_id = app.person_id());
END;
GRANT EXECUTE ON FUNCTION app.is_active TO sheaf_app;

-- The actor; null for a suspended person, who owns nothing while they are.
CREATE FUNCTION app.live_actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT user_id FROM user_principals WHERE user_id = app.actor_id() AND principal_id = app.actor_id());
GRANT EXECUTE ON FUNCTION app.live_actor_id TO sheaf_app;

-- Whether a visitor of a public link acts.
CREATE FUNCTION app.is_visitor() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.actor_kind', true) = 'visitor', false);
GRANT EXECUTE ON FUNCTION app.is_visitor TO sheaf_app;

-- Refuses the system and calls without a context: the caller answers somebody.
CREATE FUNCTION app.demand_actor() RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF app.actor_id() IS NULL OR app.is_system() THEN RAISE EXCEPTION 'Nobody asks' USING ERRCODE = 'SH003', DETAIL = 'actor'; END IF;
END $$;

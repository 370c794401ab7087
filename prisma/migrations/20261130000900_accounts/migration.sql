-- Bodies in quotes name functions of later domains.
SET LOCAL check_function_bodies = off;

-- Gives a person another address; false when somebody else has it. An account that was registered with the address, and
-- neither proven nor used, makes way for whoever proved it: else anybody could keep an address from its owner. Locks
-- addresses as grant_access and claim_invitations do.
CREATE FUNCTION app.change_email(person uuid, address text, normal text, is_proven boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE old_normal text; squatter uuid; key bigint;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system changes addresses' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT email_normalized INTO old_normal FROM users WHERE id = person AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  FOR key IN SELECT DISTINCT hashtextextended('sheaf.address.' || a, 0) FROM unnest(ARRAY[old_normal, normal]) a ORDER BY 1 LOOP
    PERFORM pg_advisory_xact_lock(key);
  END LOOP;
  IF is_proven THEN
    SELECT id INTO squatter FROM users u
     WHERE u.email_normalized = normal AND u.id <> person AND u.email_verified_at IS NULL AND NOT u.is_external AND NOT u.is_system_admin
       AND NOT EXISTS (SELECT FROM collections WHERE owner_id = u.id) AND NOT EXISTS (SELECT FROM documents WHERE owner_id = u.id)
       AND NOT EXISTS (SELECT FROM blobs WHERE owner_id = u.id);
    IF FOUND THEN PERFORM app.remove_person(squatter); END IF;
  END IF;
  UPDATE users SET email = address, email_normalized = normal, email_verified_at = now(), updated_at = now()
   WHERE id = person AND NOT EXISTS (SELECT FROM users o WHERE o.email_normalized = normal AND o.id <> person);
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.change_email TO sheaf_app;

-- Deletes for good what the actor owns, wherever it lies, and returns what that was. All locks come before the first
-- change: the nesting lock, collections (weakly: a confirmed upload refers to its collection while it holds its
-- document), documents, the person, and then what came to be theirs until then. The nesting lock also keeps two last
-- administrators from leaving at once.
CREATE FUNCTION app.clear_account() RETURNS TABLE (type text, id uuid, name text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := app.actor_id(); reason text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  IF NOT EXISTS (SELECT FROM users u WHERE u.id = me) THEN RAISE EXCEPTION 'Nobody' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  reason := app.account_obstacle();
  IF reason IS NOT NULL THEN RAISE EXCEPTION 'Still needed' USING ERRCODE = 'SH003', DETAIL = reason; END IF;
  FOR pass IN 1..2 LOOP
    PERFORM FROM collections c WHERE c.owner_id = me ORDER BY c.id FOR NO KEY UPDATE;
    PERFORM FROM documents d WHERE d.owner_id = me OR d.collection_id IN (SELECT c.id FROM collections c WHERE c.owner_id = me) ORDER BY d.id FOR UPDATE;
    IF pass = 1 THEN PERFORM FROM users u WHERE u.id = me FOR UPDATE; END IF;
  END LOOP;
  IF EXISTS (SELECT FROM app.shared_collections()) THEN
    RAISE EXCEPTION 'Others use what is theirs' USING ERRCODE = 'SH004', DETAIL = 'shared_collections';
  END IF;
  FOR id, name IN SELECT c.id, c.name FROM collections c WHERE c.owner_id = me ORDER BY c.id LOOP
    type := 'collection';
    PERFORM app.purge_collection(id);
    RETURN NEXT;
  END LOOP;
  FOR id, name IN SELECT d.id, d.name FROM documents d WHERE d.owner_id = me ORDER BY d.id LOOP
    type := 'document';
    PERFORM app.purge_document(id);
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION app.clear_account TO sheaf_app;

-- Removes the actor, whose account was cleared in this transaction; refused by the database while anything is theirs.
CREATE FUNCTION app.close_account() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.account_obstacle() IS NOT NULL THEN RAISE EXCEPTION 'Still needed' USING ERRCODE = 'SH003', DETAIL = app.account_obstacle(); END IF;
  PERFORM app.remove_person(app.actor_id());
END $$;
GRANT EXECUTE ON FUNCTION app.close_account TO sheaf_app;

-- Removes a person who owns nothing any more, with everything that is only theirs, and their workspace when nobody
-- and nothing is left in it. What they granted, and the audit, stay.
CREATE FUNCTION app.remove_person(person uuid) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE home uuid;
BEGIN
  DELETE FROM users WHERE id = person RETURNING workspace_id INTO home;
  IF EXISTS (SELECT FROM users WHERE workspace_id = home) OR EXISTS (SELECT FROM collections WHERE workspace_id = home) THEN RETURN; END IF;
  DELETE FROM groups WHERE workspace_id = home;
  DELETE FROM roles r WHERE r.workspace_id = home AND NOT EXISTS (SELECT FROM permissions p WHERE p.role_id = r.id)
    AND NOT EXISTS (SELECT FROM invitations i WHERE i.role_id = r.id);
  DELETE FROM workspaces WHERE id = home AND NOT EXISTS (SELECT FROM roles WHERE workspace_id = home);
END $$;

-- Whether nobody else could do what the actor does for the instance or for their workspace: the reason's name, or null.
CREATE FUNCTION app.account_obstacle() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN me.is_system_admin AND NOT EXISTS (SELECT FROM users o WHERE o.is_system_admin AND o.id <> me.id AND o.suspended_at IS NULL)
      THEN 'last_system_admin'
    WHEN me.workspace_role = 'admin'
      AND EXISTS (SELECT FROM users o WHERE o.workspace_id = me.workspace_id AND o.id <> me.id AND o.suspended_at IS NULL)
      AND NOT EXISTS (SELECT FROM users o WHERE o.workspace_id = me.workspace_id AND o.id <> me.id AND o.workspace_role = 'admin' AND o.suspended_at IS NULL)
      THEN 'last_workspace_admin'
  END FROM users me WHERE me.id = app.actor_id()
$$;
GRANT EXECUTE ON FUNCTION app.account_obstacle TO sheaf_app;

-- What others reach of the actor's own, with links, and grants and invitations to single documents.
CREATE FUNCTION app.shared_collections() RETURNS TABLE (id uuid, name text, shares integer, foreign_documents integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM (
    SELECT c.id, c.name,
      (SELECT count(*)::integer FROM (
          SELECT p.expires_at, p.user_id FROM permissions p WHERE p.collection_id = c.id AND p.deleted_at IS NULL
          UNION ALL SELECT p.expires_at, p.user_id FROM documents d JOIN permissions p ON p.document_id = d.id WHERE d.collection_id = c.id AND p.deleted_at IS NULL
          UNION ALL SELECT i.expires_at, NULL FROM invitations i WHERE i.collection_id = c.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
          UNION ALL SELECT i.expires_at, NULL FROM documents d JOIN invitations i ON i.document_id = d.id
           WHERE d.collection_id = c.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
        ) s (expires_at, user_id)
        WHERE s.user_id IS DISTINCT FROM c.owner_id AND NOT app.is_expired(s.expires_at))
      + (c.visibility <> 'private')::integer,
      (SELECT count(*)::integer FROM documents d WHERE d.collection_id = c.id AND d.owner_id <> c.owner_id AND d.status <> 'pending')
    FROM collections c WHERE c.owner_id = app.actor_id() AND c.deleted_at IS NULL
  ) x (id, name, shares, foreign_documents) WHERE shares > 0 OR foreign_documents > 0 ORDER BY lower(name), id
$$;
GRANT EXECUTE ON FUNCTION app.shared_collections TO sheaf_app;

-- Deletes what has ended some time ago, and returns how much of each kind. Tries of codes and windows of rate limits go
-- after two days, as no wait is longer than an hour.
CREATE FUNCTION app.sweep_expired() RETURNS TABLE (sessions integer, tokens integer, registrations integer, second_factors integer, rate_windows integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sweeps' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  DELETE FROM public.sessions s WHERE least(s.expires_at, s.revoked_at) < now() - interval '7 days';
  GET DIAGNOSTICS sessions = ROW_COUNT;
  DELETE FROM public.tokens t WHERE least(t.expires_at, t.used_at, t.revoked_at) < now() - CASE t.kind WHEN 'access' THEN interval '30 days' ELSE interval '1 day' END;
  GET DIAGNOSTICS tokens = ROW_COUNT;
  DELETE FROM public.registrations r WHERE r.expires_at <= now();
  GET DIAGNOSTICS registrations = ROW_COUNT;
  DELETE FROM public.second_factors f WHERE f.activated_at IS NULL AND f.created_at < now() - interval '1 day';
  GET DIAGNOSTICS second_factors = ROW_COUNT;
  DELETE FROM public.code_tries t WHERE t.tried_at < now() - interval '2 days';
  DELETE FROM public.rate_windows w WHERE w.started_at < now() - interval '2 days';
  GET DIAGNOSTICS rate_windows = ROW_COUNT;
  RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION app.sweep_expired TO sheaf_app;

-- Marks a person's address as proven; false when it was before. For the system, which has seen the proof.
CREATE FUNCTION app.verify_email(person uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system verifies' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE users SET email_verified_at = now(), updated_at = now() WHERE id = person AND email_verified_at IS NULL;
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.verify_email TO sheaf_app;

-- The name of a person. Never their address, so that owners and collaborators beyond one's own workspace can be named.
CREATE FUNCTION app.person_name(person uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT name FROM users WHERE id = person);
GRANT EXECUTE ON FUNCTION app.person_name TO sheaf_app;

-- --- users ---
ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON users TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY users_read ON users FOR SELECT TO sheaf_app
  USING (id = (SELECT app.actor_id()) OR workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY users_add ON users FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY users_change ON users FOR UPDATE TO sheaf_app USING (id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT (created_at, email, email_normalized, email_verified_at, handle, is_external, is_system_admin, joined_at, language, name, updated_at, workspace_id, workspace_role), SELECT, UPDATE (handle, language, name, updated_at) ON users TO sheaf_app;
CREATE TRIGGER person_changed AFTER INSERT OR DELETE OR UPDATE OF workspace_id, is_external, suspended_at ON users
  FOR EACH ROW EXECUTE FUNCTION app.person_changed();
CREATE TRIGGER quota_opened AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION app.quota_opened();
CREATE TRIGGER people_lock BEFORE UPDATE OF is_external, suspended_at ON users
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_lock();

-- Leaving takes memberships away, which are otherwise locked before people: so it is alone with the lock.
-- Named to come before people_lock, which then has nothing to wait for.
CREATE TRIGGER leaving_lock BEFORE DELETE OR UPDATE OF workspace_id ON users
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();
CREATE TRIGGER owner_suspended AFTER UPDATE OF suspended_at ON users FOR EACH ROW
  WHEN ((OLD.suspended_at IS NULL) <> (NEW.suspended_at IS NULL)) EXECUTE FUNCTION app.owner_suspended();

-- --- credentials ---
ALTER TABLE credentials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON credentials TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY credentials_own ON credentials TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
  WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT, SELECT, UPDATE (changed_at, password_hash) ON credentials TO sheaf_app;

-- --- sessions ---
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON sessions TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY sessions_own ON sessions FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY sessions_add ON sessions FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY sessions_change ON sessions FOR UPDATE TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT, SELECT, UPDATE (last_seen_at, revoked_at) ON sessions TO sheaf_app;

-- --- tokens ---
ALTER TABLE tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON tokens TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY tokens_own ON tokens TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
  WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT, SELECT, UPDATE (last_used_at, revoked_at, used_at) ON tokens TO sheaf_app;

-- --- second_factors ---
ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON second_factors TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY second_factors_own ON second_factors FOR ALL TO sheaf_app
  USING (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)))
  WITH CHECK (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)));
GRANT DELETE, INSERT, SELECT, UPDATE (activated_at, backup_salt, created_at, last_step, secret) ON second_factors TO sheaf_app;

-- --- backup_codes ---
ALTER TABLE backup_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON backup_codes TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY backup_codes_own ON backup_codes FOR ALL TO sheaf_app
  USING (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)))
  WITH CHECK (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)));
GRANT DELETE, INSERT, SELECT, UPDATE (used_at) ON backup_codes TO sheaf_app;

-- --- registrations ---
ALTER TABLE registrations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON registrations TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY registrations_system ON registrations TO sheaf_app USING ((SELECT app.is_system())) WITH CHECK ((SELECT app.is_system()));
GRANT DELETE, INSERT, SELECT ON registrations TO sheaf_app;

-- --- code_tries ---
ALTER TABLE code_tries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON code_tries TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY code_tries_system ON code_tries TO sheaf_app USING ((SELECT app.is_system())) WITH CHECK ((SELECT app.is_system()));
GRANT DELETE, INSERT, SELECT, UPDATE ON code_tries TO sheaf_app;

-- Nobody calls a function but those who were named.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;

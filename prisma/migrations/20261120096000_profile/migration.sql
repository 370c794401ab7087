-- The rest of a person's profile: a handle, another address, a second factor, and the end of the account.

-- --- handle ----------------------------------------------------------------------------------------------------
ALTER TABLE users ADD COLUMN handle TEXT;
CREATE UNIQUE INDEX users_handle_key ON users (handle);
-- kept in lower case, so that equal is what people take for equal
ALTER TABLE users ADD CONSTRAINT users_handle_check CHECK (handle ~ '^[a-z0-9_-]{3,30}$');
GRANT UPDATE (handle) ON users TO sheaf_app;

-- --- another address -------------------------------------------------------------------------------------------
-- The token of a change holds the address that its link was mailed to.
ALTER TABLE tokens ADD COLUMN email TEXT;
ALTER TABLE tokens DROP CONSTRAINT tokens_kind_check;
ALTER TABLE tokens ADD CONSTRAINT tokens_kind_check CHECK (kind IN ('access', 'password_reset', 'email_verification', 'email_change')),
  ADD CONSTRAINT tokens_email_check CHECK ((kind = 'email_change') = (email IS NOT NULL));

-- Removes a person who owns nothing any more, with everything that is only theirs, and their workspace when nobody
-- and nothing is left in it. What they granted, and the audit, stay.
CREATE FUNCTION app.remove_person(person uuid) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE place uuid;
BEGIN
  DELETE FROM users WHERE id = person RETURNING workspace_id INTO place;
  IF EXISTS (SELECT FROM users WHERE workspace_id = place) OR EXISTS (SELECT FROM collections WHERE workspace_id = place) THEN RETURN; END IF;
  DELETE FROM groups WHERE workspace_id = place;
  DELETE FROM roles r WHERE r.workspace_id = place AND NOT EXISTS (SELECT FROM permissions p WHERE p.role_id = r.id)
    AND NOT EXISTS (SELECT FROM invitations i WHERE i.role_id = r.id);
  DELETE FROM workspaces WHERE id = place AND NOT EXISTS (SELECT FROM roles WHERE workspace_id = place);
END $$;

-- Gives a person another address; false when somebody else has it. The locks are those of add_collaborator and
-- claim_invitations. An account that was registered with the address, and neither proven nor used, makes way for whoever
-- proved it: else anybody could keep an address from its owner.
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

-- --- second factor ---------------------------------------------------------------------------------------------
-- One per person; it counts from its activation. The secret is encrypted by the application. A step of the clock that
-- was used, and all before it, are not used again.
CREATE TABLE second_factors (
  user_id UUID NOT NULL,
  secret BYTEA NOT NULL,
  backup_salt BYTEA NOT NULL,
  last_step BIGINT NOT NULL DEFAULT 0,
  wrong_tries INTEGER NOT NULL DEFAULT 0,
  next_try_at TIMESTAMPTZ(3),
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  activated_at TIMESTAMPTZ(3),
  CONSTRAINT second_factors_pkey PRIMARY KEY (user_id),
  CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE backup_codes (
  user_id UUID NOT NULL,
  hash BYTEA NOT NULL,
  used_at TIMESTAMPTZ(3),
  CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, hash),
  CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES second_factors (user_id) ON DELETE CASCADE ON UPDATE CASCADE
);
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['second_factors', 'backup_codes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO sheaf_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY %I ON %I TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
      WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))', name || '_own', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE, UPDATE (secret, backup_salt, last_step, wrong_tries, next_try_at, created_at, activated_at) ON second_factors TO sheaf_app;
GRANT SELECT, INSERT, DELETE, UPDATE (used_at) ON backup_codes TO sheaf_app;

-- --- the end of an account -------------------------------------------------------------------------------------
-- The actor's own live collections that others reach: by grants (groups and visibility among them), by invitations
-- (told apart from grants they would say who has an account), or by documents of theirs in it.
CREATE FUNCTION app.shared_collections() RETURNS TABLE (id uuid, name text, shares integer, foreign_documents integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM (
    SELECT c.id, c.name,
      (SELECT count(*)::integer FROM permissions p LEFT JOIN documents d ON d.id = p.document_id
        WHERE coalesce(p.collection_id, d.collection_id) = c.id AND p.deleted_at IS NULL AND p.user_id IS DISTINCT FROM c.owner_id
          AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp()))
      + (SELECT count(*)::integer FROM invitations i WHERE i.collection_id = c.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
          AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp()))
      + (c.visibility <> 'private')::integer,
      (SELECT count(*)::integer FROM documents d WHERE d.collection_id = c.id AND d.owner_id <> c.owner_id AND d.status <> 'pending')
    FROM collections c WHERE c.owner_id = app.actor_id() AND c.deleted_at IS NULL
  ) x (id, name, shares, foreign_documents) WHERE shares > 0 OR foreign_documents > 0 ORDER BY lower(name), id
$$;

-- Whether nobody else could do what the actor does for the instance or for their workspace: the reason's name, or null.
CREATE FUNCTION app.needed_as() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN me.is_system_admin AND NOT EXISTS (SELECT FROM users o WHERE o.is_system_admin AND o.id <> me.id AND o.suspended_at IS NULL)
      THEN 'last_system_admin'
    WHEN me.workspace_role = 'admin'
      AND EXISTS (SELECT FROM users o WHERE o.workspace_id = me.workspace_id AND o.id <> me.id AND o.suspended_at IS NULL)
      AND NOT EXISTS (SELECT FROM users o WHERE o.workspace_id = me.workspace_id AND o.id <> me.id AND o.workspace_role = 'admin' AND o.suspended_at IS NULL)
      THEN 'last_workspace_admin'
  END FROM users me WHERE me.id = app.actor_id()
$$;

-- Deletes for good what the actor owns, wherever it lies, and returns what that was. All locks come before the first
-- change: collections (weakly: a confirmed upload refers to its collection while it holds its document), documents, then
-- the person, so that nothing new can come to be theirs, and then what came to be theirs until then. Whoever waits for the
-- person holds none of that, or what was made a moment ago. The lock on nestings, which removing a person takes anyway,
-- also keeps two last administrators from leaving at once.
CREATE FUNCTION app.clear_account() RETURNS TABLE (type text, id uuid, name text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE me uuid := app.actor_id(); reason text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  IF NOT EXISTS (SELECT FROM users u WHERE u.id = me) THEN RAISE EXCEPTION 'Nobody' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  reason := app.needed_as();
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

-- Removes the actor, whose account was cleared in this transaction; refused by the database while anything is theirs.
CREATE FUNCTION app.close_account() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.needed_as() IS NOT NULL THEN RAISE EXCEPTION 'Still needed' USING ERRCODE = 'SH003', DETAIL = app.needed_as(); END IF;
  PERFORM app.remove_person(app.actor_id());
END $$;

-- --- what has ended --------------------------------------------------------------------------------------------
-- Forgets ended sessions after a week (they name devices and addresses), one-time secrets after a day, access tokens a
-- month after their end (until then they are listed as ended), second factors never activated, and old rate windows.
CREATE FUNCTION app.sweep_expired() RETURNS TABLE (sessions integer, tokens integer, second_factors integer, rate_windows integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sweeps' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  DELETE FROM public.sessions s WHERE least(s.expires_at, s.revoked_at) < now() - interval '7 days';
  GET DIAGNOSTICS sessions = ROW_COUNT;
  DELETE FROM public.tokens t WHERE least(t.expires_at, t.used_at, t.revoked_at) < now() - CASE t.kind WHEN 'access' THEN interval '30 days' ELSE interval '1 day' END;
  GET DIAGNOSTICS tokens = ROW_COUNT;
  DELETE FROM public.second_factors f WHERE f.activated_at IS NULL AND f.created_at < now() - interval '1 day';
  GET DIAGNOSTICS second_factors = ROW_COUNT;
  DELETE FROM public.rate_windows w WHERE w.started_at < now() - interval '2 days';
  GET DIAGNOSTICS rate_windows = ROW_COUNT;
  RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION app.remove_person, app.change_email, app.shared_collections, app.needed_as, app.clear_account, app.close_account, app.sweep_expired FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.change_email, app.shared_collections, app.needed_as, app.clear_account, app.close_account, app.sweep_expired TO sheaf_app;

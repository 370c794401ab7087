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
-- after two days, as no wait is longer than an hour; tallies of calls after a week.
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
  DELETE FROM public.rate_tallies t WHERE t.hour < now() - interval '7 days';
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

-- Takes away every way in that somebody may have set up for an address that was not theirs: the password, the second
-- factor, sessions and access tokens of an account whose address nobody has proven yet. Whoever proves it starts afresh.
CREATE FUNCTION app.disown_unproven(person uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system disowns' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  IF NOT EXISTS (SELECT FROM users WHERE id = person AND email_verified_at IS NULL) THEN RETURN false; END IF;
  -- whoever proves an address may join a workspace by that, which takes this lock before any person's
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  PERFORM FROM users WHERE id = person AND email_verified_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM credentials WHERE user_id = person;
  DELETE FROM second_factors WHERE user_id = person;
  UPDATE sessions SET revoked_at = now() WHERE user_id = person AND revoked_at IS NULL;
  UPDATE tokens SET revoked_at = now() WHERE user_id = person AND revoked_at IS NULL AND used_at IS NULL;
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.disown_unproven TO sheaf_app;

-- Lets somebody of another provider, who has proven an address there, sign in to the account that has it, and says whose
-- that is; or why not: nobody has it (free), a guest, somebody suspended, an account whose own address is unproven (anybody
-- could have registered it), or one that knows somebody else of that provider (who had the mailbox before).
CREATE FUNCTION app.link_identity(of_issuer text, of_subject text, address text, normal text) RETURNS TABLE (person uuid, outcome text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system links' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
  SELECT u.id, CASE WHEN u.suspended_at IS NOT NULL THEN 'suspended' WHEN u.is_external THEN 'guest'
      WHEN u.email_verified_at IS NULL THEN 'unproven'
      WHEN EXISTS (SELECT FROM identities i WHERE i.user_id = u.id AND i.issuer = of_issuer) THEN 'taken' ELSE 'linked' END
    INTO person, outcome FROM users u WHERE u.email_normalized = normal FOR NO KEY UPDATE;
  IF NOT FOUND THEN outcome := 'free';
  ELSIF outcome = 'linked' THEN
    INSERT INTO identities (user_id, issuer, subject, email) VALUES (person, of_issuer, of_subject, address);
  END IF;
  RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION app.link_identity TO sheaf_app;

-- Takes one of the actor's identities away and returns its provider; null when it is none of theirs. Refused when they
-- could sign in by nothing else: no password, no other identity, and no mail for links.
CREATE FUNCTION app.unlink_identity(identity uuid, has_mail boolean) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.actor_id(); provider text;
BEGIN
  -- of two at once, one is the last
  PERFORM FROM users WHERE id = me FOR NO KEY UPDATE;
  DELETE FROM identities WHERE id = identity AND user_id = me RETURNING issuer INTO provider;
  IF provider IS NOT NULL AND NOT has_mail AND NOT EXISTS (SELECT FROM credentials WHERE user_id = me)
      AND NOT EXISTS (SELECT FROM identities WHERE user_id = me) THEN
    RAISE EXCEPTION 'The last way in' USING ERRCODE = 'SH004', DETAIL = 'last_way_in';
  END IF;
  RETURN provider;
END $$;
GRANT EXECUTE ON FUNCTION app.unlink_identity TO sheaf_app;

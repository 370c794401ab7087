ALTER TABLE tokens DROP CONSTRAINT tokens_kind_check,
  ADD CONSTRAINT tokens_kind_check CHECK (kind IN ('access', 'password_reset', 'email_change', 'magic_link'));

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

REVOKE ALL ON ROUTINE 
  app.disown_unproven(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.disown_unproven(uuid)
  TO sheaf_app;

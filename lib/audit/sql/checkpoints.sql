-- Keeps a signed checkpoint of a chain.
CREATE FUNCTION app.keep_checkpoint(chain uuid, signed_size bigint, text text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system signs' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO audit_checkpoints (chain_id, size, note) VALUES (chain, signed_size, text) ON CONFLICT DO NOTHING;
  UPDATE audit_chains SET checkpoint_size = greatest(checkpoint_size, signed_size) WHERE id = chain;
END $$;
GRANT EXECUTE ON FUNCTION app.keep_checkpoint TO sheaf_app;

-- Notes that copies of these checkpoints lie in the object store.
CREATE FUNCTION app.note_checkpoints_stored(chains uuid[], sizes bigint[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system stores' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE audit_checkpoints k SET stored_at = now() FROM unnest(chains, sizes) s (chain, size) WHERE k.chain_id = s.chain AND k.size = s.size;
END $$;
GRANT EXECUTE ON FUNCTION app.note_checkpoints_stored TO sheaf_app;

-- Takes the mails that are due: of each chain that grew since its last one, at least 20 hours ago, its newest checkpoint,
-- with whom it goes to: the admins of the workspace, where they want it, or those of the instance, who get that of its own
-- log. Once taken a mail is not due again before tomorrow, whatever becomes of it.
CREATE FUNCTION app.take_checkpoint_mails(at_most integer) RETURNS TABLE (chain_id uuid, workspace_name text, size bigint, note text, email text, language text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system mails' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  RETURN QUERY WITH due AS (
    SELECT c.id FROM audit_chains c WHERE c.checkpoint_size > c.mailed_size AND (c.mailed_at IS NULL OR c.mailed_at < now() - interval '20 hours')
       AND (c.id = '00000000-0000-0000-0000-000000000000' OR app.mails_checkpoints(c.id))
     ORDER BY c.mailed_at NULLS FIRST, c.id LIMIT at_most FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE audit_chains c SET mailed_size = c.checkpoint_size, mailed_at = now() FROM due WHERE c.id = due.id RETURNING c.id, c.checkpoint_size
  )
  SELECT t.id, w.name, t.checkpoint_size, k.note, u.email, u.language FROM taken t JOIN audit_checkpoints k ON k.chain_id = t.id AND k.size = t.checkpoint_size
    LEFT JOIN workspaces w ON w.id = t.id
    JOIN users u ON u.suspended_at IS NULL AND u.email_verified_at IS NOT NULL
      AND CASE WHEN w.id IS NULL THEN u.is_system_admin AND t.id = '00000000-0000-0000-0000-000000000000'
        ELSE u.workspace_id = w.id AND u.workspace_role = 'admin' END;
END $$;
GRANT EXECUTE ON FUNCTION app.take_checkpoint_mails TO sheaf_app;

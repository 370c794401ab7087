-- The next events to be sealed, in the order of their transactions, for the one who seals; whoever comes meanwhile gets
-- none, or waits. Stops at the oldest transaction that may still write: what commits later has a later number, and none
-- is left out. An event's time plays no part in it.
CREATE FUNCTION app.events_to_seal(at_most integer, waits boolean)
  RETURNS TABLE (id uuid, chain_id uuid, xid text, action text, actor_kind text, actor_id uuid, actor_email text, subject_type text, subject_id uuid,
    subject_email text, resource_type text, resource_id uuid, resource_name text, collection_id uuid, is_apart boolean, metadata jsonb, ip text, request_id text,
    created_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE reached audit_cursor;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system seals' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  -- whoever finds nothing to do takes no lock, and no number of a transaction
  IF NOT EXISTS (SELECT FROM audit_cursor c JOIN audit_events e ON (e.xid, e.id) > (c.xid, c.event_id))
      AND NOT EXISTS (SELECT FROM audit_cursor c WHERE c.xid >= pg_snapshot_xmax(pg_current_snapshot())) THEN RETURN; END IF;
  IF waits THEN SELECT * INTO reached FROM audit_cursor FOR UPDATE;
  ELSE SELECT * INTO reached FROM audit_cursor FOR UPDATE SKIP LOCKED;
  END IF;
  IF reached IS NULL THEN RETURN; END IF;
  IF reached.xid >= pg_snapshot_xmax(pg_current_snapshot()) THEN
    -- restored into another server, which counts transactions anew: what is not sealed yet is looked for by itself
    RETURN QUERY SELECT e.id, coalesce(e.workspace_id, '00000000-0000-0000-0000-000000000000'), reached.xid::text, e.action, e.actor_kind, e.actor_id,
        e.actor_email, e.subject_type, e.subject_id, e.subject_email, e.resource_type, e.resource_id, e.resource_name, e.collection_id, e.is_apart, e.metadata,
        e.ip, e.request_id, e.created_at
      FROM audit_events e
     WHERE (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
       AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)
     ORDER BY e.id LIMIT at_most;
    IF FOUND THEN RETURN; END IF;
    UPDATE audit_cursor SET xid = '0', event_id = '00000000-0000-0000-0000-000000000000';
    SELECT * INTO reached FROM audit_cursor;
  END IF;
  RETURN QUERY SELECT e.id, coalesce(e.workspace_id, '00000000-0000-0000-0000-000000000000'), e.xid::text, e.action, e.actor_kind, e.actor_id,
      e.actor_email, e.subject_type, e.subject_id, e.subject_email, e.resource_type, e.resource_id, e.resource_name, e.collection_id, e.is_apart, e.metadata,
      e.ip, e.request_id, e.created_at
    FROM audit_events e
   WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot()) AND (e.xid, e.id) > (reached.xid, reached.event_id)
     AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)
   ORDER BY e.xid, e.id LIMIT at_most;
END $$;
GRANT EXECUTE ON FUNCTION app.events_to_seal TO sheaf_app;

-- Keeps what was made of these events, in the transaction that holds them.
CREATE FUNCTION app.keep_seals(seals jsonb, chains jsonb, blocks jsonb, reached_xid text, reached_event uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE grown integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system seals' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO audit_seals (chain_id, seq, event_id, key_id, salts, commitments, leaf, mac)
    SELECT s.chain_id, s.seq, s.event_id, s.key_id, decode(s.salts, 'base64'), decode(s.commitments, 'base64'), decode(s.leaf, 'base64'), decode(s.mac, 'base64')
      FROM jsonb_to_recordset(seals) s (chain_id uuid, seq bigint, event_id uuid, key_id integer, salts text, commitments text, leaf text, mac text);
  INSERT INTO audit_blocks (chain_id, number, root)
    SELECT b.chain_id, b.number, decode(b.root, 'base64') FROM jsonb_to_recordset(blocks) b (chain_id uuid, number integer, root text);
  INSERT INTO audit_chains AS c (id, size, mac, frontier)
    SELECT n.id, n.size, decode(n.mac, 'base64'), decode(n.frontier, 'base64')
      FROM jsonb_to_recordset(chains) n (id uuid, size bigint, was bigint, mac text, frontier text)
    ON CONFLICT (id) DO UPDATE SET size = excluded.size, mac = excluded.mac, frontier = excluded.frontier
     WHERE c.size = (SELECT n.was FROM jsonb_to_recordset(chains) n (id uuid, was bigint) WHERE n.id = excluded.id);
  GET DIAGNOSTICS grown = ROW_COUNT;
  IF grown <> jsonb_array_length(chains) THEN RAISE EXCEPTION 'A chain grew meanwhile' USING ERRCODE = '40001'; END IF;
  UPDATE audit_cursor SET xid = reached_xid::xid8, event_id = reached_event;
END $$;
GRANT EXECUTE ON FUNCTION app.keep_seals TO sheaf_app;

-- How far sealing is behind: the age of the oldest event that is not sealed, in seconds, 0 when all are; and how many there
-- are, at most 10,000. For anybody: it says nothing of what happened.
CREATE FUNCTION app.sealing_lag() RETURNS TABLE (seconds double precision, events integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(extract(epoch FROM clock_timestamp() - min(w.created_at)), 0)::double precision, count(*)::integer
    FROM (SELECT e.created_at FROM audit_cursor c JOIN audit_events e ON (e.xid, e.id) > (c.xid, c.event_id) ORDER BY e.xid, e.id LIMIT 10000) w
$$;
GRANT EXECUTE ON FUNCTION app.sealing_lag TO sheaf_app;

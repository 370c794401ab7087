-- Gives `seq` to events that were committed, in their order, and wakes those who send them on. For the system. Alone with
-- its lock until it has committed, so that whoever has read up to a `seq` has missed nothing before it. What pages hear
-- of is delivered with that; the rest waits for the background functions.
CREATE FUNCTION app.sequence_events(at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE numbered integer; last_live bigint;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system numbers' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.sequence'));
  WITH waiting AS MATERIALIZED (
    SELECT o.id FROM outbox o WHERE o.seq IS NULL ORDER BY o.id LIMIT at_most
  ), given AS MATERIALIZED (
    SELECT w.id, nextval('outbox_seq') AS seq FROM waiting w
  ), done AS (
    UPDATE outbox o SET seq = g.seq, delivered_at = CASE WHEN o.audience IS NOT NULL THEN now() END FROM given g WHERE o.id = g.id
    RETURNING o.seq, o.audience IS NOT NULL AS is_live
  )
  SELECT count(*), max(d.seq) FILTER (WHERE d.is_live) INTO numbered, last_live FROM done d;
  IF last_live IS NOT NULL THEN PERFORM pg_notify('sheaf_live', last_live::text); END IF;
  RETURN numbered;
END $$;
GRANT EXECUTE ON FUNCTION app.sequence_events TO sheaf_app;

-- Tells of what ended by itself since this was last asked: grants, invitations, links, and limits of a person's own. For
-- the system.
CREATE FUNCTION app.tell_expired() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE since timestamptz; until_now timestamptz := statement_timestamp();
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system looks' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT s.expired_until INTO since FROM live_state s FOR UPDATE;
  IF since >= until_now THEN RETURN; END IF;
  PERFORM app.tell_access(p.collection_id, p.document_id, app.view_documents(),
      CASE WHEN p.is_everyone OR NOT app.allows(p.mask, app.view_documents()) THEN '{}' ELSE ARRAY[p.principal_id] END)
    FROM permissions p WHERE p.expires_at > since AND p.expires_at <= until_now AND p.deleted_at IS NULL AND p.link_id IS NULL;
  PERFORM app.tell_access(i.collection_id, i.document_id, app.see_grants())
    FROM invitations i WHERE i.expires_at > since AND i.expires_at <= until_now AND i.deleted_at IS NULL AND i.accepted_at IS NULL;
  PERFORM app.tell_access(l.collection_id, l.document_id, app.manage_permissions(), name => 'link/changed', link => l.id),
      app.tell_link_to_admins(l.id, l.workspace_id)
    FROM public_links l WHERE l.expires_at > since AND l.expires_at <= until_now AND l.revoked_at IS NULL;
  PERFORM app.tell('quota/changed', '{}', ARRAY[q.user_id])
    FROM user_quotas q WHERE q.overrides_end_at > since AND q.overrides_end_at <= until_now;
  UPDATE live_state SET expired_until = until_now;
END $$;
GRANT EXECUTE ON FUNCTION app.tell_expired TO sheaf_app;

-- Forgets what pages heard of longer ago than a stream may be away, and notes up to where. For the system.
CREATE FUNCTION app.forget_told(older_than_seconds integer, at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE forgotten integer; last_seq bigint;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system forgets' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  WITH old AS MATERIALIZED (
    SELECT o.id FROM outbox o WHERE o.audience IS NOT NULL AND o.seq IS NOT NULL AND o.delivered_at < now() - make_interval(secs => older_than_seconds)
     ORDER BY o.seq LIMIT at_most
  ), gone AS (
    DELETE FROM outbox o USING old WHERE o.id = old.id RETURNING o.seq
  )
  SELECT count(*), max(g.seq) INTO forgotten, last_seq FROM gone g;
  UPDATE live_state s SET forgotten_seq = last_seq WHERE last_seq > s.forgotten_seq;
  RETURN forgotten;
END $$;
GRANT EXECUTE ON FUNCTION app.forget_told TO sheaf_app;

-- Up to which event all have a number, and up to which they may be forgotten. For the system.
CREATE FUNCTION app.live_position(OUT last_seq bigint, OUT forgotten_seq bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT greatest(coalesce((SELECT max(o.seq) FROM outbox o), 0), s.forgotten_seq), s.forgotten_seq FROM live_state s WHERE app.is_system()
$$;
GRANT EXECUTE ON FUNCTION app.live_position TO sheaf_app;

-- Which of these people act as these principals, by their places in the list; for the system. One question for all events
-- of a batch and all streams of an instance.
CREATE FUNCTION app.hearers(principals uuid[], people uuid[]) RETURNS TABLE (principal_id uuid, places integer[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT up.principal_id, array_agg(l.place::integer)
    FROM unnest(people) WITH ORDINALITY l (id, place) JOIN user_principals up ON up.user_id = l.id
   WHERE up.principal_id = ANY (principals) AND app.is_system() GROUP BY up.principal_id
$$;
GRANT EXECUTE ON FUNCTION app.hearers TO sheaf_app;

-- Which of these sessions and tokens hold, for the system; looking at them does not count as using them.
CREATE FUNCTION app.held_proofs(session_ids uuid[], token_hashes bytea[]) RETURNS TABLE (session_id uuid, token_hash bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, NULL::bytea FROM app.live_sessions l WHERE l.id = ANY (session_ids) AND app.is_system()
  UNION ALL
  SELECT NULL, t.hash FROM app.live_tokens t WHERE t.hash = ANY (token_hashes) AND app.is_system()
$$;
GRANT EXECUTE ON FUNCTION app.held_proofs TO sheaf_app;

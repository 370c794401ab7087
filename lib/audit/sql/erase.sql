-- A salt, or nothing in its place.
CREATE FUNCTION app.without_salt(is_wiped boolean, salt bytea) RETURNS bytea LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN is_wiped THEN decode(repeat('00', 16), 'hex') ELSE salt END;

-- Takes what concerns a person out of all logs: their address and network where they acted or something was done to them,
-- and what is told of their account. That something happened stays, and so do the chains: they are over commitments, and
-- without its salt nobody can tell what a commitment was to. The only way to change an entry. Returns how many were.
CREATE FUNCTION app.erase_from_audit(person uuid, address text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE count integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system erases' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  -- nobody seals what is being erased
  PERFORM FROM audit_cursor FOR UPDATE;
  PERFORM set_config('app.erases_audit', 'on', true);
  CREATE TEMP TABLE wiped ON COMMIT DROP AS
    SELECT e.id, coalesce(e.actor_id = person, false) AS actor,
        coalesce(e.subject_id = person OR lower(e.subject_email) = lower(address), false) AS subject,
        coalesce(e.resource_id = person, false) AS name,
        coalesce(e.resource_id = person OR (e.subject_id = person AND e.resource_type IN ('user', 'workspace')), false) AS details
      FROM audit_events e WHERE e.actor_id = person OR e.subject_id = person OR e.resource_id = person OR lower(e.subject_email) = lower(address);
  UPDATE audit_events e SET actor_email = CASE WHEN NOT w.actor THEN e.actor_email END, ip = CASE WHEN NOT w.actor THEN e.ip END,
      subject_email = CASE WHEN NOT w.subject THEN e.subject_email END, resource_name = CASE WHEN NOT w.name THEN e.resource_name END,
      metadata = CASE WHEN w.details THEN '{}' ELSE e.metadata END
    FROM wiped w WHERE e.id = w.id;
  GET DIAGNOSTICS count = ROW_COUNT;
  -- in the order of the parts in lib/audit/seal/leaf.ts, 16 bytes each; the first is the lowest bit
  UPDATE audit_seals s SET
      erased = (s.erased::bit(4) | (w.details::integer::text || w.name::integer || w.subject::integer || w.actor::integer)::bit(4))::integer,
      salts = app.without_salt(w.actor, substr(s.salts, 1, 16)) || app.without_salt(w.subject, substr(s.salts, 17, 16))
        || app.without_salt(w.name, substr(s.salts, 33, 16)) || app.without_salt(w.details, substr(s.salts, 49, 16))
    FROM wiped w WHERE s.event_id = w.id;
  DROP TABLE wiped;
  PERFORM set_config('app.erases_audit', '', true);
  RETURN count;
END $$;
GRANT EXECUTE ON FUNCTION app.erase_from_audit TO sheaf_app;

SET LOCAL check_function_bodies = off;

DROP FUNCTION app.without_salt(boolean,bytea);

CREATE OR REPLACE FUNCTION app.erase_from_audit(person uuid, address text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE wiped integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system erases' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  -- nobody seals what is being erased
  PERFORM FROM audit_cursor FOR UPDATE;
  PERFORM set_config('app.erases_audit', 'on', true);
  CREATE TEMP TABLE wiped_parts ON COMMIT DROP AS
    SELECT e.id, (CASE WHEN e.actor_id = person THEN 1 ELSE 0 END)
        | (CASE WHEN e.subject_id = person OR lower(e.subject_email) = lower(address) THEN 2 ELSE 0 END)
        | (CASE WHEN e.resource_id = person THEN 4 | 8 ELSE 0 END)
        | (CASE WHEN e.subject_id = person AND e.resource_type IN ('user', 'workspace') THEN 8 ELSE 0 END) AS parts
      FROM audit_events e WHERE e.actor_id = person OR e.subject_id = person OR e.resource_id = person OR lower(e.subject_email) = lower(address);
  UPDATE audit_events e SET actor_email = CASE WHEN w.parts & 1 = 0 THEN e.actor_email END, ip = CASE WHEN w.parts & 1 = 0 THEN e.ip END,
      subject_email = CASE WHEN w.parts & 2 = 0 THEN e.subject_email END, resource_name = CASE WHEN w.parts & 4 = 0 THEN e.resource_name END,
      metadata = CASE WHEN w.parts & 8 = 0 THEN e.metadata ELSE '{}' END
    FROM wiped_parts w WHERE e.id = w.id;
  GET DIAGNOSTICS wiped = ROW_COUNT;
  UPDATE audit_seals s SET erased = s.erased | w.parts, salts = (SELECT string_agg(CASE WHEN w.parts & (1 << n) = 0 THEN substr(s.salts, 16 * n + 1, 16)
      ELSE decode(repeat('00', 16), 'hex') END, ''::bytea ORDER BY n) FROM generate_series(0, 3) n)
    FROM wiped_parts w WHERE s.event_id = w.id;
  PERFORM set_config('app.erases_audit', '', true);
  DROP TABLE wiped_parts;
  RETURN wiped;
END $function$
;

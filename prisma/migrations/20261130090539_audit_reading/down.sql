SET LOCAL check_function_bodies = off;

DROP FUNCTION app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer);
DROP FUNCTION app.audit_view(audit_events,boolean,text);
DROP FUNCTION app.walk_audit(bigint,integer);
DROP TYPE app.audit_entry;
DROP FUNCTION app.take_checkpoint_mails(integer);
DROP FUNCTION app.note_checkpoints_stored(uuid[],bigint[]);
DROP FUNCTION app.mails_checkpoints(uuid);
DROP FUNCTION app.keep_checkpoint(uuid,bigint,text);
DROP FUNCTION app.events_to_seal(integer,boolean);
DROP FUNCTION app.choose_checkpoint_mail(boolean);
DROP FUNCTION app.audit_seal();
DROP FUNCTION app.audit_claim(text,users,invitations,jsonb);


CREATE OR REPLACE FUNCTION app.audit_id_at(moment timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((lpad(to_hex((GREATEST(floor((EXTRACT(epoch FROM moment) * (1000)::numeric)), (0)::numeric))::bigint), 12, '0'::text) || '00000000000000000000'::text))::uuid
;

CREATE TYPE app.audit_entry AS (id uuid, is_place boolean, action text, actor_kind text, actor_id uuid, actor_email text, actor_name text, subject_type text, subject_id uuid, subject_email text, subject_name text, resource_type text, resource_id uuid, resource_name text, collection_id uuid, collection_name text, metadata jsonb, ip text, request_id text, created_at timestamp with time zone, hidden text, seq bigint, key_id integer, salts bytea, commitments bytea, erased integer, leaf bytea, mac bytea);

CREATE OR REPLACE FUNCTION app.audit_view(entry audit_events, of_workspace boolean, hidden text)
 RETURNS app.audit_entry
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE found_row app.audit_entry; seal audit_seals; people uuid;
BEGIN
  SELECT * INTO seal FROM audit_seals s WHERE s.event_id = entry.id;
  SELECT c.workspace_id INTO people FROM collections c WHERE c.id = entry.collection_id;
  people := coalesce(entry.workspace_id, people);
  found_row.id := entry.id; found_row.is_place := false; found_row.action := entry.action; found_row.hidden := hidden;
  found_row.actor_kind := entry.actor_kind; found_row.actor_id := entry.actor_id; found_row.actor_email := entry.actor_email;
  found_row.subject_type := entry.subject_type; found_row.subject_id := entry.subject_id; found_row.subject_email := entry.subject_email;
  found_row.resource_type := entry.resource_type; found_row.resource_id := entry.resource_id;
  found_row.resource_name := CASE WHEN hidden IS DISTINCT FROM 'names' THEN entry.resource_name END;
  found_row.collection_id := entry.collection_id;
  found_row.collection_name := (SELECT c.name FROM collections c WHERE c.id = entry.collection_id);
  -- who got what, and by which link, is no text of what is closed
  found_row.metadata := CASE WHEN hidden IS NULL OR entry.action ~ '^(permission|link)\.' OR entry.action ~ '_changed$' THEN entry.metadata END;
  found_row.ip := entry.ip; found_row.request_id := entry.request_id; found_row.created_at := entry.created_at;
  -- people of elsewhere are known by their addresses
  found_row.actor_name := CASE entry.actor_kind WHEN 'user' THEN (SELECT u.name FROM users u WHERE u.id = entry.actor_id AND u.workspace_id = people)
    WHEN 'visitor' THEN (SELECT l.name FROM public_links l WHERE l.id = entry.actor_id) END;
  found_row.subject_name := CASE entry.subject_type WHEN 'user' THEN (SELECT u.name FROM users u WHERE u.id = entry.subject_id AND u.workspace_id = people)
    WHEN 'group' THEN (SELECT g.name FROM groups g WHERE g.id = entry.subject_id)
    WHEN 'link' THEN (SELECT l.name FROM public_links l WHERE l.id = entry.subject_id) END;
  found_row.seq := seal.seq; found_row.key_id := seal.key_id; found_row.salts := seal.salts; found_row.commitments := seal.commitments;
  found_row.erased := seal.erased; found_row.leaf := seal.leaf; found_row.mac := seal.mac;
  RETURN found_row;
END $function$
;

CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE owner users; waiting invitations; held permissions; before roles; given roles; claimed integer := 0; is_more boolean; is_less boolean;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system claims' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO owner FROM users WHERE id = person AND email_verified_at IS NOT NULL AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || owner.email_normalized, 0));
  PERFORM FROM roles r WHERE r.workspace_id IS NOT NULL AND r.id IN (SELECT i.role_id FROM invitations i
     WHERE i.email_normalized = owner.email_normalized AND i.deleted_at IS NULL AND i.accepted_at IS NULL) ORDER BY r.id FOR SHARE;
  FOR waiting IN
    SELECT * FROM invitations
     WHERE email_normalized = owner.email_normalized AND app.is_invitation_live(deleted_at, accepted_at, expires_at) ORDER BY created_at, id FOR UPDATE
  LOOP
    SELECT * INTO held FROM permissions p WHERE p.principal_id = person AND p.deleted_at IS NULL
       AND (p.collection_id = waiting.collection_id OR p.document_id = waiting.document_id) FOR UPDATE;
    IF FOUND AND app.is_expired(held.expires_at) THEN
      UPDATE permissions p SET deleted_at = now() WHERE p.id = held.id;
      held := NULL;
    END IF;
    IF held.id IS NULL THEN
      INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, given_address)
        VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
          waiting.expires_at, waiting.email);
      -- its letter was sent when they were invited
      INSERT INTO outbox (name, data) VALUES ('grant/added',
        jsonb_build_object('grantId', waiting.id, 'actorId', waiting.invited_by_id, 'isOpen', true, 'mail', 'none'));
    ELSE
      SELECT * INTO before FROM roles r WHERE r.id = held.role_id;
      SELECT * INTO given FROM roles r WHERE r.id = waiting.role_id;
      -- of two that give different things the later one counts; neither is traded for one that ends sooner
      is_more := (app.covers(given.mask, held.mask) OR (NOT app.covers(held.mask, given.mask) AND waiting.created_at > held.granted_at))
        AND NOT app.is_later(held.expires_at, waiting.expires_at);
      is_less := (app.covers(held.mask, given.mask) OR (NOT app.covers(given.mask, held.mask) AND waiting.created_at <= held.granted_at))
        AND NOT app.is_later(waiting.expires_at, held.expires_at);
      CONTINUE WHEN NOT is_more AND NOT is_less;
      IF NOT is_less THEN
        UPDATE permissions p SET role_id = waiting.role_id, expires_at = waiting.expires_at WHERE p.id = held.id;
        INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
            resource_type, resource_id, metadata)
          VALUES (owner.workspace_id, 'permission.changed', 'user', person, owner.email, 'user', person, waiting.email_normalized,
            CASE WHEN waiting.document_id IS NULL THEN 'collection' ELSE 'document' END, coalesce(waiting.document_id, waiting.collection_id),
            jsonb_build_object('grantId', held.id, 'because', 'invitation', 'invitationId', waiting.id,
              'previous', jsonb_build_object('role', before.name, 'expiresAt', held.expires_at),
              'new', jsonb_build_object('role', given.name, 'expiresAt', waiting.expires_at)));
      END IF;
    END IF;
    UPDATE invitations i SET accepted_at = now() WHERE i.id = waiting.id;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $function$
;

CREATE OR REPLACE FUNCTION app.events_to_seal(at_most integer, waits boolean)
 RETURNS TABLE(id uuid, chain_id uuid, xid text, action text, actor_kind text, actor_id uuid, actor_email text, subject_type text, subject_id uuid, subject_email text, resource_type text, resource_id uuid, resource_name text, collection_id uuid, metadata jsonb, ip text, request_id text, created_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
        e.actor_email, e.subject_type, e.subject_id, e.subject_email, e.resource_type, e.resource_id, e.resource_name, e.collection_id, e.metadata,
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
      e.actor_email, e.subject_type, e.subject_id, e.subject_email, e.resource_type, e.resource_id, e.resource_name, e.collection_id, e.metadata,
      e.ip, e.request_id, e.created_at
    FROM audit_events e
   WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot()) AND (e.xid, e.id) > (reached.xid, reached.event_id)
     AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)
   ORDER BY e.xid, e.id LIMIT at_most;
END $function$
;

CREATE OR REPLACE FUNCTION app.list_audit(collection uuid, wanted_actions text[], wanted_actor uuid, wanted_resource uuid, since timestamp with time zone, until timestamp with time zone, before uuid, at_most integer)
 RETURNS SETOF app.audit_entry
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  most CONSTANT integer := 5000;
  workspace uuid := app.demand_audit(collection);
  low uuid := coalesce(app.audit_id_at(since - interval '1 hour'), '00000000-0000-0000-0000-000000000000');
  high uuid := least(before, app.audit_id_at(until + interval '1 hour'));
  walk text; e audit_events; hidden text; seen integer := 0; shown integer := 0;
  place app.audit_entry;
BEGIN
  walk := CASE
    WHEN wanted_resource IS NOT NULL THEN 'SELECT * FROM audit_events WHERE resource_id = $5 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $7'
    WHEN collection IS NOT NULL THEN 'SELECT * FROM audit_events WHERE collection_id = $3 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $7'
    WHEN wanted_actor IS NOT NULL THEN 'SELECT * FROM audit_events WHERE actor_id = $6 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $7'
    WHEN wanted_actions IS NOT NULL THEN
      'SELECT x.* FROM unnest($8) a CROSS JOIN LATERAL (SELECT * FROM audit_events WHERE workspace_id = $4 AND action = a AND id < $1 AND id >= $2
         ORDER BY workspace_id DESC, action DESC, id DESC LIMIT $7) x ORDER BY x.id DESC LIMIT $7'
    ELSE 'SELECT * FROM audit_events WHERE workspace_id = $4 AND id < $1 AND id >= $2 ORDER BY id DESC LIMIT $7' END;
  -- of many actions no more than a page of each can be on the page; the hours beside the span are few
  FOR e IN EXECUTE walk USING high, low, collection, workspace, wanted_resource, wanted_actor,
      CASE WHEN wanted_actions IS NOT NULL AND coalesce(wanted_resource, collection, wanted_actor) IS NULL AND since IS NULL AND until IS NULL THEN at_most ELSE most + 1 END,
      wanted_actions
  LOOP
    EXIT WHEN shown = at_most;
    seen := seen + 1;
    IF seen > most THEN
      place.id := e.id; place.is_place := true;
      RETURN NEXT place;
      RETURN;
    END IF;
    CONTINUE WHEN (collection IS NOT NULL AND e.collection_id IS DISTINCT FROM collection) OR (workspace IS NOT NULL AND e.workspace_id IS DISTINCT FROM workspace)
      OR (wanted_actor IS NOT NULL AND e.actor_id IS DISTINCT FROM wanted_actor) OR (wanted_actions IS NOT NULL AND e.action <> ALL (wanted_actions))
      OR (since IS NOT NULL AND e.created_at < since) OR (until IS NOT NULL AND e.created_at >= until);
    hidden := app.audit_hides(e, workspace IS NOT NULL);
    CONTINUE WHEN hidden = 'all';
    shown := shown + 1;
    RETURN NEXT app.audit_view(e, workspace IS NOT NULL, hidden);
  END LOOP;
END $function$
;

REVOKE ALL ON ROUTINE 
  app.audit_view(audit_events,boolean,text),
  app.events_to_seal(integer,boolean),
  app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.events_to_seal(integer,boolean),
  app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer)
  TO sheaf_app;

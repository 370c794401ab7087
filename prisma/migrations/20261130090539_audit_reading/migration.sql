DROP FUNCTION app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer);
DROP FUNCTION app.audit_view(audit_events,boolean,text);
DROP TYPE app.audit_entry;
DROP FUNCTION app.events_to_seal(integer,boolean);

-- Keeps a signed checkpoint of a chain.
CREATE FUNCTION app.keep_checkpoint(chain uuid, signed_size bigint, text text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system signs' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO audit_checkpoints (chain_id, size, note) VALUES (chain, signed_size, text) ON CONFLICT DO NOTHING;
  UPDATE audit_chains SET checkpoint_size = greatest(checkpoint_size, signed_size) WHERE id = chain;
END $$;

-- Notes that copies of these checkpoints lie in the object store.
CREATE FUNCTION app.note_checkpoints_stored(chains uuid[], sizes bigint[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system stores' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE audit_checkpoints k SET stored_at = now() FROM unnest(chains, sizes) s (chain, size) WHERE k.chain_id = s.chain AND k.size = s.size;
END $$;

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

-- The lowest id that an event of a moment can have.
CREATE OR REPLACE FUNCTION app.audit_id_at(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (lpad(to_hex(greatest(floor(extract(epoch FROM moment) * 1000), 0)::bigint), 12, '0') || '00000000000000000000')::uuid;

CREATE TYPE app.audit_entry AS (
  id uuid, is_place boolean, action text, actor_kind text, actor_id uuid, actor_email text, actor_name text, subject_type text, subject_id uuid,
  subject_email text, subject_name text, resource_type text, resource_id uuid, resource_name text, collection_id uuid, collection_name text, is_apart boolean,
  metadata jsonb, ip text, request_id text, created_at timestamptz, hidden text, chain_id uuid, seq bigint, key_id integer, salts bytea, commitments bytea,
  erased integer, leaf bytea, mac bytea);

-- An entry as the actor may read it, with its seal where it has one.
CREATE FUNCTION app.audit_view(entry audit_events, of_workspace boolean, hidden text) RETURNS app.audit_entry
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  found_row.collection_id := entry.collection_id; found_row.is_apart := entry.is_apart;
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
  found_row.chain_id := seal.chain_id; found_row.seq := seal.seq; found_row.key_id := seal.key_id; found_row.salts := seal.salts; found_row.commitments := seal.commitments;
  found_row.erased := seal.erased; found_row.leaf := seal.leaf; found_row.mac := seal.mac;
  RETURN found_row;
END $$;

-- A page of a log, newest first, before one of its entries: of a collection, or of the actor's workspace where none is
-- given. It looks at no more than 5,000 entries; where that was not enough for a page, the last row is no entry but the
-- place to go on from. Ids are made in the order of time, so a span of time is a range of them; an hour on each side
-- makes up for transactions that take long and clocks that are put right.
CREATE FUNCTION app.list_audit(collection uuid, wanted_actions text[], wanted_actor uuid, wanted_resource uuid, since timestamptz, until timestamptz,
    before uuid, at_most integer) RETURNS SETOF app.audit_entry
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;

-- The sealed entries of the workspace's log in the order of its chain, after one of them; for its admins. What is missing
-- in the chain is missing here.
CREATE FUNCTION app.walk_audit(after bigint, at_most integer) RETURNS SETOF app.audit_entry
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE workspace uuid := app.demand_audit(NULL); e audit_events;
BEGIN
  FOR e IN SELECT x.* FROM audit_seals s JOIN audit_events x ON x.id = s.event_id
    WHERE s.chain_id = workspace AND s.seq > after ORDER BY s.seq LIMIT at_most
  LOOP
    RETURN NEXT app.audit_view(e, true, app.audit_hides(e, true));
  END LOOP;
END $$;

-- Whether the admins of a workspace get its checkpoints by mail: as they chose, else where there are several people.
CREATE FUNCTION app.mails_checkpoints(workspace uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT c.is_mailed FROM audit_chains c WHERE c.id = workspace),
    (SELECT count(*) > 1 FROM (SELECT FROM users u WHERE u.workspace_id = workspace AND NOT u.is_external LIMIT 2) u))
$$;

-- Chooses whether the admins of the actor's workspace get its checkpoints by mail; false where that is so already.
CREATE FUNCTION app.choose_checkpoint_mail(wanted boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE workspace uuid := app.demand_audit(NULL);
BEGIN
  -- the choice is kept with the chain, which begins with it where nothing is sealed yet
  INSERT INTO audit_chains (id, mac, frontier) VALUES (workspace, convert_to('sheaf audit chain ' || workspace, 'UTF8'), '') ON CONFLICT DO NOTHING;
  PERFORM FROM audit_chains c WHERE c.id = workspace FOR UPDATE;
  IF app.mails_checkpoints(workspace) = wanted THEN RETURN false; END IF;
  UPDATE audit_chains SET is_mailed = wanted WHERE id = workspace;
  PERFORM app.audit('audit.mail_changed', 'workspace', workspace, NULL, NULL, jsonb_build_object('previous', NOT wanted, 'new', wanted));
  RETURN true;
END $$;

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

-- Tells the log, in the person's name, what became of an invitation of their address.
CREATE FUNCTION app.audit_claim(action text, owner users, claimed invitations, metadata jsonb) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT app.record_audit(jsonb_build_array(jsonb_build_object('action', action,
      'subject', jsonb_build_object('type', 'user', 'id', owner.id, 'email', claimed.email_normalized),
      'resource', jsonb_build_object('type', CASE WHEN claimed.document_id IS NULL THEN 'collection' ELSE 'document' END,
        'id', coalesce(claimed.document_id, claimed.collection_id)),
      'metadata', metadata)),
    'user', owner.id, nullif(current_setting('app.request_ip', true), ''), nullif(current_setting('app.request_id', true), ''))
$$;

-- Turns the invitations of a person's proven address into grants, and returns how many. Where they have a grant already
-- they get the more permissive one. An invitation that is more in one way and less in the other (a weaker role for
-- longer, a stronger one for a while) waits until the grant ends.
CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
      SELECT * INTO given FROM roles r WHERE r.id = waiting.role_id;
      PERFORM app.audit_claim('permission.claimed', owner, waiting, jsonb_build_object('grantId', waiting.id,
        'new', jsonb_build_object('role', given.name, 'expiresAt', app.iso(waiting.expires_at))));
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
        PERFORM app.audit_claim('permission.changed', owner, waiting, jsonb_build_object('grantId', held.id, 'because', 'invitation',
          'invitationId', waiting.id, 'previous', jsonb_build_object('role', before.name, 'expiresAt', app.iso(held.expires_at)),
          'new', jsonb_build_object('role', given.name, 'expiresAt', app.iso(waiting.expires_at))));
      END IF;
    END IF;
    UPDATE invitations i SET accepted_at = now() WHERE i.id = waiting.id;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $$;

-- How far the log of the actor's workspace is sealed, and what was last signed of it; for its admins.
CREATE FUNCTION app.audit_seal() RETURNS TABLE (chain_id uuid, size bigint, lag_seconds double precision, checkpoint_size bigint, note text,
    created_at timestamptz, is_mailed boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT mine.id, coalesce(c.size, 0), (SELECT l.seconds FROM app.sealing_lag() l), k.size, k.note, k.created_at, app.mails_checkpoints(mine.id)
    FROM (SELECT app.demand_audit(NULL) AS id) mine LEFT JOIN audit_chains c ON c.id = mine.id
    LEFT JOIN LATERAL (SELECT * FROM audit_checkpoints k WHERE k.chain_id = mine.id ORDER BY k.size DESC LIMIT 1) k ON true
$$;

REVOKE ALL ON ROUTINE 
  app.audit_claim(text,users,invitations,jsonb),
  app.audit_seal(),
  app.audit_view(audit_events,boolean,text),
  app.choose_checkpoint_mail(boolean),
  app.events_to_seal(integer,boolean),
  app.keep_checkpoint(uuid,bigint,text),
  app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer),
  app.mails_checkpoints(uuid),
  app.note_checkpoints_stored(uuid[],bigint[]),
  app.take_checkpoint_mails(integer),
  app.walk_audit(bigint,integer)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.audit_seal(),
  app.choose_checkpoint_mail(boolean),
  app.events_to_seal(integer,boolean),
  app.keep_checkpoint(uuid,bigint,text),
  app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer),
  app.note_checkpoints_stored(uuid[],bigint[]),
  app.take_checkpoint_mails(integer),
  app.walk_audit(bigint,integer)
  TO sheaf_app;

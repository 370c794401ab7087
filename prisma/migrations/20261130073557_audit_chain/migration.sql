DROP TRIGGER append_only_all ON audit_events;
DROP TRIGGER append_only ON audit_events;
DROP POLICY audit_add ON audit_events;

-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "collection_id" UUID,
ADD COLUMN     "is_apart" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "xid" xid8 NOT NULL DEFAULT pg_current_xact_id();

-- CreateTable
CREATE TABLE "audit_chains" (
    "id" UUID NOT NULL,
    "size" BIGINT NOT NULL DEFAULT 0,
    "mac" BYTEA NOT NULL,
    "frontier" BYTEA NOT NULL,
    "checkpoint_size" BIGINT NOT NULL DEFAULT 0,
    "mailed_size" BIGINT NOT NULL DEFAULT 0,
    "mailed_at" TIMESTAMPTZ(3),
    "is_mailed" BOOLEAN,

    CONSTRAINT "audit_chains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_seals" (
    "chain_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "event_id" UUID NOT NULL,
    "key_id" INTEGER NOT NULL,
    "salts" BYTEA NOT NULL,
    "commitments" BYTEA NOT NULL,
    "erased" INTEGER NOT NULL DEFAULT 0,
    "leaf" BYTEA NOT NULL,
    "mac" BYTEA NOT NULL,

    CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("chain_id","seq")
);

-- CreateTable
CREATE TABLE "audit_blocks" (
    "chain_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "root" BYTEA NOT NULL,

    CONSTRAINT "audit_blocks_pkey" PRIMARY KEY ("chain_id","number")
);

-- CreateTable
CREATE TABLE "audit_checkpoints" (
    "chain_id" UUID NOT NULL,
    "size" BIGINT NOT NULL,
    "note" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stored_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("chain_id","size")
);

-- CreateTable
CREATE TABLE "audit_cursor" (
    "is_only" BOOLEAN NOT NULL DEFAULT true,
    "xid" xid8 NOT NULL DEFAULT '0'::xid8,
    "event_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,

    CONSTRAINT "audit_cursor_pkey" PRIMARY KEY ("is_only")
);

INSERT INTO "audit_cursor" DEFAULT VALUES;

-- CreateIndex
CREATE UNIQUE INDEX "audit_seals_event_id_key" ON "audit_seals"("event_id");

-- CreateIndex
CREATE INDEX "audit_events_workspace_id_action_id_idx" ON "audit_events"("workspace_id", "action", "id");

-- CreateIndex
CREATE INDEX "audit_events_collection_id_id_idx" ON "audit_events"("collection_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_id_idx" ON "audit_events"("actor_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_xid_id_idx" ON "audit_events"("xid", "id");

-- Where something happened: the workspace it belongs to, the collection that it is or lies in, its name, and whether it is
-- closed to those who may only do something on the collection. Of what is gone, as its last entry tells.
CREATE FUNCTION app.audit_place(type text, resource uuid)
  RETURNS TABLE (workspace_id uuid, collection_id uuid, name text, is_apart boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  CASE type
    WHEN 'document' THEN RETURN QUERY SELECT c.workspace_id, c.id, d.name, app.is_apart(d.access_mode)
      FROM documents d JOIN collections c ON c.id = d.collection_id WHERE d.id = resource;
    WHEN 'collection' THEN RETURN QUERY SELECT c.workspace_id, c.id, c.name, false FROM collections c WHERE c.id = resource;
    WHEN 'user' THEN RETURN QUERY SELECT u.workspace_id, NULL::uuid, u.name, false FROM users u WHERE u.id = resource;
    WHEN 'group' THEN RETURN QUERY SELECT g.workspace_id, NULL::uuid, g.name, false FROM groups g WHERE g.id = resource;
    WHEN 'workspace' THEN RETURN QUERY SELECT w.id, NULL::uuid, w.name, false FROM workspaces w WHERE w.id = resource;
    ELSE RETURN;
  END CASE;
  IF NOT FOUND AND type IN ('document', 'collection') THEN
    RETURN QUERY SELECT e.workspace_id, e.collection_id, e.resource_name, e.is_apart FROM audit_events e
      WHERE e.resource_id = resource ORDER BY e.id DESC LIMIT 1;
  END IF;
END $$;

-- Writes entries. They belong to the workspace that is given, else to that of what they are about, else to the actor's.
CREATE FUNCTION app.add_audit(workspace uuid, home uuid, entries jsonb, kind text, actor uuid, address text, from_ip text, request text) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, collection_id, is_apart, metadata, ip, request_id)
    SELECT coalesce(workspace, p.workspace_id, home), e.action, kind, actor, address, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, coalesce(e.resource->>'name', p.name), p.collection_id, coalesce(p.is_apart, false),
           coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb)
      LEFT JOIN LATERAL app.audit_place(e.resource->>'type', (e.resource->>'id')::uuid) p ON true
$$;

-- Writes entries to the log in the name of whoever acts; the system may write in anybody's.
CREATE OR REPLACE FUNCTION app.record_audit(entries jsonb, kind text, actor uuid, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE home uuid; address text;
BEGIN
  IF NOT app.is_system() AND (kind IS DISTINCT FROM nullif(current_setting('app.actor_kind', true), '')
      OR actor IS DISTINCT FROM CASE WHEN kind IN ('user', 'visitor') THEN app.actor_id() END) THEN
    RAISE EXCEPTION 'In the name of another' USING ERRCODE = '42501';
  END IF;
  IF kind = 'user' THEN
    SELECT u.workspace_id, u.email INTO home, address FROM users u WHERE u.id = actor;
  ELSIF kind = 'visitor' THEN
    SELECT c.workspace_id INTO home FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) WHERE l.id = actor;
  END IF;
  PERFORM app.add_audit(NULL, home, entries, kind, actor, address, from_ip, request);
END $$;

-- Takes what concerns a person out of all logs: their address and network where they acted or something was done to them,
-- and what is told of their account. That something happened stays, and so do the chains: they are over commitments, and
-- with its salt nobody can tell what a commitment was to. The only way to change an entry. Returns how many were.
CREATE FUNCTION app.erase_from_audit(person uuid, address text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;

-- The lowest id that an event of a moment can have.
CREATE FUNCTION app.audit_id_at(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (lpad(to_hex(greatest(floor(extract(epoch FROM moment) * 1000), 0)::bigint), 12, '0') || '00000000000000000000')::uuid;

-- What of an entry is kept from the actor: 'all' where they see nothing of it, 'names' where they may not know what it is
-- called or holds. Who manages a collection sees nothing of documents that are closed to them; a workspace's admin sees that
-- something happened, to whom and by whom. Of what is gone counts how it was at the end.
CREATE FUNCTION app.audit_hides(entry audit_events, of_workspace boolean) RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents; wanted integer := CASE WHEN of_workspace THEN app.view_documents() ELSE app.manage_permissions() END; is_open boolean;
BEGIN
  IF entry.resource_type = 'document' THEN
    SELECT * INTO doc FROM documents d WHERE d.id = entry.resource_id;
    IF FOUND THEN
      -- who manages the collection manages what is not closed to it
      IF NOT of_workspace AND doc.collection_id = entry.collection_id AND NOT app.is_apart(doc.access_mode) THEN RETURN NULL; END IF;
      is_open := app.allows(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), wanted);
    ELSE
      is_open := (NOT of_workspace OR app.allows(app.collection_mask(entry.collection_id), wanted))
        AND NOT (SELECT e.is_apart FROM audit_events e WHERE e.resource_id = entry.resource_id ORDER BY e.id DESC LIMIT 1);
    END IF;
    IF NOT is_open THEN RETURN CASE WHEN of_workspace THEN 'names' ELSE 'all' END; END IF;
  ELSIF of_workspace AND entry.resource_type = 'collection' AND NOT app.allows(app.collection_mask(entry.resource_id), wanted) THEN
    RETURN 'texts';
  END IF;
  RETURN NULL;
END $$;

-- Refuses whoever may not read the log: of a collection those who manage its permissions may, of a workspace its admins.
-- Returns the workspace, or null for a collection's.
CREATE FUNCTION app.demand_audit(collection uuid) RETURNS uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mask integer; mine uuid;
BEGIN
  IF collection IS NULL THEN
    mine := app.actor_workspace();
    IF mine IS NULL OR NOT app.is_workspace_admin() THEN
      RAISE EXCEPTION 'Only workspace admins' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
    END IF;
    RETURN mine;
  END IF;
  mask := app.collection_mask(collection);
  IF NOT app.allows(mask, app.view_documents()) OR NOT EXISTS (SELECT FROM collections c WHERE c.id = collection
       AND (c.deleted_at IS NULL OR app.covers(mask, app.manage_permissions() | app.delete_any_documents()))) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF NOT app.allows(mask, app.manage_permissions()) THEN PERFORM app.refuse_action(collection, NULL, 'manage_permissions'); END IF;
  RETURN NULL;
END $$;

CREATE TYPE app.audit_entry AS (
  id uuid, is_place boolean, action text, actor_kind text, actor_id uuid, actor_email text, actor_name text, subject_type text, subject_id uuid,
  subject_email text, subject_name text, resource_type text, resource_id uuid, resource_name text, collection_id uuid, collection_name text,
  metadata jsonb, ip text, request_id text, created_at timestamptz, hidden text, seq bigint, key_id integer, salts bytea, commitments bytea,
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

-- The next events to be sealed, in the order of their transactions, for the one who seals; whoever comes meanwhile gets
-- none, or waits. Stops at the oldest transaction that may still write: what commits later has a later number, and none
-- is left out. An event's time plays no part in it.
CREATE FUNCTION app.events_to_seal(at_most integer, waits boolean)
  RETURNS TABLE (id uuid, chain_id uuid, xid text, action text, actor_kind text, actor_id uuid, actor_email text, subject_type text, subject_id uuid,
    subject_email text, resource_type text, resource_id uuid, resource_name text, collection_id uuid, metadata jsonb, ip text, request_id text,
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
END $$;

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

-- How far sealing is behind: the age of the oldest event that is not sealed, in seconds, 0 when all are; and how many there
-- are, at most 10,000. For anybody: it says nothing of what happened.
CREATE FUNCTION app.sealing_lag() RETURNS TABLE (seconds double precision, events integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(extract(epoch FROM clock_timestamp() - min(w.created_at)), 0)::double precision, count(*)::integer
    FROM (SELECT e.created_at FROM audit_cursor c JOIN audit_events e ON (e.xid, e.id) > (c.xid, c.event_id) ORDER BY e.xid, e.id LIMIT 10000) w
$$;

-- Keeps entries as they were written, whoever asks. Only app.erase_from_audit takes away what concerns a person.
CREATE FUNCTION app.keep_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('app.erases_audit', true) = 'on' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'Entries of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION app.keep_audit();

CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION app.keep_audit();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION app.keep_audit();

CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION app.keep_audit();

-- Deletes a collection for good, with everybody's documents in it. Owners come in the
-- order of their ids, and each one's documents, blobs and counters are locked in that order.
CREATE OR REPLACE FUNCTION app.purge_collection(collection uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections := app.demand_collection(collection, app.manage_permissions() | app.delete_any_documents()); share record; removed integer := 0; freed bigint;
BEGIN
  CREATE TEMP TABLE gone ON COMMIT DROP AS
    SELECT id, owner_id, blob_id, upload_object_id, thumbnail_object_id FROM documents d WHERE d.collection_id = collection ORDER BY id FOR UPDATE;
  FOR share IN
    SELECT owner_id, count(blob_id)::integer AS documents
      FROM (SELECT owner_id, blob_id FROM gone UNION ALL SELECT found_row.owner_id, NULL) x GROUP BY owner_id ORDER BY owner_id
  LOOP
    removed := removed + share.documents;
    PERFORM FROM blobs WHERE id IN (SELECT blob_id FROM gone WHERE owner_id = share.owner_id) ORDER BY id FOR UPDATE;
    DELETE FROM documents d USING gone WHERE d.id = gone.id AND gone.owner_id = share.owner_id;
    IF share.documents > 0 THEN
      WITH uses AS (SELECT blob_id, count(*) AS n FROM gone WHERE owner_id = share.owner_id AND blob_id IS NOT NULL GROUP BY blob_id),
      kept AS (UPDATE blobs b SET refs = b.refs - uses.n FROM uses WHERE b.id = uses.blob_id AND b.refs > uses.n),
      dropped AS (DELETE FROM blobs b USING uses WHERE b.id = uses.blob_id AND b.refs = uses.n RETURNING b.size_bytes, b.object_id),
      doomed AS (UPDATE objects o SET state = 'doomed', doomed_at = now() FROM dropped WHERE o.id = dropped.object_id)
      SELECT coalesce(sum(size_bytes), 0) INTO freed FROM dropped;
      PERFORM app.quota_release(share.owner_id, 'release:collection:' || collection || ':' || share.owner_id, 0, share.documents, freed);
    END IF;
    IF share.owner_id = found_row.owner_id THEN
      PERFORM app.quota_release(found_row.owner_id, 'release:collection:' || collection, 1, 0, 0);
    END IF;
  END LOOP;
  UPDATE objects SET state = 'doomed', doomed_at = now()
   WHERE id IN (SELECT upload_object_id FROM gone UNION ALL SELECT thumbnail_object_id FROM gone) AND state <> 'doomed';
  DROP TABLE gone;
  PERFORM app.audit('collection.deleted', 'collection', collection, found_row.name, NULL, jsonb_build_object('documents', removed));
  DELETE FROM collections WHERE id = collection;
END $$;

-- Deletes a document for good, and gives its owner back what it was charged.
CREATE OR REPLACE FUNCTION app.purge_document(document uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document); stored blobs; freed bigint := 0;
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id);
  END IF;
  PERFORM app.audit('document.deleted', 'document', document, doc.name, NULL, '{}');
  DELETE FROM documents WHERE id = document;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id IN (doc.upload_object_id, doc.thumbnail_object_id);
  IF doc.blob_id IS NULL THEN RETURN; END IF;
  SELECT * INTO stored FROM blobs WHERE id = doc.blob_id FOR UPDATE;
  IF stored.refs = 1 THEN
    DELETE FROM blobs WHERE id = stored.id;
    UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = stored.object_id;
    freed := stored.size_bytes;
  ELSE
    UPDATE blobs SET refs = refs - 1 WHERE id = stored.id;
  END IF;
  PERFORM app.quota_release(doc.owner_id, 'release:document:' || doc.id, 0, 1, freed);
END $$;

-- Writes events to the log of a workspace in the actor's name, also when the actor is not in it: not yet, or not any
-- more.
CREATE OR REPLACE FUNCTION app.record_audit_in(workspace uuid, entries jsonb, from_ip text, request text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.add_audit(workspace, NULL, entries, 'user', app.actor_id(), (SELECT u.email FROM users u WHERE u.id = app.actor_id()), from_ip, request)
$$;

CREATE POLICY seals_read ON audit_seals FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));

CREATE POLICY blocks_read ON audit_blocks FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_blocks FOR EACH ROW EXECUTE FUNCTION app.append_only();

CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_blocks FOR EACH STATEMENT EXECUTE FUNCTION app.append_only();

CREATE POLICY chains_read ON audit_chains FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));

CREATE POLICY checkpoints_read ON audit_checkpoints FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));

CREATE POLICY owner_all ON audit_blocks FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

CREATE POLICY owner_all ON audit_chains FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

CREATE POLICY owner_all ON audit_checkpoints FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

CREATE POLICY owner_all ON audit_cursor FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

CREATE POLICY owner_all ON audit_seals FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

ALTER TABLE audit_blocks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_chains ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_checkpoints ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_cursor ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_seals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.add_audit(uuid,uuid,jsonb,text,uuid,text,text,text),
  app.audit_hides(audit_events,boolean),
  app.audit_id_at(timestamp with time zone),
  app.audit_place(text,uuid),
  app.audit_view(audit_events,boolean,text),
  app.demand_audit(uuid),
  app.erase_from_audit(uuid,text),
  app.events_to_seal(integer,boolean),
  app.keep_audit(),
  app.keep_seals(jsonb,jsonb,jsonb,text,uuid),
  app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer),
  app.sealing_lag()
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.erase_from_audit(uuid,text),
  app.events_to_seal(integer,boolean),
  app.keep_seals(jsonb,jsonb,jsonb,text,uuid),
  app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer),
  app.sealing_lag()
  TO sheaf_app;
REVOKE ALL ON TABLE audit_events FROM sheaf_app;
GRANT SELECT ON TABLE audit_blocks TO sheaf_app;
GRANT SELECT ON TABLE audit_chains TO sheaf_app;
GRANT SELECT ON TABLE audit_checkpoints TO sheaf_app;
GRANT SELECT ON TABLE audit_events TO sheaf_app;
GRANT SELECT ON TABLE audit_seals TO sheaf_app;

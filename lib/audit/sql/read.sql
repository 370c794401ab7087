-- The lowest id that an event of a moment can have.
CREATE FUNCTION app.audit_id_at(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
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
GRANT EXECUTE ON FUNCTION app.list_audit TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.walk_audit TO sheaf_app;

-- Whether the admins of a workspace get its checkpoints by mail: as they chose, else where there are several people.
CREATE FUNCTION app.mails_checkpoints(workspace uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT c.is_mailed FROM audit_chains c WHERE c.id = workspace),
    (SELECT count(*) > 1 FROM (SELECT FROM users u WHERE u.workspace_id = workspace AND NOT u.is_external LIMIT 2) u))
$$;

-- How far the log of the actor's workspace is sealed, and what was last signed of it; for its admins.
CREATE FUNCTION app.audit_seal() RETURNS TABLE (chain_id uuid, size bigint, lag_seconds double precision, checkpoint_size bigint, note text,
    created_at timestamptz, is_mailed boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT mine.id, coalesce(c.size, 0), (SELECT l.seconds FROM app.sealing_lag() l), k.size, k.note, k.created_at, app.mails_checkpoints(mine.id)
    FROM (SELECT app.demand_audit(NULL) AS id) mine LEFT JOIN audit_chains c ON c.id = mine.id
    LEFT JOIN LATERAL (SELECT * FROM audit_checkpoints k WHERE k.chain_id = mine.id ORDER BY k.size DESC LIMIT 1) k ON true
$$;
GRANT EXECUTE ON FUNCTION app.audit_seal TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.choose_checkpoint_mail TO sheaf_app;

-- Renames. Whoever knows an older version changes nothing.
CREATE FUNCTION app.rename_document(document uuid, known_version integer, title text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before documents; mask integer;
BEGIN
  SELECT * INTO before FROM documents d WHERE d.id = document AND app.allows(app.live_rights(d.id), app.view_documents()) FOR NO KEY UPDATE;
  mask := app.live_rights(document);
  IF before.id IS NULL OR NOT app.allows(mask, app.view_documents()) THEN RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document'; END IF;
  IF NOT app.allows(mask, app.edit_documents()) THEN PERFORM app.refuse_action(NULL, document, 'edit_documents'); END IF;
  IF before.version <> known_version THEN RAISE EXCEPTION 'Stale version' USING ERRCODE = 'SH005', DETAIL = 'stale_version'; END IF;
  UPDATE documents d SET name = title, version = d.version + 1, updated_at = now() WHERE d.id = document;
  PERFORM app.audit('document.renamed', 'document', document, title, NULL, jsonb_build_object('previous', before.name, 'new', title));
END $$;
GRANT EXECUTE ON FUNCTION app.rename_document TO sheaf_app;

-- What people undo and delete is uploaded, and lies in a collection that is there; anything else is as if missing, their own too.
CREATE FUNCTION app.demand_uploaded(document uuid) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM documents d WHERE d.id = document AND d.status <> 'pending' AND app.is_collection_live(d.collection_id)) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.demand_uploaded TO sheaf_app;

-- Moves a document to the trash or back. Repeating changes nothing.
CREATE FUNCTION app.set_document_trashed(document uuid, trashed boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id, 'delete_any_documents');
  END IF;
  IF (doc.deleted_at IS NOT NULL) = trashed THEN RETURN; END IF;
  UPDATE documents SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = document;
  PERFORM app.audit(CASE WHEN trashed THEN 'document.trashed' ELSE 'document.restored' END, 'document', document, doc.name, NULL, '{}');
END $$;
GRANT EXECUTE ON FUNCTION app.set_document_trashed TO sheaf_app;

-- Deletes a document for good, and gives its owner back what it was charged.
CREATE FUNCTION app.purge_document(document uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document); stored blobs; freed bigint := 0;
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id, 'delete_any_documents');
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
GRANT EXECUTE ON FUNCTION app.purge_document TO sheaf_app;

-- A live document in a live collection with all that its page shows, for those who may view it; no row otherwise. One
-- statement: the actor's principals are read once, and both kinds of grants by them. The name of the collection is for
-- those who see that.
CREATE FUNCTION app.read_document(document uuid)
  RETURNS TABLE (id uuid, collection_id uuid, name text, content_type text, size_bytes bigint, status text, problem text, progress integer,
    page_count integer, has_thumbnail boolean, access_mode text, owner_id uuid, owner_name text, mask integer, version integer,
    created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, collection_name text, is_unopened boolean)
  LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
  SELECT d.id, d.collection_id, d.name, d.content_type, d.size_bytes, d.status, d.problem, d.progress, d.page_count,
         d.thumbnail_object_id IS NOT NULL, d.access_mode, d.owner_id, u.name, m.mask, d.version, d.created_at, d.updated_at, d.deleted_at,
         CASE WHEN app.allows(around.mask, app.view_documents()) OR me.is_system OR c.owner_id = me.live_id THEN c.name END,
         d.owner_id IS DISTINCT FROM me.id AND single.is_unopened
    FROM (SELECT x.*, CASE WHEN x.id = ANY (x.principals) THEN x.id END AS live_id
            FROM (SELECT app.actor_id() AS id, app.my_principal_ids() AS principals, app.is_system() AS is_system OFFSET 0) x OFFSET 0) me
    CROSS JOIN documents d JOIN collections c ON c.id = d.collection_id JOIN users u ON u.id = d.owner_id
    CROSS JOIN LATERAL (
      SELECT coalesce(bit_or(p.mask), 0) AS mask FROM permissions p
       WHERE p.collection_id = d.collection_id AND p.principal_id = ANY (me.principals)
         AND app.is_grant_live(p.deleted_at, p.expires_at)) around
    CROSS JOIN LATERAL (
      SELECT coalesce(bit_or(p.mask) FILTER (WHERE app.is_grant_live(p.deleted_at, p.expires_at)), 0) AS mask,
             coalesce(bool_or(p.user_id = me.id AND p.opened_at IS NULL), false) AS is_unopened
        FROM permissions p WHERE p.document_id = d.id AND p.principal_id = ANY (me.principals) AND p.deleted_at IS NULL) single
    CROSS JOIN LATERAL (
      SELECT CASE WHEN me.is_system THEN app.all_permissions()
        ELSE app.combined_mask(d.access_mode, d.owner_id = me.live_id, around.mask, single.mask) END AS mask OFFSET 0) m
   WHERE d.id = document AND app.is_document_live(d.deleted_at, d.status) AND c.deleted_at IS NULL AND app.allows(m.mask, app.view_documents());
END;
GRANT EXECUTE ON FUNCTION app.read_document TO sheaf_app;

-- A page of live documents, newest first, before one of them: of one collection (refused when the actor may not see it),
-- of the trash, or of what they were given (`recent`, `live`; `shared`: of other people).
CREATE FUNCTION app.list_documents(collection uuid, scope text, query text, before uuid, at_most integer)
  RETURNS TABLE (id uuid, collection_id uuid, name text, content_type text, size_bytes bigint, status text, problem text, progress integer,
    page_count integer, has_thumbnail boolean, access_mode text, owner_id uuid, owner_name text, mask integer, version integer,
    created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids uuid[]; wanted text := nullif(query, '');
BEGIN
  PERFORM app.demand_actor();
  IF collection IS NOT NULL AND NOT EXISTS (
      SELECT FROM collections c WHERE c.id = collection AND c.deleted_at IS NULL
         AND (app.allows(app.collection_mask(collection), app.view_documents()) OR c.owner_id = app.live_actor_id())) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF scope = 'trashed' THEN
    ids := ARRAY(SELECT app.trashed_documents(collection, wanted, before, at_most));
  ELSIF collection IS NOT NULL THEN
    ids := ARRAY(SELECT app.collection_documents(collection, wanted, before, at_most));
  ELSE
    ids := ARRAY(SELECT app.given_documents(scope = 'shared', wanted, before, at_most));
  END IF;
  RETURN QUERY SELECT * FROM app.document_cards(ids);
END $$;
GRANT EXECUTE ON FUNCTION app.list_documents TO sheaf_app;

-- What lists show of documents, for those that the actor may view.
CREATE FUNCTION app.document_cards(ids uuid[])
  RETURNS TABLE (id uuid, collection_id uuid, name text, content_type text, size_bytes bigint, status text, problem text,
    progress integer, page_count integer, has_thumbnail boolean, access_mode text, owner_id uuid, owner_name text,
    mask integer, version integer, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  WITH shown AS MATERIALIZED (
    SELECT d.*, coalesce(d.owner_id = (SELECT app.live_actor_id()), false) AS is_mine FROM unnest(ids) i (id) JOIN documents d ON d.id = i.id
  ), around AS MATERIALIZED (
    SELECT c.id, coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
        WHERE g.collection_id = c.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0) AS mask
      FROM (SELECT DISTINCT s.collection_id AS id FROM shown s) c
  )
  SELECT d.id, d.collection_id, d.name, d.content_type, d.size_bytes, d.status, d.problem, d.progress, d.page_count,
         d.thumbnail_object_id IS NOT NULL, d.access_mode, d.owner_id, u.name, m.mask, d.version, d.created_at, d.updated_at, d.deleted_at
    FROM shown d JOIN around a ON a.id = d.collection_id JOIN users u ON u.id = d.owner_id CROSS JOIN LATERAL (
      SELECT CASE WHEN (SELECT app.is_system()) THEN app.all_permissions()
          ELSE app.combined_mask(d.access_mode, d.is_mine, a.mask,
          coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
            WHERE g.document_id = d.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0)) END
      OFFSET 0) m (mask)
   WHERE app.allows(m.mask, app.view_documents()) AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT (SELECT app.is_visitor())) ORDER BY d.id DESC
$$;

-- Ids of the newest live documents that grants open to the actor, by name where one is asked for. Takes about the same
-- time however many there are: with few collections each is read from its index; with many, the newest of all documents
-- are walked a bounded way, and only what that does not find is looked up by collection or by name.
CREATE FUNCTION app.given_documents(are_others boolean, query text, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  few CONSTANT integer := 100;      -- collections are asked one by one
  hashed CONSTANT integer := 4000;  -- the ids of the collections are read first
  budget integer := CASE WHEN query IS NULL THEN 8000 ELSE 4000 END;  -- documents gone through; at most a quarter of them read
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
  needle text := app.folded(query);
  size integer;
  given uuid[];
  found uuid[] := '{}';
  is_all boolean := false;
BEGIN
  SELECT count(*) INTO size FROM (
    SELECT FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT FROM app.live_grants g WHERE g.principal_id = m AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) LIMIT hashed + 1) g LIMIT hashed + 1) c;
  WHILE size > few LOOP
    found := ARRAY(
      SELECT d.id FROM (
        SELECT n.* FROM (
          SELECT d.id, d.collection_id, d.owner_id, d.access_mode, d.name FROM documents d
           WHERE app.is_document_live(d.deleted_at, d.status) AND d.id < before ORDER BY d.id DESC
           LIMIT CASE WHEN size > hashed THEN budget / 4 ELSE budget END) n
         WHERE CASE WHEN size > hashed THEN
             (SELECT true FROM app.live_grants g WHERE g.collection_id = n.collection_id AND g.principal_id = ANY (mine) AND app.allows(g.mask, app.view_documents()) LIMIT 1)
           ELSE n.collection_id IN (
             SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents())) END
         ORDER BY n.id DESC LIMIT budget / 4) d
       -- CASE keeps the order: what costs more comes after what costs less
       WHERE CASE WHEN needle IS NULL OR strpos(app.folded(d.name), needle) > 0 THEN
             (app.counts_collection_grants(d.access_mode, false) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
               AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
             AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
             AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = d.collection_id)
           ELSE false END
       ORDER BY d.id DESC LIMIT at_most);
    -- a name that is neither rare nor common among the newest is found sooner by going on than by looking it up
    EXIT WHEN cardinality(found) = at_most OR needle IS NULL OR cardinality(found) < at_most / 8 OR budget > 4000;
    budget := budget * 16;
  END LOOP;
  IF size > few AND cardinality(found) < at_most THEN
    -- the walk came to the oldest of all
    is_all := NOT EXISTS (SELECT FROM documents d WHERE app.is_document_live(d.deleted_at, d.status) AND d.id < before
      ORDER BY d.id DESC OFFSET budget / 4);
  END IF;
  IF cardinality(found) < at_most AND size > 0 AND NOT is_all THEN
    IF needle IS NULL OR size <= few THEN
      given := ARRAY(SELECT DISTINCT g.collection_id FROM app.live_grants g
        WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents())
          AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = g.collection_id));
    END IF;
    IF needle IS NULL THEN
      found := ARRAY(SELECT app.newest_in(given, are_others, before, at_most));
    ELSIF size <= few THEN
      found := ARRAY(SELECT app.newest_in(given, are_others, before, at_most * 4));
      is_all := cardinality(found) < at_most * 4;
      found := ARRAY(SELECT d.id FROM unnest(found) f (id) JOIN documents d ON d.id = f.id WHERE strpos(app.folded(d.name), needle) > 0
        ORDER BY d.id DESC LIMIT at_most);
    END IF;
    IF needle IS NOT NULL AND cardinality(found) < at_most AND NOT is_all THEN
      IF size <= few THEN
        found := ARRAY(
          SELECT d.id FROM documents d
           WHERE ARRAY[d.collection_id] && given AND app.name_parts(d.name) @> app.wanted_parts(query)
             AND app.is_document_live(d.deleted_at, d.status) AND d.id < before AND strpos(app.folded(d.name), needle) > 0
             AND (app.counts_collection_grants(d.access_mode, false) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
               AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
             AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
           ORDER BY d.id DESC LIMIT at_most);
      ELSE
        found := ARRAY(
          SELECT d.id FROM documents d
           WHERE app.name_parts(d.name) @> app.wanted_parts(query)
             AND app.is_document_live(d.deleted_at, d.status) AND d.id < before AND strpos(app.folded(d.name), needle) > 0
             AND (SELECT true FROM app.live_grants g WHERE g.collection_id = d.collection_id AND g.principal_id = ANY (mine) AND app.allows(g.mask, app.view_documents()) LIMIT 1)
             AND (app.counts_collection_grants(d.access_mode, false) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
               AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
             AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
             AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = d.collection_id)
           ORDER BY d.id DESC LIMIT at_most);
      END IF;
    END IF;
  END IF;
  RETURN QUERY SELECT DISTINCT ids.id FROM (
    SELECT unnest(found) AS id
    UNION ALL
    SELECT g.document_id FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT g.document_id FROM app.live_grants g
       WHERE g.principal_id = m AND g.document_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) AND g.document_id < before
         AND (SELECT app.is_document_live(d.deleted_at, d.status) AND app.counts_document_grants(d.access_mode, d.owner_id = me)
                AND (NOT are_others OR d.owner_id IS DISTINCT FROM me) AND (needle IS NULL OR strpos(app.folded(d.name), needle) > 0)
                AND (SELECT l.deleted_at IS NULL FROM collections l WHERE l.id = d.collection_id)
                FROM documents d WHERE d.id = g.document_id)
       ORDER BY g.principal_id DESC, g.document_id DESC LIMIT at_most) g
  ) ids ORDER BY ids.id DESC LIMIT at_most;
END $$;

-- Ids of the newest live documents of a collection that the actor sees, by name where one is asked for: a bounded walk
-- first, then the index of names.
CREATE FUNCTION app.collection_documents(collection uuid, query text, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  walked CONSTANT integer := 500;
  me uuid := app.live_actor_id();
  is_shared boolean := app.allows(app.collection_mask(collection), app.view_documents());
  needle text := app.folded(query);
  seen integer;
  found uuid[];
BEGIN
  IF needle IS NULL THEN
    RETURN QUERY
      SELECT d.id FROM documents d
       WHERE d.collection_id = collection AND app.is_document_live(d.deleted_at, d.status) AND d.id < before
         AND ((is_shared AND app.counts_collection_grants(d.access_mode, false)) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
           AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
       ORDER BY d.collection_id DESC, d.id DESC LIMIT at_most;
    RETURN;
  END IF;
  SELECT count(*), coalesce(array_agg(w.id ORDER BY w.id DESC) FILTER (WHERE w.is_hit AND ((is_shared AND app.counts_collection_grants(w.access_mode, false))
      OR w.owner_id = me OR (app.counts_document_grants(w.access_mode, false)
        AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = w.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))), '{}') INTO seen, found
    FROM (SELECT d.id, d.owner_id, d.access_mode, strpos(app.folded(d.name), needle) > 0 AS is_hit FROM documents d
           WHERE d.collection_id = collection AND app.is_document_live(d.deleted_at, d.status) AND d.id < before
           ORDER BY d.collection_id DESC, d.id DESC LIMIT walked) w;
  IF cardinality(found) < at_most AND seen = walked THEN
    found := ARRAY(
      SELECT d.id FROM documents d
       WHERE ARRAY[d.collection_id] @> ARRAY[collection] AND app.name_parts(d.name) @> app.wanted_parts(query)
         AND app.is_document_live(d.deleted_at, d.status) AND d.id < before AND strpos(app.folded(d.name), needle) > 0
         AND ((is_shared AND app.counts_collection_grants(d.access_mode, false)) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
           AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
       ORDER BY d.id DESC LIMIT at_most);
  END IF;
  RETURN QUERY SELECT unnest(found) LIMIT at_most;
END $$;

-- Ids of the newest documents in the trash that the actor could bring back: their own, and those they may delete by a
-- grant on the collection.
CREATE FUNCTION app.trashed_documents(collection uuid, query text, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m);
  needle text := app.folded(query);
BEGIN
  RETURN QUERY SELECT DISTINCT ids.id FROM (
    (SELECT d.id FROM documents d
      WHERE d.owner_id = me AND d.deleted_at IS NOT NULL AND d.id < before AND (collection IS NULL OR d.collection_id = collection)
        AND (needle IS NULL OR strpos(app.folded(d.name), needle) > 0)
        AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = d.collection_id)
      ORDER BY d.owner_id DESC, d.id DESC LIMIT at_most)
    UNION ALL
    SELECT d.id FROM (
        SELECT DISTINCT g.collection_id AS id FROM app.live_grants g
         WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.delete_any_documents()) AND (collection IS NULL OR g.collection_id = collection)) c
      CROSS JOIN LATERAL (
        SELECT d.id FROM documents d
         WHERE d.collection_id = c.id AND d.deleted_at IS NOT NULL AND d.id < before AND (needle IS NULL OR strpos(app.folded(d.name), needle) > 0)
           AND app.covers(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), app.view_documents() | app.delete_any_documents())
           AND (SELECT l.deleted_at IS NULL FROM collections l WHERE l.id = d.collection_id)
         ORDER BY d.collection_id DESC, d.id DESC LIMIT at_most) d
  ) ids ORDER BY ids.id DESC LIMIT at_most;
END $$;

-- The parts of a name that a search looks up: every character and every pair of neighbours, folded. Pairs rather than
-- threes, so that words of two signs are found as quickly; any sign counts.
CREATE FUNCTION app.name_parts(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN (SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM (SELECT c AS one, lead(c) OVER () AS next FROM unnest(string_to_array(app.folded(name), NULL)) c) s, LATERAL (VALUES (one), (one || next)) p (part)
   WHERE part IS NOT NULL);
GRANT EXECUTE ON FUNCTION app.name_parts TO sheaf_app;

-- The parts that a name has to have to contain what is searched for: its pairs, or itself when it is one character.
CREATE FUNCTION app.wanted_parts(query text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN CASE WHEN length(app.folded(query)) < 2 THEN ARRAY[app.folded(query)]
    ELSE (SELECT array_agg(DISTINCT substr(app.folded(query), i, 2)) FROM generate_series(1, length(app.folded(query)) - 1) i) END;

-- The key of a document's stored bytes or thumbnail, for those who may view it.
CREATE FUNCTION app.document_key(document uuid, part text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.key FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id
    JOIN objects o ON o.id = CASE part WHEN 'blob' THEN b.object_id WHEN 'thumbnail' THEN d.thumbnail_object_id END
   WHERE d.id = document AND app.allows(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), app.view_documents())
     AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT app.is_visitor()) AND app.link_gives(part)
$$;
GRANT EXECUTE ON FUNCTION app.document_key TO sheaf_app;

-- Locks a document that is there for a change of itself. Looks before and after the lock: nobody waits for a lock, or
-- holds one, on what is not there for them.
CREATE FUNCTION app.demand_document(document uuid) RETURNS documents
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row documents;
BEGIN
  SELECT d.* INTO found_row FROM documents d WHERE d.id = document AND app.is_document_there(d) FOR UPDATE;
  IF found_row.id IS NULL OR NOT app.is_document_there(found_row) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  RETURN found_row;
END $$;

-- Notes the first time that a person opens a document that was shared with them; from then on its people list shows their
-- name.
CREATE FUNCTION app.mark_document_opened(document uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH opened AS (
    UPDATE permissions SET opened_at = now()
     WHERE document_id = document AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL RETURNING id
  )
  INSERT INTO outbox (name, data) SELECT 'grant/opened', jsonb_build_object('grantId', opened.id) FROM opened
$$;
GRANT EXECUTE ON FUNCTION app.mark_document_opened TO sheaf_app;

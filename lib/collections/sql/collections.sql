-- Makes a collection of the actor with their owner's grant, and charges it. Guests have none.
CREATE FUNCTION app.create_collection(title text, about text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made uuid := uuidv7(); me uuid := app.actor_id(); home uuid;
BEGIN
  SELECT u.workspace_id INTO home FROM users u WHERE u.id = me AND u.suspended_at IS NULL AND NOT u.is_external FOR KEY SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'Guests have no collections' USING ERRCODE = 'SH003', DETAIL = 'guest_action'; END IF;
  INSERT INTO collections (id, workspace_id, owner_id, name, description) VALUES (made, home, me, title, about);
  INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, opened_at)
    SELECT me, made, id, me, now() FROM roles WHERE workspace_id IS NULL AND name = 'owner';
  PERFORM app.quota_charge(me, 'collection:' || made, 1, 0, 0);
  PERFORM app.audit('collection.created', 'collection', made, title, NULL, '{}');
  RETURN made;
END $$;
GRANT EXECUTE ON FUNCTION app.create_collection TO sheaf_app;

-- Renames or describes; what is null stays. Whoever knows an older version changes nothing.
CREATE FUNCTION app.update_collection(collection uuid, known_version integer, title text, about text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before collections; mask integer;
BEGIN
  -- nobody waits for a lock, or holds one, who may not see what it is on; what they may is read once it is locked
  SELECT * INTO before FROM collections c WHERE c.id = collection AND app.allows(app.collection_mask(c.id), app.view_documents()) FOR NO KEY UPDATE;
  mask := app.collection_mask(collection);
  IF before.id IS NULL OR NOT app.allows(mask, app.view_documents()) OR (before.deleted_at IS NOT NULL AND NOT app.covers(mask, app.manage_permissions() | app.delete_any_documents())) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF NOT app.allows(mask, app.edit_documents()) THEN PERFORM app.refuse_action(collection, NULL, 'edit_documents'); END IF;
  IF before.version <> known_version THEN RAISE EXCEPTION 'Stale version' USING ERRCODE = 'SH005', DETAIL = 'stale_version'; END IF;
  UPDATE collections c SET name = coalesce(title, c.name), description = coalesce(about, c.description), version = c.version + 1, updated_at = now()
   WHERE c.id = collection;
  PERFORM app.audit('collection.updated', 'collection', collection, coalesce(title, before.name), NULL, jsonb_build_object(
    'previous', jsonb_build_object('name', before.name, 'description', before.description),
    'new', jsonb_strip_nulls(jsonb_build_object('name', title, 'description', about))));
END $$;
GRANT EXECUTE ON FUNCTION app.update_collection TO sheaf_app;

-- Moves a collection to the trash or back. Repeating changes nothing.
CREATE FUNCTION app.set_collection_trashed(collection uuid, trashed boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections := app.demand_collection(collection, app.manage_permissions() | app.delete_any_documents());
BEGIN
  IF (found_row.deleted_at IS NOT NULL) = trashed THEN RETURN; END IF;
  UPDATE collections SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = collection;
  PERFORM app.audit(CASE WHEN trashed THEN 'collection.trashed' ELSE 'collection.restored' END, 'collection', collection, found_row.name, NULL, '{}');
END $$;
GRANT EXECUTE ON FUNCTION app.set_collection_trashed TO sheaf_app;

-- Deletes a collection for good, with everybody's documents in it. Owners come in the
-- order of their ids, and each one's documents, blobs and counters are locked in that order.
CREATE FUNCTION app.purge_collection(collection uuid) RETURNS void
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
GRANT EXECUTE ON FUNCTION app.purge_collection TO sheaf_app;

-- The ids of a page of the actor's collections, newest first, before one of them: those they own, those others gave them, or those
-- in the trash that they could bring back. Costs what the page costs, however many collections there are. What is open to
-- everyone is in no list.
CREATE FUNCTION app.list_collections(scope text, before uuid, at_most integer) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
BEGIN
  PERFORM app.demand_actor();
  IF scope = 'owned' THEN
    RETURN ARRAY(SELECT c.id FROM collections c WHERE c.owner_id = me AND c.deleted_at IS NULL AND c.id < before
      ORDER BY c.owner_id DESC, c.id DESC LIMIT at_most);
  ELSIF scope = 'trashed' THEN
    RETURN ARRAY(SELECT c.id FROM collections c
      WHERE c.deleted_at IS NOT NULL AND c.id < before
        AND CASE WHEN c.id IN (SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()))
          THEN app.covers(app.collection_mask(c.id), app.delete_any_documents() | app.manage_permissions()) ELSE false END
      ORDER BY c.id DESC LIMIT at_most);
  ELSE
    RETURN ARRAY(SELECT DISTINCT g.collection_id FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT g.collection_id FROM app.live_grants g
       WHERE g.principal_id = m AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) AND g.collection_id < before
         AND (SELECT c.deleted_at IS NULL AND (scope = 'all' OR c.owner_id IS DISTINCT FROM me) FROM collections c WHERE c.id = g.collection_id)
       ORDER BY g.principal_id DESC, g.collection_id DESC LIMIT at_most) g ORDER BY g.collection_id DESC LIMIT at_most);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.list_collections TO sheaf_app;

-- The ids of the collections that the actor may add documents to, by name, as far as a part of it is asked for: somebody
-- looks for one among all that they have, so all of them are gone through.
CREATE FUNCTION app.writable_collections(query text, at_most integer) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
  needle text := app.folded(nullif(query, ''));
BEGIN
  PERFORM app.demand_actor();
  RETURN ARRAY(SELECT c.id FROM collections c
    WHERE c.deleted_at IS NULL AND (needle IS NULL OR strpos(app.folded(c.name), needle) > 0)
      AND c.id IN (SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL
        GROUP BY g.collection_id HAVING app.covers(bit_or(g.mask), app.view_documents() | app.create_documents()))
    ORDER BY app.folded(c.name), c.id LIMIT at_most);
END $$;
GRANT EXECUTE ON FUNCTION app.writable_collections TO sheaf_app;

-- What lists show of collections that the actor may view or owns: their mask, a bounded count of the documents they see,
-- and a few faces, in the order of the ids. Faces of others only for those who may edit or manage.
CREATE FUNCTION app.collection_cards(ids uuid[], counted integer, faces integer)
  RETURNS TABLE (id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz, mask integer, document_count integer, people json, is_own_workspace boolean,
    is_shared boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  SELECT c.id, c.name, c.description, c.visibility, c.owner_id, u.name, c.version, c.created_at, c.updated_at, c.deleted_at, mine.mask,
    (SELECT count(*)::integer FROM (SELECT FROM documents d
       WHERE d.collection_id = c.id AND app.is_document_live(d.deleted_at, d.status)
         AND ((app.allows(mine.mask, app.view_documents()) AND app.counts_collection_grants(d.access_mode, false))
           OR d.owner_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system())
           OR (app.counts_document_grants(d.access_mode, false)
             AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
       LIMIT counted) d),
    (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name)), '[]') FROM (
      SELECT v.id, v.name FROM permissions p JOIN users v ON v.id = p.user_id
       WHERE p.collection_id = c.id AND app.is_grant_live(p.deleted_at, p.expires_at)
         AND NOT (SELECT app.is_visitor()) AND app.allows(mine.mask, app.view_documents())
         AND (p.user_id IN (c.owner_id, (SELECT app.actor_id()))
           OR (p.opened_at IS NOT NULL AND app.allows(mine.mask, app.edit_documents() | app.manage_permissions())))
       ORDER BY v.id <> c.owner_id, p.granted_at, v.id LIMIT faces) p),
    coalesce(c.workspace_id = (SELECT app.actor_workspace()), false),
    -- whoever is not its owner sees that somebody else is in
    c.owner_id IS DISTINCT FROM (SELECT app.actor_id())
      OR EXISTS (SELECT FROM permissions p WHERE p.collection_id = c.id AND p.principal_id <> c.owner_id
                    AND num_nonnulls(p.user_id, p.group_id, p.link_id) = 1 AND app.is_grant_live(p.deleted_at, p.expires_at))
      OR EXISTS (SELECT FROM invitations i WHERE i.collection_id = c.id AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at))
    FROM unnest(ids) WITH ORDINALITY i (id, place) JOIN collections c ON c.id = i.id JOIN users u ON u.id = c.owner_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN (SELECT app.is_system()) THEN app.all_permissions() ELSE coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
        WHERE g.collection_id = c.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0) END OFFSET 0) mine (mask)
   WHERE app.allows(mine.mask, app.view_documents()) OR c.owner_id = (SELECT app.live_actor_id()) ORDER BY i.place
$$;
GRANT EXECUTE ON FUNCTION app.collection_cards TO sheaf_app;

-- Locks a collection and demands these permissions on it. Looks before and after the lock: nobody waits for a lock, or
-- holds one, on what is not there for them. What is in the trash is there only for those who have all of them.
CREATE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer;
BEGIN
  SELECT * INTO found_row FROM collections c WHERE c.id = collection AND app.allows(app.collection_mask(c.id), app.view_documents())
     AND (c.deleted_at IS NULL OR app.covers(app.collection_mask(c.id), wanted)) FOR UPDATE;
  mask := app.collection_mask(collection);
  IF found_row.id IS NULL OR NOT app.allows(mask, app.view_documents()) OR (found_row.deleted_at IS NOT NULL AND NOT app.covers(mask, wanted)) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF NOT app.covers(mask, wanted) THEN
    PERFORM app.refuse_action(collection, NULL, CASE WHEN app.allows(wanted, app.manage_permissions()) THEN 'manage_permissions' END);
  END IF;
  RETURN found_row;
END $$;

-- The newest live documents of some collections that the actor sees by a grant on them, before one of them. First a few
-- of each: the last that would be on a page of those alone bounds what else has to be read.
CREATE FUNCTION app.newest_in(given uuid[], are_others boolean, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  few CONSTANT integer := 1 + at_most / greatest(cardinality(given), 1);
BEGIN
  RETURN QUERY
  WITH newest AS MATERIALIZED (
    SELECT c.id AS collection_id, top.id FROM unnest(given) c (id) CROSS JOIN LATERAL (
      SELECT d.id FROM documents d
       WHERE d.collection_id = c.id AND app.is_document_live(d.deleted_at, d.status) AND d.id < before
         AND (app.counts_collection_grants(d.access_mode, false) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
           AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
         AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
       ORDER BY d.collection_id DESC, d.id DESC LIMIT few) top
     ORDER BY top.id DESC LIMIT at_most)
  SELECT d.id FROM (SELECT DISTINCT n.collection_id FROM newest n) n CROSS JOIN LATERAL (
    SELECT d.id FROM documents d
     WHERE d.collection_id = n.collection_id AND app.is_document_live(d.deleted_at, d.status) AND d.id < before
       AND d.id >= coalesce((SELECT f.id FROM newest f ORDER BY f.id DESC OFFSET at_most - 1 LIMIT 1), '00000000-0000-0000-0000-000000000000')
       AND (app.counts_collection_grants(d.access_mode, false) OR d.owner_id = me OR (app.counts_document_grants(d.access_mode, false)
         AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
       AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
     ORDER BY d.collection_id DESC, d.id DESC LIMIT at_most) d
   ORDER BY d.id DESC LIMIT at_most;
END $$;

-- Notes the first time that a person opens a collection that was shared with them; from then on the share dialog shows
-- their name.
CREATE FUNCTION app.mark_opened(collection uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH opened AS (
    UPDATE permissions SET opened_at = now()
     WHERE collection_id = collection AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL RETURNING id
  )
  INSERT INTO outbox (name, data) SELECT 'grant/opened', jsonb_build_object('grantId', opened.id) FROM opened
$$;
GRANT EXECUTE ON FUNCTION app.mark_opened TO sheaf_app;

-- Nothing of a suspended owner is public: a grant to everyone has ended as long as its collection's owner is suspended.
-- The share lock makes a grant wait for a suspension under way; one that came first is found by owner_suspended.
CREATE FUNCTION app.everyone_granted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE owner_suspended timestamptz;
BEGIN
  SELECT u.suspended_at INTO owner_suspended FROM users u JOIN collections c ON c.owner_id = u.id WHERE c.id = NEW.collection_id FOR SHARE OF u;
  IF owner_suspended IS NOT NULL THEN NEW.expires_at := statement_timestamp(); END IF;
  RETURN NEW;
END $$;

-- Ends the grants to everyone on what a suspended person owns, and takes that back when they return.
CREATE FUNCTION app.owner_suspended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE permissions p SET expires_at = CASE WHEN NEW.suspended_at IS NOT NULL THEN statement_timestamp() END FROM collections c
   WHERE c.owner_id = NEW.id AND p.collection_id = c.id AND p.is_everyone AND p.deleted_at IS NULL;
  RETURN NULL;
END $$;

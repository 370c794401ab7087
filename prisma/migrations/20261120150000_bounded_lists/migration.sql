-- Pages of documents and collections. Each is one call of a function that decides who sees what exactly as the policies
-- do, and takes about the same time however much there is and however much of it the actor may see. Under the policies
-- alone a list of somebody who sees little reads past all they do not see, and functions that are not leakproof (names
-- searched by index) come after the policy has looked at every row.

-- --- indexes ---------------------------------------------------------------------------------------------------
-- Everybody's live documents from new to old, with what decides who sees them and what they are called.
CREATE INDEX documents_newest ON documents (id) INCLUDE (collection_id, owner_id, access_mode, name) WHERE deleted_at IS NULL AND status <> 'pending';
-- Those of them that a grant on their collection does not open.
CREATE INDEX documents_apart ON documents (collection_id) INCLUDE (id, owner_id, access_mode)
  WHERE deleted_at IS NULL AND status <> 'pending' AND access_mode IN ('private', 'invite');
-- The trash, by whose it is and by where it lies.
CREATE INDEX documents_trashed_owner ON documents (owner_id, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX documents_trashed_collection ON documents (collection_id, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX collections_trashed ON collections (id) WHERE deleted_at IS NOT NULL;
-- Those who opened what was shared with them, in the order in which their faces are shown.
CREATE INDEX permissions_known ON permissions (collection_id, granted_at, user_id) INCLUDE (expires_at)
  WHERE deleted_at IS NULL AND opened_at IS NOT NULL AND user_id IS NOT NULL AND collection_id IS NOT NULL;

-- The parts of a name that a search looks up: every character and every pair of neighbours, without case. Pairs rather
-- than threes, so that words of two signs are found as quickly, and any sign counts, emoji too.
CREATE FUNCTION app.name_parts(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN (SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM (SELECT c AS one, lead(c) OVER () AS next FROM unnest(string_to_array(lower(name), NULL)) c) s, LATERAL (VALUES (one), (one || next)) p (part)
   WHERE part IS NOT NULL);
-- The same of what is searched for: its pairs, or itself when it is one character.
CREATE FUNCTION app.wanted_parts(query text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN CASE WHEN length(lower(query)) < 2 THEN ARRAY[lower(query)]
    ELSE (SELECT array_agg(DISTINCT substr(lower(query), i, 2)) FROM generate_series(1, length(lower(query)) - 1) i) END;
-- Names by place: a search in one collection reads of common parts only what lies in it. Little waits outside of the
-- tree, as every search reads all of that.
CREATE INDEX documents_names ON documents USING gin ((ARRAY[collection_id]), (app.name_parts(name)))
  WITH (gin_pending_list_limit = 256) WHERE deleted_at IS NULL AND status <> 'pending';

-- --- what the actor was given ----------------------------------------------------------------------------------
-- As in my_collection_grants and my_document_grants, by principal: so that each one's newest can be read from its index.
CREATE VIEW app.my_principals AS SELECT up.principal_id FROM user_principals up WHERE up.user_id = (SELECT app.actor_id());
CREATE VIEW app.live_grants AS
  SELECT p.principal_id, p.collection_id, p.document_id, p.mask FROM permissions p
   WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));

-- The newest live documents of some collections that the actor sees by a grant on them, before one of them. First a few of
-- each: the last that would still be on a page of those alone bounds what else has to be read.
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
       WHERE d.collection_id = c.id AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before
         AND (d.access_mode IN ('collection', 'link') OR d.owner_id = me OR (d.access_mode = 'invite'
           AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
         AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
       ORDER BY d.collection_id DESC, d.id DESC LIMIT few) top
     ORDER BY top.id DESC LIMIT at_most)
  SELECT d.id FROM (SELECT DISTINCT n.collection_id FROM newest n) n CROSS JOIN LATERAL (
    SELECT d.id FROM documents d
     WHERE d.collection_id = n.collection_id AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before
       AND d.id >= coalesce((SELECT f.id FROM newest f ORDER BY f.id DESC OFFSET at_most - 1 LIMIT 1), '00000000-0000-0000-0000-000000000000')
       AND (d.access_mode IN ('collection', 'link') OR d.owner_id = me OR (d.access_mode = 'invite'
         AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
       AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
     ORDER BY d.collection_id DESC, d.id DESC LIMIT at_most) d
   ORDER BY d.id DESC LIMIT at_most;
END $$;

-- The newest live documents in collections that the actor was given (not by everyone, which is unlisted), or that they were
-- given singly, before one of them; of others only when asked; whose names hold `query` when there is one. Few collections
-- are asked for their newest, one by one. With many, what they see lies so dense among everybody's documents that going
-- through those from the newest finds a page soon; how far is bounded, and then the collections are asked after all. A name
-- that is not among the newest is looked up.
CREATE FUNCTION app.given_documents(are_others boolean, query text, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  few CONSTANT integer := 100;      -- collections are asked one by one
  hashed CONSTANT integer := 4000;  -- the ids of the collections are read first
  budget integer := CASE WHEN query IS NULL THEN 8000 ELSE 4000 END;  -- documents gone through; at most a quarter of them read
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
  needle text := lower(query);
  size integer;
  given uuid[];
  found uuid[] := '{}';
  is_all boolean := false;
BEGIN
  SELECT count(*) INTO size FROM (
    SELECT FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT FROM app.live_grants g WHERE g.principal_id = m AND g.collection_id IS NOT NULL AND g.mask & 1 <> 0 LIMIT hashed + 1) g LIMIT hashed + 1) c;
  WHILE size > few LOOP
    found := ARRAY(
      SELECT d.id FROM (
        SELECT n.* FROM (
          SELECT d.id, d.collection_id, d.owner_id, d.access_mode, d.name FROM documents d
           WHERE d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before ORDER BY d.id DESC
           LIMIT CASE WHEN size > hashed THEN budget / 4 ELSE budget END) n
         WHERE CASE WHEN size > hashed THEN
             (SELECT true FROM app.live_grants g WHERE g.collection_id = n.collection_id AND g.principal_id = ANY (mine) AND g.mask & 1 <> 0 LIMIT 1)
           ELSE n.collection_id IN (
             SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND g.mask & 1 <> 0) END
         ORDER BY n.id DESC LIMIT budget / 4) d
       -- by the case, so that what costs more comes after what costs less
       WHERE CASE WHEN needle IS NULL OR strpos(lower(d.name), needle) > 0 THEN
             (d.access_mode IN ('collection', 'link') OR d.owner_id = me OR (d.access_mode = 'invite'
               AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
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
    is_all := NOT EXISTS (SELECT FROM documents d WHERE d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before
      ORDER BY d.id DESC OFFSET budget / 4);
  END IF;
  IF cardinality(found) < at_most AND size > 0 AND NOT is_all THEN
    IF needle IS NULL OR size <= few THEN
      given := ARRAY(SELECT DISTINCT g.collection_id FROM app.live_grants g
        WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND g.mask & 1 <> 0
          AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = g.collection_id));
    END IF;
    IF needle IS NULL THEN
      found := ARRAY(SELECT app.newest_in(given, are_others, before, at_most));
    ELSIF size <= few THEN
      found := ARRAY(SELECT app.newest_in(given, are_others, before, at_most * 4));
      is_all := cardinality(found) < at_most * 4;
      found := ARRAY(SELECT d.id FROM unnest(found) f (id) JOIN documents d ON d.id = f.id WHERE strpos(lower(d.name), needle) > 0
        ORDER BY d.id DESC LIMIT at_most);
    END IF;
    IF needle IS NOT NULL AND cardinality(found) < at_most AND NOT is_all THEN
      IF size <= few THEN
        found := ARRAY(
          SELECT d.id FROM documents d
           WHERE ARRAY[d.collection_id] && given AND app.name_parts(d.name) @> app.wanted_parts(query)
             AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before AND strpos(lower(d.name), needle) > 0
             AND (d.access_mode IN ('collection', 'link') OR d.owner_id = me OR (d.access_mode = 'invite'
               AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
             AND (NOT are_others OR d.owner_id IS DISTINCT FROM me)
           ORDER BY d.id DESC LIMIT at_most);
      ELSE
        found := ARRAY(
          SELECT d.id FROM documents d
           WHERE app.name_parts(d.name) @> app.wanted_parts(query)
             AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before AND strpos(lower(d.name), needle) > 0
             AND (SELECT true FROM app.live_grants g WHERE g.collection_id = d.collection_id AND g.principal_id = ANY (mine) AND g.mask & 1 <> 0 LIMIT 1)
             AND (d.access_mode IN ('collection', 'link') OR d.owner_id = me OR (d.access_mode = 'invite'
               AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
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
       WHERE g.principal_id = m AND g.document_id IS NOT NULL AND g.mask & 1 <> 0 AND g.document_id < before
         AND (SELECT d.deleted_at IS NULL AND d.status <> 'pending' AND (d.access_mode <> 'private' OR d.owner_id = me)
                AND (NOT are_others OR d.owner_id IS DISTINCT FROM me) AND (needle IS NULL OR strpos(lower(d.name), needle) > 0)
                AND (SELECT l.deleted_at IS NULL FROM collections l WHERE l.id = d.collection_id)
                FROM documents d WHERE d.id = g.document_id)
       ORDER BY g.principal_id DESC, g.document_id DESC LIMIT at_most) g
  ) ids ORDER BY ids.id DESC LIMIT at_most;
END $$;

-- The newest live documents of one collection that the actor may see, before one of them, whose names hold `query` when
-- there is one. A name that is not among the newest is looked up.
CREATE FUNCTION app.collection_documents(collection uuid, query text, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  walked CONSTANT integer := 500;
  me uuid := app.live_actor_id();
  is_shared boolean := app.collection_mask(collection) & 1 <> 0;
  needle text := lower(query);
  seen integer;
  found uuid[];
BEGIN
  IF needle IS NULL THEN
    RETURN QUERY
      SELECT d.id FROM documents d
       WHERE d.collection_id = collection AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before
         AND ((is_shared AND d.access_mode IN ('collection', 'link')) OR d.owner_id = me OR (d.access_mode <> 'private'
           AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
       ORDER BY d.collection_id DESC, d.id DESC LIMIT at_most;
    RETURN;
  END IF;
  SELECT count(*), coalesce(array_agg(w.id ORDER BY w.id DESC) FILTER (WHERE w.is_hit AND ((is_shared AND w.access_mode IN ('collection', 'link'))
      OR w.owner_id = me OR (w.access_mode <> 'private'
        AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = w.id AND g.mask & 1 <> 0 LIMIT 1)))), '{}') INTO seen, found
    FROM (SELECT d.id, d.owner_id, d.access_mode, strpos(lower(d.name), needle) > 0 AS is_hit FROM documents d
           WHERE d.collection_id = collection AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before
           ORDER BY d.collection_id DESC, d.id DESC LIMIT walked) w;
  IF cardinality(found) < at_most AND seen = walked THEN
    found := ARRAY(
      SELECT d.id FROM documents d
       WHERE ARRAY[d.collection_id] @> ARRAY[collection] AND app.name_parts(d.name) @> app.wanted_parts(query)
         AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.id < before AND strpos(lower(d.name), needle) > 0
         AND ((is_shared AND d.access_mode IN ('collection', 'link')) OR d.owner_id = me OR (d.access_mode <> 'private'
           AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1)))
       ORDER BY d.id DESC LIMIT at_most);
  END IF;
  RETURN QUERY SELECT unnest(found) LIMIT at_most;
END $$;

-- What the actor may bring back or delete for good: their own, and what lies where they may delete anything. Not what
-- went with its whole collection.
CREATE FUNCTION app.trashed_documents(collection uuid, query text, before uuid, at_most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m);
  needle text := lower(query);
BEGIN
  RETURN QUERY SELECT DISTINCT ids.id FROM (
    (SELECT d.id FROM documents d
      WHERE d.owner_id = me AND d.deleted_at IS NOT NULL AND d.id < before AND (collection IS NULL OR d.collection_id = collection)
        AND (needle IS NULL OR strpos(lower(d.name), needle) > 0)
        AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = d.collection_id)
      ORDER BY d.owner_id DESC, d.id DESC LIMIT at_most)
    UNION ALL
    SELECT d.id FROM (
        SELECT DISTINCT g.collection_id AS id FROM app.live_grants g
         WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND g.mask & 16 <> 0 AND (collection IS NULL OR g.collection_id = collection)) c
      CROSS JOIN LATERAL (
        SELECT d.id FROM documents d
         WHERE d.collection_id = c.id AND d.deleted_at IS NOT NULL AND d.id < before AND (needle IS NULL OR strpos(lower(d.name), needle) > 0)
           AND app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) & 17 = 17
           AND (SELECT l.deleted_at IS NULL FROM collections l WHERE l.id = d.collection_id)
         ORDER BY d.collection_id DESC, d.id DESC LIMIT at_most) d
  ) ids ORDER BY ids.id DESC LIMIT at_most;
END $$;

-- Documents with all that a list shows of them, as the actor sees them and with their mask; without those they may not see.
CREATE FUNCTION app.document_cards(ids uuid[])
  RETURNS TABLE (id uuid, collection_id uuid, name text, content_type text, size_bytes bigint, status text, problem text, progress integer,
    page_count integer, has_thumbnail boolean, access_mode text, owner_id uuid, owner_name text, mask integer, version integer,
    created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  WITH shown AS MATERIALIZED (
    SELECT d.* FROM unnest(ids) i (id) JOIN documents d ON d.id = i.id
  ), around AS MATERIALIZED (
    SELECT c.id, coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
        WHERE g.collection_id = c.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0) AS mask
      FROM (SELECT DISTINCT s.collection_id AS id FROM shown s) c
  )
  SELECT d.id, d.collection_id, d.name, d.content_type, d.size_bytes, d.status, d.problem, d.progress, d.page_count,
         d.thumbnail_object_id IS NOT NULL, d.access_mode, d.owner_id, u.name, m.mask, d.version, d.created_at, d.updated_at, d.deleted_at
    FROM shown d JOIN around a ON a.id = d.collection_id JOIN users u ON u.id = d.owner_id CROSS JOIN LATERAL (
      SELECT CASE WHEN (SELECT app.is_system()) THEN 8191 ELSE
          CASE WHEN d.owner_id = (SELECT app.live_actor_id()) THEN CASE WHEN d.access_mode = 'private' THEN 13 ELSE 9 END ELSE 0 END
        | CASE WHEN d.access_mode IN ('collection', 'link') THEN a.mask ELSE 0 END
        | CASE WHEN d.access_mode <> 'private' THEN coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
            WHERE g.document_id = d.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0) ELSE 0 END END
      OFFSET 0) m (mask)
   WHERE m.mask & 1 <> 0 AND ((d.deleted_at IS NULL AND d.status <> 'pending') OR NOT (SELECT app.is_visitor())) ORDER BY d.id DESC
$$;

-- --- pages -----------------------------------------------------------------------------------------------------
-- These are asked by somebody, never by the system or without a context.
CREATE FUNCTION app.demand_actor() RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF app.actor_id() IS NULL OR app.is_system() THEN RAISE EXCEPTION 'Nobody asks' USING ERRCODE = 'SH003', DETAIL = 'actor'; END IF;
END $$;

-- A page of documents, newest first, before one of them: of one collection (refused when the actor may not see it), of
-- the trash, or of what they were given (`recent`, `live`; `shared`: of other people).
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
         AND (app.collection_mask(collection) & 1 <> 0 OR c.owner_id = app.live_actor_id())) THEN
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

-- Collections with all that a card shows, as the actor sees them: their mask, how many documents they see there (counting
-- stops at `counted`), and the first `faces` people: its owner, themselves, and, for those who may change or share it,
-- others who opened it. Without those that they may not see.
CREATE FUNCTION app.collection_cards(ids uuid[], counted integer, faces integer)
  RETURNS TABLE (id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz, mask integer, document_count integer, people json)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
  SELECT c.id, c.name, c.description, c.visibility, c.owner_id, u.name, c.version, c.created_at, c.updated_at, c.deleted_at, mine.mask,
    CASE WHEN mine.mask & 1 <> 0 THEN least(counted, apart.seen + (SELECT count(*) FROM (
        SELECT FROM documents d WHERE d.collection_id = c.id AND d.deleted_at IS NULL AND d.status <> 'pending' LIMIT counted + apart.present) d) - apart.present)::integer
      ELSE (SELECT count(*)::integer FROM (
        SELECT FROM documents d WHERE d.collection_id = c.id AND d.deleted_at IS NULL AND d.status <> 'pending' AND (d.owner_id = (SELECT app.live_actor_id())
          OR (d.access_mode <> 'private' AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1))) LIMIT counted) d) END,
    (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name)), '[]') FROM (
      SELECT v.id, v.name FROM (
          SELECT p.user_id, p.granted_at FROM permissions p
           WHERE p.collection_id = c.id AND p.principal_id IN (c.owner_id, (SELECT app.actor_id())) AND p.user_id IS NOT NULL
             AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
          UNION
          (SELECT p.user_id, p.granted_at FROM permissions p
            WHERE p.collection_id = c.id AND mine.mask & 516 <> 0 AND p.user_id IS NOT NULL AND p.opened_at IS NOT NULL
              AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
            ORDER BY p.collection_id, p.granted_at, p.user_id LIMIT faces)) p
        JOIN users v ON v.id = p.user_id
       WHERE NOT (SELECT app.is_visitor()) AND mine.mask & 1 <> 0
       ORDER BY v.id <> c.owner_id, p.granted_at, v.id LIMIT faces) p)
    FROM unnest(ids) i (id) JOIN collections c ON c.id = i.id JOIN users u ON u.id = c.owner_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN (SELECT app.is_system()) THEN 8191 ELSE coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
        WHERE g.collection_id = c.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0) END OFFSET 0) mine (mask)
    -- what the collection's grants do not open is counted by itself, so that the rest is counted without a look at it
    CROSS JOIN LATERAL (
      SELECT count(*) AS present, count(*) FILTER (WHERE d.owner_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system()) OR (d.access_mode = 'invite'
          AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 LIMIT 1))) AS seen
        FROM documents d WHERE d.collection_id = c.id AND d.deleted_at IS NULL AND d.status <> 'pending' AND d.access_mode IN ('private', 'invite')) apart
   WHERE mine.mask & 1 <> 0 OR c.owner_id = (SELECT app.live_actor_id()) ORDER BY c.id DESC
$$;

-- A page of collections, newest first, before one of them: `owned`, `shared` (given, of others), `all` (given) or
-- `trashed` (given, and may be brought back).
CREATE FUNCTION app.list_collections(scope text, before uuid, at_most integer, counted integer, faces integer)
  RETURNS TABLE (id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz, mask integer, document_count integer, people json)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
  ids uuid[];
BEGIN
  PERFORM app.demand_actor();
  IF scope = 'owned' THEN
    ids := ARRAY(SELECT c.id FROM collections c WHERE c.owner_id = me AND c.deleted_at IS NULL AND c.id < before
      ORDER BY c.owner_id DESC, c.id DESC LIMIT at_most);
  ELSIF scope = 'trashed' THEN
    ids := ARRAY(SELECT c.id FROM collections c
      WHERE c.deleted_at IS NOT NULL AND c.id < before
        AND CASE WHEN c.id IN (SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND g.mask & 1 <> 0)
          THEN app.collection_mask(c.id) & 528 = 528 ELSE false END
      ORDER BY c.id DESC LIMIT at_most);
  ELSE
    ids := ARRAY(SELECT DISTINCT g.collection_id FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT g.collection_id FROM app.live_grants g
       WHERE g.principal_id = m AND g.collection_id IS NOT NULL AND g.mask & 1 <> 0 AND g.collection_id < before
         AND (SELECT c.deleted_at IS NULL AND (scope = 'all' OR c.owner_id IS DISTINCT FROM me) FROM collections c WHERE c.id = g.collection_id)
       ORDER BY g.principal_id DESC, g.collection_id DESC LIMIT at_most) g ORDER BY g.collection_id DESC LIMIT at_most);
  END IF;
  RETURN QUERY SELECT * FROM app.collection_cards(ids, counted, faces);
END $$;

REVOKE ALL ON FUNCTION app.name_parts, app.wanted_parts, app.newest_in, app.given_documents, app.collection_documents, app.trashed_documents,
  app.document_cards, app.collection_cards, app.demand_actor, app.list_documents, app.list_collections FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.name_parts, app.collection_cards, app.list_documents, app.list_collections TO sheaf_app;
-- Said by collection_cards now.
DROP FUNCTION app.collection_people;

-- One word that is searched for, and the keys of entries that have it: in the name, or in the text.
CREATE TYPE app.search_term AS (term text, is_last boolean, name_keys text[], text_keys text[]);

-- The words of a query, at most eight. In names each may be the beginning of a word, in texts the last one may, from three
-- letters on; any may be another form of the word in one of the languages. With `is_close` words that are written nearly so
-- are looked for, too.
CREATE FUNCTION app.search_terms(query text, is_close boolean) RETURNS SETOF app.search_term
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  completed CONSTANT integer := 100;
  words text[] := ARRAY(SELECT left(p.token, app.longest_word()) FROM ts_parse('default', app.searchable(query)) WITH ORDINALITY p (tokid, token, n)
    WHERE p.tokid NOT IN (12, 13) ORDER BY p.n LIMIT 8);
  parts text[] := ARRAY(SELECT part FROM unnest(words) WITH ORDINALITY w (word, n),
    unnest(CASE WHEN app.is_unspaced(word) THEN app.sign_pairs(word) ELSE ARRAY[word] END) part ORDER BY n LIMIT 8);
  found app.search_term;
  others text[];
BEGIN
  FOR i IN 1..cardinality(parts) LOOP
    CONTINUE WHEN parts[i] = ANY (parts[:i - 1]);
    found.term := parts[i];
    found.is_last := i = cardinality(parts) AND NOT app.is_unspaced(parts[i]);
    others := '{}';
    IF length(found.term) > 5 THEN
      others := ARRAY(SELECT w.word FROM search_words w WHERE w.word >= found.term COLLATE "C" AND w.word < found.term || U&'\+10FFFF' COLLATE "C" ORDER BY w.word LIMIT completed);
    END IF;
    IF is_close AND length(found.term) > 3 AND found.term !~ '\d' AND NOT app.is_unspaced(found.term) THEN
      others := others || ARRAY(SELECT w.word FROM search_words w WHERE w.word % found.term AND abs(length(w.word) - length(found.term)) <= 2 AND similarity(w.word, found.term) >= 0.35 ORDER BY similarity(w.word, found.term) DESC, w.word LIMIT 8);
    END IF;
    found.name_keys := ARRAY(SELECT '^' || word FROM unnest(found.term || others) word);
    IF length(found.term) <= 5 THEN found.name_keys := found.name_keys || ('^' || found.term || '*'); END IF;
    found.text_keys := found.term || ARRAY(SELECT key FROM unnest(app.stemmed_languages()) language, app.stem_of(language, found.term) stem,
      LATERAL (VALUES (stem), ('~' || language || ':' || stem)) k (key) WHERE stem IS NOT NULL);
    IF found.is_last OR is_close THEN
      found.text_keys := found.text_keys || others;
      IF found.is_last AND length(found.term) BETWEEN 3 AND 5 THEN found.text_keys := found.text_keys || (found.term || '*'); END IF;
    END IF;
    RETURN NEXT found;
  END LOOP;
END $$;

-- The keys of each term, for the names of entries and for all they hold.
CREATE FUNCTION app.name_key_sets(terms app.search_term[]) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp
  RETURN (SELECT jsonb_agg(to_jsonb(t.name_keys)) FROM unnest(terms) t);
CREATE FUNCTION app.text_key_sets(terms app.search_term[]) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp
  RETURN (SELECT jsonb_agg(to_jsonb(t.name_keys || t.text_keys)) FROM unnest(terms) t);

-- Whether each term is the beginning of a word of a name, or a word that is as good.
CREATE FUNCTION app.is_named(name_words text[], terms app.search_term[]) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp
  RETURN NOT EXISTS (SELECT FROM unnest(terms) t
    WHERE NOT EXISTS (SELECT FROM unnest(name_words) word WHERE starts_with(word, t.term) OR '^' || word = ANY (t.name_keys)));

-- The words of a name or text that the terms stand for, and the part of the text that has most of the terms, the first of
-- these.
CREATE FUNCTION app.search_marks(name_words text[], words tsvector, language text, terms app.search_term[], OUT name_marks text[], OUT text_marks text[], OUT part integer)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  WITH hits AS MATERIALIZED (
    SELECT t.term, w.lexeme, w.positions FROM unnest(words) w, unnest(terms) t
     WHERE w.lexeme = ANY (t.text_keys) OR (t.is_last AND length(t.term) > 2 AND starts_with(w.lexeme, t.term))
        OR (language IS NOT NULL AND left(w.lexeme, 2) = left(t.term, 2) AND '~' || language || ':' || app.stem_of(language, w.lexeme) = ANY (t.text_keys))
  )
  SELECT ARRAY(SELECT DISTINCT word FROM unnest(name_words) word, unnest(terms) t WHERE starts_with(word, t.term) OR '^' || word = ANY (t.name_keys)),
         ARRAY(SELECT DISTINCT lexeme FROM hits),
         (SELECT at FROM hits, unnest(hits.positions) at GROUP BY at ORDER BY count(DISTINCT hits.term) DESC, at LIMIT 1)
$$;

-- Entries of the actor's, from the newest before a place: each has all of these keys and one of each set, and is not named
-- by `but`. Looks at so many entries at most that a call takes about the same time whatever is asked and whoever asks;
-- `resumes` says where to go on, null at the end. `near` are the collections and `single` the documents that grants open to the
-- actor, null where there are many: then each is asked about. Only the index of keys can answer: no other is of `place + 0`, and
-- going through all entries would compute the keys of each.
CREATE FUNCTION app.walk_entries(wanted text, key_sets jsonb, but app.search_term[], principals uuid[], near uuid[], single uuid[], before bigint, at_most integer,
    OUT ids uuid[], OUT resumes bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  budget integer := 3000;
  me uuid := app.live_actor_id();
  upper bigint := coalesce(before, (SELECT max(e.place) + 1 FROM search_entries e));
  -- collections and people are few among documents
  size integer := CASE WHEN wanted IN ('%collection', '%person') THEN 2 ELSE 1 END;
  places bigint[];
  seen uuid[];
  found_places bigint[] := '{}';
  looked integer;
  conditions text := (SELECT string_agg(format('AND app.search_keys(e.place, e.kind, e.inside, e.owner_id, e.document_id, e.name_words, e.words, e.language) && %L::text[]',
      ARRAY(SELECT jsonb_array_elements_text(s.keys))), ' ') FROM jsonb_array_elements(key_sets) s (keys));
  hit record;
BEGIN
  ids := '{}';
  WHILE upper > 0 AND budget > 0 LOOP
    EXECUTE format('SELECT array_agg(h.place), array_agg(h.id) FROM (
        SELECT e.place, coalesce(e.document_id, e.collection_id, e.user_id) AS id FROM search_entries e
         WHERE app.search_keys(e.place, e.kind, e.inside, e.owner_id, e.document_id, e.name_words, e.words, e.language) @> ARRAY[%L, %L] %s
           AND e.place + 0 < $1 ORDER BY e.place + 0 DESC LIMIT $2) h',
        wanted, '#' || size || ':' || app.search_window(upper - 1, size), conditions)
      INTO places, seen USING upper, budget + 1;
    looked := coalesce(cardinality(places), 0);
    IF looked > 0 THEN
      FOR hit IN
        SELECT u.place, u.id, u.n FROM unnest(places, seen) WITH ORDINALITY u (place, id, n)
         -- CASE keeps the order: what costs more comes after what costs less
         WHERE CASE WHEN CASE wanted
             WHEN '%person' THEN EXISTS (SELECT FROM users p WHERE p.id = u.id AND p.workspace_id = app.actor_workspace() AND NOT p.is_external
               AND p.suspended_at IS NULL AND p.email_verified_at IS NOT NULL)
             WHEN '%collection' THEN EXISTS (SELECT FROM collections c WHERE c.id = u.id AND c.deleted_at IS NULL AND (c.owner_id = me
               OR CASE WHEN near IS NOT NULL THEN c.id IN (SELECT unnest(near))
                 ELSE EXISTS (SELECT FROM app.live_grants g WHERE g.collection_id = c.id AND g.principal_id = ANY (principals) AND app.allows(g.mask, app.view_documents())) END))
             ELSE EXISTS (SELECT FROM documents d WHERE d.id = u.id AND app.is_document_live(d.deleted_at, d.status)
               AND (d.owner_id = me
                 OR (app.counts_collection_grants(d.access_mode, false) AND CASE WHEN near IS NOT NULL THEN d.collection_id IN (SELECT unnest(near))
                   ELSE EXISTS (SELECT FROM app.live_grants g WHERE g.collection_id = d.collection_id AND g.principal_id = ANY (principals) AND app.allows(g.mask, app.view_documents())) END)
                 OR (app.counts_document_grants(d.access_mode, false) AND CASE WHEN single IS NOT NULL THEN d.id IN (SELECT unnest(single))
                   ELSE EXISTS (SELECT FROM app.live_grants g WHERE g.document_id = d.id AND g.principal_id = ANY (principals) AND app.allows(g.mask, app.view_documents())) END))
               AND (SELECT c.deleted_at IS NULL FROM collections c WHERE c.id = d.collection_id))
           END THEN but IS NULL OR NOT app.is_named((SELECT e.name_words FROM search_entries e WHERE e.place = u.place), but) ELSE false END
         LIMIT at_most + 1 - cardinality(ids)
      LOOP
        ids := ids || hit.id;
        found_places := found_places || hit.place;
      END LOOP;
      IF cardinality(ids) > at_most THEN
        ids := ids[:at_most];
        resumes := found_places[at_most];
        RETURN;
      END IF;
    END IF;
    IF looked > budget THEN
      upper := places[looked];
    ELSE
      upper := app.search_window(upper - 1, size) << (4 + 4 * size);
    END IF;
    budget := budget - looked;
    -- wider windows where there is little in them, and not so wide that there is more than is looked at
    IF looked * 16 < budget / 2 THEN size := least(size + CASE WHEN looked = 0 THEN 2 ELSE 1 END, app.search_windows()); END IF;
  END LOOP;
  IF upper > 0 THEN resumes := upper; END IF;
END $$;

-- What the actor may open, or know, of collections, people and documents with all words of a query: those with them in their
-- name, and then documents with them in their text, each from the newest. A page of documents, going on where another ended
-- (`resumed_stage`, `before`); the first page of all kinds begins with a few collections and people. Where nothing has the
-- words, what has nearly the same ones is found. One row without an id says where to go on.
-- What is open to everyone is in no list; within one collection it is found by whoever may open that.
CREATE FUNCTION app.search(query text, wanted text, within uuid, resumed_stage text, before bigint, at_most integer)
  RETURNS TABLE (n integer, kind text, id uuid, name text, email text, owner_name text, collection_id uuid, collection_name text, content_type text, page_count integer,
    has_thumbnail boolean, updated_at timestamptz, name_marks text[], text_marks text[], page integer, body text, is_close boolean, next_stage text, next_before bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  everyone CONSTANT uuid := '00000000-0000-0000-0000-000000000001';
  scoped CONSTANT integer := 60;
  few CONSTANT integer := 4000;
  beside CONSTANT integer := 5;
  me uuid := app.live_actor_id();
  mine uuid[];
  near uuid[];
  single uuid[];
  terms app.search_term[];
  before_that app.search_term[];
  base jsonb := '[]';
  -- guests, who are in no workspace, know nobody
  people jsonb := jsonb_build_array(jsonb_build_array('@' || coalesce(app.actor_workspace()::text, '')));
  of_documents text := '%' || coalesce(wanted, 'document');
  collection_ids uuid[] := '{}';
  person_ids uuid[] := '{}';
  named_ids uuid[] := '{}';
  text_ids uuid[] := '{}';
  tries integer;
BEGIN
  PERFORM app.demand_actor();
  IF within IS NOT NULL AND NOT EXISTS (
      SELECT FROM collections c WHERE c.id = within AND c.deleted_at IS NULL AND (app.allows(app.collection_mask(within), app.view_documents()) OR c.owner_id = me)) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF me IS NULL OR me = everyone OR app.is_visitor() THEN RETURN; END IF;
  mine := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE within IS NOT NULL OR m.principal_id <> everyone);
  near := ARRAY(SELECT g.collection_id FROM app.live_grants g
    WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) LIMIT few + 1);
  single := ARRAY(SELECT g.document_id FROM app.live_grants g
    WHERE g.principal_id = ANY (mine) AND g.document_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) LIMIT few + 1);
  IF within IS NOT NULL THEN
    base := jsonb_build_array(jsonb_build_array('@' || within));
  ELSIF cardinality(near) + cardinality(single) <= scoped THEN
    -- whoever sees little is looked for among that alone
    base := jsonb_build_array(to_jsonb(ARRAY(
      SELECT '@' || i.id FROM unnest(near) i (id) UNION ALL SELECT '!' || app.id_part(i.id) FROM unnest(single) i (id) UNION ALL SELECT '$' || me)));
  END IF;
  -- more are asked about one by one
  IF cardinality(near) > few THEN near := NULL; END IF;
  IF cardinality(single) > few THEN single := NULL; END IF;

  FOR attempt IN 1..2 LOOP
    tries := attempt;
    before_that := terms;
    terms := ARRAY(SELECT t FROM app.search_terms(query, tries > 1) t);
    EXIT WHEN cardinality(terms) = 0 OR terms = before_that;
    IF wanted IS NULL AND within IS NULL AND resumed_stage = 'name' AND before IS NULL THEN
      collection_ids := (SELECT w.ids FROM app.walk_entries('%collection', base || app.name_key_sets(terms), NULL, mine, near, single, NULL, beside) w);
      person_ids := (SELECT w.ids FROM app.walk_entries('%person', people || app.name_key_sets(terms), NULL, mine, near, single, NULL, beside) w);
    END IF;
    IF wanted IN ('collection', 'person') THEN
      SELECT CASE wanted WHEN 'collection' THEN w.ids ELSE '{}' END, CASE wanted WHEN 'person' THEN w.ids ELSE '{}' END, w.resumes
        INTO collection_ids, person_ids, next_before
        FROM app.walk_entries('%' || wanted, CASE wanted WHEN 'person' THEN people ELSE base END || app.name_key_sets(terms), NULL, mine, near, single, before, at_most) w;
      next_stage := CASE WHEN next_before IS NOT NULL THEN 'name' END;
    ELSE
      IF resumed_stage = 'name' THEN
        SELECT w.ids, w.resumes INTO named_ids, next_before FROM app.walk_entries(of_documents, base || app.name_key_sets(terms), NULL, mine, near, single, before, at_most) w;
        next_stage := CASE WHEN next_before IS NULL THEN 'text' ELSE 'name' END;
      END IF;
      IF resumed_stage = 'text' OR (next_before IS NULL AND cardinality(named_ids) < at_most) THEN
        SELECT w.ids, w.resumes INTO text_ids, next_before
          FROM app.walk_entries(of_documents, base || app.text_key_sets(terms), terms, mine, near, single, CASE WHEN resumed_stage = 'text' THEN before END, at_most - cardinality(named_ids)) w;
        next_stage := CASE WHEN next_before IS NOT NULL THEN 'text' END;
      END IF;
    END IF;
    -- what is nearly the same is one page
    IF tries > 1 THEN next_stage := NULL; END IF;
    EXIT WHEN resumed_stage <> 'name' OR before IS NOT NULL OR next_stage IS NOT NULL OR cardinality(collection_ids || person_ids || named_ids || text_ids) > 0;
  END LOOP;

  RETURN QUERY
    SELECT row_number() OVER (ORDER BY f.class, f.nth)::integer, e.kind, f.id, coalesce(d.name, c.name, u.name), u.email, o.name, d.collection_id,
           CASE WHEN a.owner_id = me OR app.allows(app.collection_mask(a.id), app.view_documents()) THEN a.name END, d.content_type, d.page_count, d.thumbnail_object_id IS NOT NULL,
           coalesce(d.updated_at, c.updated_at), m.name_marks, m.text_marks, p.page, p.body, tries > 1, NULL::text, NULL::bigint
      FROM (
        SELECT 1, i.* FROM unnest(collection_ids) WITH ORDINALITY i UNION ALL SELECT 2, i.* FROM unnest(person_ids) WITH ORDINALITY i
        UNION ALL SELECT 3, i.* FROM unnest(named_ids) WITH ORDINALITY i UNION ALL SELECT 4, i.* FROM unnest(text_ids) WITH ORDINALITY i
      ) f (class, id, nth)
      CROSS JOIN LATERAL (
        SELECT x.* FROM search_entries x WHERE f.class = 1 AND x.collection_id = f.id
        UNION ALL SELECT x.* FROM search_entries x WHERE f.class = 2 AND x.user_id = f.id
        UNION ALL SELECT x.* FROM search_entries x WHERE f.class > 2 AND x.document_id = f.id
      ) e
      LEFT JOIN documents d ON d.id = e.document_id LEFT JOIN collections c ON c.id = e.collection_id LEFT JOIN users u ON u.id = e.user_id
      LEFT JOIN users o ON o.id = c.owner_id LEFT JOIN collections a ON a.id = d.collection_id
      CROSS JOIN LATERAL app.search_marks(e.name_words, CASE WHEN f.class = 4 THEN e.words END, e.language, terms) m
      LEFT JOIN document_pages p ON p.document_id = d.id AND p.part = m.part
    UNION ALL
    SELECT 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, go_on.stage, go_on.place
      FROM (SELECT next_stage, next_before) go_on (stage, place) WHERE go_on.stage IS NOT NULL
    ORDER BY 1;
END $$;
GRANT EXECUTE ON FUNCTION app.search TO sheaf_app;

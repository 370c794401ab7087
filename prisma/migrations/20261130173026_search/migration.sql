-- Both may be created by a database's owner.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- CreateTable
CREATE TABLE "document_pages" (
    "document_id" UUID NOT NULL,
    "part" INTEGER NOT NULL,
    "page" INTEGER,
    "body" TEXT NOT NULL,

    CONSTRAINT "document_pages_pkey" PRIMARY KEY ("document_id","part")
);

-- CreateTable
CREATE TABLE "search_entries" (
    "place" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "document_id" UUID,
    "collection_id" UUID,
    "user_id" UUID,
    "inside" UUID NOT NULL,
    "owner_id" UUID,
    "name_words" TEXT[],
    "words" tsvector NOT NULL DEFAULT ''::tsvector,
    "language" TEXT,

    CONSTRAINT "search_entries_pkey" PRIMARY KEY ("place"),
    CONSTRAINT search_entries_one CHECK (num_nonnulls(document_id, collection_id, user_id) = 1),
    CONSTRAINT search_entries_kind CHECK (kind IN ('pdf', 'image', 'table', 'text', 'collection', 'person'))
);

-- CreateTable
CREATE TABLE "search_words" (
    "word" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "search_words_pkey" PRIMARY KEY ("word")
);

-- CreateIndex
CREATE UNIQUE INDEX "search_entries_document_id_key" ON "search_entries"("document_id");

-- CreateIndex
CREATE UNIQUE INDEX "search_entries_collection_id_key" ON "search_entries"("collection_id");

-- CreateIndex
CREATE UNIQUE INDEX "search_entries_user_id_key" ON "search_entries"("user_id");

-- CreateIndex
CREATE INDEX "search_words_like" ON "search_words" USING GIN ("word" gin_trgm_ops);

-- AddForeignKey
ALTER TABLE "document_pages" ADD CONSTRAINT "document_pages_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_entries" ADD CONSTRAINT "search_entries_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_entries" ADD CONSTRAINT "search_entries_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_entries" ADD CONSTRAINT "search_entries_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Writes what processing found; false, and nothing, when the document was deleted meanwhile or processed by another
-- attempt.
CREATE OR REPLACE FUNCTION app.document_processed(document uuid, outcome text, why text, pages integer, thumbnail uuid, body text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system processes' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  -- before the row is locked: a long text takes seconds
  IF body IS NOT NULL AND EXISTS (SELECT FROM documents WHERE id = document AND status = 'uploaded') THEN
    PERFORM app.keep_text(document, body, pages IS NOT NULL);
  END IF;
  UPDATE documents SET status = outcome, problem = why, page_count = pages, thumbnail_object_id = thumbnail,
      progress = 100, updated_at = now()
   WHERE id = document AND status = 'uploaded';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE objects SET state = 'stored' WHERE id = thumbnail;
  INSERT INTO outbox (name, data) VALUES ('document/processed', jsonb_build_object('documentId', document));
  RETURN true;
END $$;

-- What can be found is kept beside what it is of: one entry for each document that was uploaded, each collection and each
-- person. Triggers keep the entries; nobody reads them but app.search.

-- Collections, documents and people are numbered in the order in which they came. Searches walk from the newest in windows
-- of 256, 4,096, 65,536 and 1,048,576 places; each entry carries the number of its window of every size.
CREATE FUNCTION app.search_windows() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 4;

CREATE FUNCTION app.search_window(place bigint, size integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN place >> (4 + 4 * size);

-- Few documents share it, and the index has few of it.
CREATE FUNCTION app.id_part(id uuid) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN uuid_hash(id) % 32768;

-- What kind of document a media type is; lib/search/values.ts has the same.
CREATE FUNCTION app.document_kind(content_type text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN content_type = 'application/pdf' THEN 'pdf' WHEN starts_with(content_type, 'image/') THEN 'image'
    WHEN content_type = 'text/csv' THEN 'table' ELSE 'text' END;

CREATE FUNCTION app.note_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO search_entries AS e (kind, document_id, inside, owner_id, name_words)
    VALUES (app.document_kind(NEW.content_type), NEW.id, NEW.collection_id, NEW.owner_id, app.note_words(app.words_of(NEW.name)))
    ON CONFLICT (document_id) DO UPDATE SET kind = excluded.kind, inside = excluded.inside, owner_id = excluded.owner_id, name_words = excluded.name_words;
  RETURN NULL;
END $$;

CREATE FUNCTION app.note_collection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO search_entries (kind, collection_id, inside, owner_id, name_words)
    VALUES ('collection', NEW.id, NEW.id, NEW.owner_id, app.note_words(app.words_of(NEW.name)))
    ON CONFLICT (collection_id) DO UPDATE SET owner_id = excluded.owner_id, name_words = excluded.name_words;
  RETURN NULL;
END $$;

CREATE FUNCTION app.note_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO search_entries (kind, user_id, inside, name_words)
    VALUES ('person', NEW.id, NEW.workspace_id, app.note_words(app.words_of(NEW.name || ' ' || NEW.email)))
    ON CONFLICT (user_id) DO UPDATE SET inside = excluded.inside, name_words = excluded.name_words;
  RETURN NULL;
END $$;

-- Adds words to those that typing is completed and corrected by, in one order, so that two writers never wait for each
-- other in a ring. Answers the words.
CREATE FUNCTION app.note_words(words text[]) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO search_words (word)
    SELECT w COLLATE "C" FROM unnest(words) w
     WHERE length(w) > 3 AND NOT app.is_unspaced(w) AND NOT EXISTS (SELECT FROM search_words k WHERE k.word = w COLLATE "C") ORDER BY 1
    ON CONFLICT DO NOTHING;
  RETURN words;
END $$;

-- A text in parts that a passage is shown from: pages, and long ones in pieces, cut between words where there is space.
-- Halving takes a time that hardly grows faster than the text.
CREATE FUNCTION app.text_parts(content text) RETURNS TABLE (part integer, page integer, body text)
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH RECURSIVE pieces (page, at, body) AS (
    SELECT t.page::integer, 1, t.body FROM string_to_table(content, U&'\000c') WITH ORDINALITY t (body, page)
    UNION ALL
    SELECT p.page, p.at + half.starts - 1, substr(p.body, half.starts, half.size)
      FROM pieces p,
           LATERAL (SELECT length(p.body) / 2 + strpos(translate(substr(p.body, length(p.body) / 2 + 1, 200), U&'\0009\000a', '  '), ' ')) middle (at),
           LATERAL (VALUES (1, middle.at), (middle.at + 1, length(p.body) - middle.at)) half (starts, size)
     WHERE length(p.body) > 8000
  )
  SELECT row_number() OVER (ORDER BY p.page, p.at)::integer, p.page, p.body FROM pieces p WHERE length(p.body) <= 8000 AND p.body <> '';
END;

-- Keeps a document's text for search in place of what was kept before. Of each word the first parts with it are known.
-- Words that come after a megabyte of others are not found: PostgreSQL keeps no more for one row.
CREATE FUNCTION app.keep_text(document uuid, content text, has_pages boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- two runs of one job at a time write one after the other
  PERFORM pg_advisory_xact_lock(hashtextextended('text:' || document, 0));
  DELETE FROM document_pages p WHERE p.document_id = document;
  INSERT INTO document_pages (document_id, part, page, body)
    SELECT document, t.part, CASE WHEN has_pages THEN t.page END, t.body FROM app.text_parts(content) t;
  UPDATE search_entries e SET words = made.words, language = made.language
    FROM (
      SELECT coalesce(string_agg('''' || word || ''':' || array_to_string(parts, ','), ' '), '')::tsvector AS words, app.language_of(array_agg(word)) AS language
        FROM (
          SELECT word, parts, sum(octet_length(word) + 2 * cardinality(parts) + 8) OVER (ORDER BY parts[1], word) AS size FROM (
            SELECT word, (array_agg(p.part ORDER BY p.part))[1:16] AS parts
              FROM document_pages p, unnest(app.words_of(p.body)) word
             WHERE p.document_id = document AND p.part < 16384 GROUP BY word) w
        ) sized WHERE size < 1000000
    ) made
   WHERE e.document_id = document;
  PERFORM app.note_words(tsvector_to_array(e.words)) FROM search_entries e WHERE e.document_id = document;
END $$;

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

CREATE POLICY owner_all ON document_pages TO sheaf_owner USING (true) WITH CHECK (true);

CREATE POLICY pages_read ON document_pages FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id));

CREATE TRIGGER documents_found AFTER INSERT ON documents FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION app.note_document();

CREATE TRIGGER documents_found_again AFTER UPDATE OF name, content_type, collection_id, owner_id, status ON documents FOR EACH ROW
  WHEN (NEW.status <> 'pending' AND (OLD.status = 'pending' OR (OLD.name, OLD.content_type, OLD.collection_id, OLD.owner_id) IS DISTINCT FROM (NEW.name, NEW.content_type, NEW.collection_id, NEW.owner_id)))
  EXECUTE FUNCTION app.note_document();

CREATE TRIGGER collections_found AFTER INSERT ON collections FOR EACH ROW EXECUTE FUNCTION app.note_collection();

CREATE TRIGGER collections_found_again AFTER UPDATE OF name, owner_id ON collections FOR EACH ROW
  WHEN ((OLD.name, OLD.owner_id) IS DISTINCT FROM (NEW.name, NEW.owner_id)) EXECUTE FUNCTION app.note_collection();

CREATE TRIGGER people_found AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION app.note_person();

CREATE TRIGGER people_found_again AFTER UPDATE OF name, email, workspace_id ON users FOR EACH ROW
  WHEN ((OLD.name, OLD.email, OLD.workspace_id) IS DISTINCT FROM (NEW.name, NEW.email, NEW.workspace_id)) EXECUTE FUNCTION app.note_person();

-- The form in which texts, names and queries are compared: composed with compatible forms made one (NFKC: wide letters,
-- ligatures, any space), without case, accents, marks of direction and soft hyphens, and with a space for every sign that
-- joins words. Not immutable, because the rules of `unaccent` are the server's; nothing is indexed by calling it.
CREATE FUNCTION app.searchable(content text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = public, pg_temp
  RETURN translate(CASE WHEN octet_length(content) = length(content) THEN lower(content) ELSE
    lower(unaccent('unaccent', normalize(lower(translate(content, U&'\00ad\200b\200c\200d\200e\200f\202a\202b\202c\202d\202e\2060\feff', '')), NFKC))) END,
    './-_@:&<>+~=?#%''"\', '                  ');

-- Words longer than this are compared by their beginning.
CREATE FUNCTION app.longest_word() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 40;

-- Whether a word is of a script that puts no spaces between words: Thai and its neighbours, Chinese, Japanese.
CREATE FUNCTION app.is_unspaced(word text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN octet_length(word) > length(word) AND word ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]';

-- Neighbouring signs of a word without spaces; the word itself when it is one sign.
CREATE FUNCTION app.sign_pairs(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN CASE WHEN length(word) < 2 THEN ARRAY[word] ELSE ARRAY(SELECT substr(word, i, 2) FROM generate_series(1, length(word) - 1) i) END;

-- The words of a text, each once. Of scripts without spaces every sign and every pair of neighbours is one.
CREATE FUNCTION app.words_of(content text) RETURNS text[] LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = public, pg_temp
BEGIN ATOMIC
  SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', app.searchable(content)))) word,
         unnest(CASE WHEN app.is_unspaced(word) THEN string_to_array(word, NULL) || app.sign_pairs(word) ELSE ARRAY[left(word, app.longest_word())] END) part;
END;

-- The stem of a word in a language; null for none, and for words without meaning of their own.
CREATE FUNCTION app.stem_of(language text, word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (CASE language
    WHEN 'de' THEN ts_lexize('pg_catalog.german_stem', word) WHEN 'en' THEN ts_lexize('pg_catalog.english_stem', word)
    WHEN 'es' THEN ts_lexize('pg_catalog.spanish_stem', word) WHEN 'fr' THEN ts_lexize('pg_catalog.french_stem', word)
    WHEN 'it' THEN ts_lexize('pg_catalog.italian_stem', word) WHEN 'nl' THEN ts_lexize('pg_catalog.dutch_stem', word)
    WHEN 'pt' THEN ts_lexize('pg_catalog.portuguese_stem', word) END)[1];

CREATE FUNCTION app.stemmed_languages() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN '{de,en,es,fr,it,nl,pt}'::text[];

-- The language whose small words a text uses most; null when it uses few of any.
CREATE FUNCTION app.language_of(words text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT language FROM unnest(app.stemmed_languages()) language CROSS JOIN unnest(words) word
   WHERE length(word) BETWEEN 2 AND 8
     AND (CASE language
       WHEN 'de' THEN ts_lexize('pg_catalog.german_stem', word) WHEN 'en' THEN ts_lexize('pg_catalog.english_stem', word)
       WHEN 'es' THEN ts_lexize('pg_catalog.spanish_stem', word) WHEN 'fr' THEN ts_lexize('pg_catalog.french_stem', word)
       WHEN 'it' THEN ts_lexize('pg_catalog.italian_stem', word) WHEN 'nl' THEN ts_lexize('pg_catalog.dutch_stem', word)
       WHEN 'pt' THEN ts_lexize('pg_catalog.portuguese_stem', word) END) = '{}'
   GROUP BY language HAVING count(*) >= 4 ORDER BY count(*) DESC, language LIMIT 1;
END;

-- What an entry is looked up by, each with a sign of its own: windows (#), class and kind (%), the collection or workspace
-- it is in (@), its owner ($), a part of the ids of documents (!), words of its name and their beginnings (^), words of its
-- text and their beginnings of three to five letters, and stems in its language (~).
CREATE FUNCTION app.search_keys(place bigint, kind text, inside uuid, owner_id uuid, document_id uuid, name_words text[], words tsvector, language text)
  RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(DISTINCT key) FROM (
    SELECT '#' || size || ':' || app.search_window(place, size) FROM generate_series(1, app.search_windows()) size
    UNION ALL SELECT '%' || kind
    UNION ALL SELECT '%document' WHERE document_id IS NOT NULL
    UNION ALL SELECT '@' || inside
    UNION ALL SELECT '$' || owner_id WHERE owner_id IS NOT NULL
    UNION ALL SELECT '!' || app.id_part(document_id) WHERE document_id IS NOT NULL
    UNION ALL SELECT '^' || word FROM unnest(name_words) word
    UNION ALL SELECT '^' || left(word, size) || '*' FROM unnest(name_words) word, generate_series(1, least(5, length(word) - 1)) size
    UNION ALL SELECT lexeme FROM unnest(words)
    UNION ALL SELECT left(lexeme, size) || '*' FROM unnest(words), generate_series(3, least(5, length(lexeme) - 1)) size
    UNION ALL SELECT '~' || language || ':' || stem FROM unnest(words), app.stem_of(language, lexeme) stem WHERE language IS NOT NULL AND stem <> lexeme
  ) keys (key)
$$;

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

CREATE POLICY owner_all ON search_entries FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

CREATE POLICY owner_all ON search_words FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

ALTER TABLE document_pages ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE search_entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

ALTER TABLE search_words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.document_kind(text),
  app.id_part(uuid),
  app.is_named(text[],app.search_term[]),
  app.is_unspaced(text),
  app.keep_text(uuid,text,boolean),
  app.language_of(text[]),
  app.longest_word(),
  app.name_key_sets(app.search_term[]),
  app.note_collection(),
  app.note_document(),
  app.note_person(),
  app.note_words(text[]),
  app.search(text,text,uuid,text,bigint,integer),
  app.search_keys(bigint,text,uuid,uuid,uuid,text[],tsvector,text),
  app.search_marks(text[],tsvector,text,app.search_term[]),
  app.search_terms(text,boolean),
  app.search_window(bigint,integer),
  app.search_windows(),
  app.searchable(text),
  app.sign_pairs(text),
  app.stem_of(text,text),
  app.stemmed_languages(),
  app.text_key_sets(app.search_term[]),
  app.text_parts(text),
  app.walk_entries(text,jsonb,app.search_term[],uuid[],uuid[],uuid[],bigint,integer),
  app.words_of(text)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.search(text,text,uuid,text,bigint,integer)
  TO sheaf_app;
GRANT SELECT ON TABLE document_pages TO sheaf_app;

-- The pending list is short, because every search reads all of it.
CREATE INDEX search_entries_keys ON search_entries
  USING gin (app.search_keys(place, kind, inside, owner_id, document_id, name_words, words, language)) WITH (gin_pending_list_limit = 256);

-- What is there already.
INSERT INTO search_entries (kind, document_id, collection_id, user_id, inside, owner_id, name_words)
  SELECT kind, document_id, collection_id, user_id, inside, owner_id, app.note_words(app.words_of(name)) FROM (
    SELECT id, 'person' AS kind, NULL::uuid AS document_id, NULL::uuid AS collection_id, id AS user_id, workspace_id AS inside, NULL::uuid AS owner_id, name || ' ' || email AS name FROM users
    UNION ALL SELECT id, 'collection', NULL, id, NULL, id, owner_id, name FROM collections
    UNION ALL SELECT id, app.document_kind(content_type), id, NULL, NULL, collection_id, owner_id, name FROM documents WHERE status <> 'pending'
  ) found ORDER BY id;
SELECT app.keep_text(t.document_id, t.body, d.page_count IS NOT NULL) FROM document_texts t JOIN documents d ON d.id = t.document_id ORDER BY t.document_id;

ALTER TABLE document_texts DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY texts_read ON document_texts;
DROP POLICY owner_all ON document_texts;

-- DropForeignKey
ALTER TABLE "document_texts" DROP CONSTRAINT "document_texts_document_id_fkey";

-- DropTable
DROP TABLE "document_texts";

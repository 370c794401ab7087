-- What can be found is kept beside what it is of: one entry for each document that was uploaded, each collection and each
-- person. Triggers keep the entries; nobody reads them but app.search.

-- Collections, documents and people are numbered in the order in which they came. Searches walk from the newest in windows
-- of 256, 4,096, 65,536 and 1,048,576 places; each entry carries the number of its window of every size.
CREATE FUNCTION app.search_windows() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 4;
CREATE FUNCTION app.search_window(place bigint, size integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN place >> (4 + 4 * size);

-- Few documents share it, and the index has few of it.
CREATE FUNCTION app.id_part(id uuid) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN uuid_hash(id) % 32768;

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

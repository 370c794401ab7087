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

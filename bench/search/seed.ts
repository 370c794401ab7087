import type { Client } from "pg";

/** Words of which texts are made; the first ones are in nearly every text, the last ones in a few hundred. */
export const VOCABULARY = 40_000;
const WORDS_PER_TEXT = 60;

/**
 * Gives the documents of the seeded world (its temporary tables `c` and `d`) names and texts of made-up words, the n-th
 * of which is n times rarer than the first, as in real texts, and one number that no other has. Leaves the words in the
 * temporary table `v`. Writes entries as the triggers would, in bulk. `client` is the superuser's.
 */
export async function seedTexts(client: Client, { documents }: { documents: number }): Promise<void> {
  await client.query(`
    CREATE TEMP TABLE v AS
      SELECT n, CASE WHEN row_number() OVER (PARTITION BY word ORDER BY n) > 1 THEN word || n ELSE word END AS word FROM (
        SELECT n, string_agg(substr('bcdfghjklmnprstvwz', 1 + (hashint8extended(n, k) & 1023)::int % 18, 1)
                          || substr('aeiou', 1 + (hashint8extended(n, k + 10) & 1023)::int % 5, 1), '' ORDER BY k) AS word
          FROM generate_series(1, ${VOCABULARY}) n, generate_series(1, 5) k WHERE k <= 2 + n % 4 GROUP BY n) w;
    CREATE UNIQUE INDEX ON v (n)`);
  // filled first, indexed after: a quarter of the time
  const { rows } = await client.query<{ definition: string }>(
    "SELECT pg_get_indexdef('search_entries_keys'::regclass) AS definition",
  );
  await client.query("DROP INDEX search_entries_keys");
  const step = 20_000;
  await client.query("SET session_replication_role = replica");
  for (let from = 0; from < documents; from += step)
    await client.query(
      `WITH drawn AS MATERIALIZED (
         SELECT d.n, d.id, k, v.word FROM d, generate_series(0, ${WORDS_PER_TEXT - 1}) k
           JOIN v ON true WHERE v.n = floor(power(${VOCABULARY}::float8, pg_temp.spread(d.n::bigint * ${WORDS_PER_TEXT} + k, 77)))::int
            AND d.n >= $1 AND d.n < $2
       ), texts AS MATERIALIZED (
         SELECT n, id, string_agg(word, ' ' ORDER BY k) || ' ' || (700000 + n) AS body,
                min(word) FILTER (WHERE k = 0) || ' ' || min(word) FILTER (WHERE k = 1) || ' ' || n || '.pdf' AS name FROM drawn GROUP BY n, id
       ), renamed AS (
         UPDATE documents SET name = t.name FROM texts t WHERE documents.id = t.id
       ), pages AS (
         INSERT INTO document_pages (document_id, part, page, body) SELECT id, 1, 1, body FROM texts
       )
       INSERT INTO search_entries (kind, document_id, inside, owner_id, name_words, words, language)
         SELECT 'pdf', x.id, x.collection_id, x.owner_id, app.words_of(t.name),
                (replace(strip(to_tsvector('simple', t.body))::text || ' ', ''' ', ''':1 '))::tsvector, 'en'
           FROM texts t JOIN documents x ON x.id = t.id ORDER BY t.n`,
      [from, Math.min(from + step, documents)],
    );
  await client.query(`
    SET session_replication_role = DEFAULT;
    INSERT INTO search_words (word) SELECT DISTINCT word COLLATE "C" FROM (
      SELECT word FROM v UNION ALL SELECT (700000 + n)::text FROM d UNION ALL SELECT 'person' || n FROM u) w
      WHERE length(word) > 3 ON CONFLICT DO NOTHING`);
  await client.query("SET maintenance_work_mem = '1GB'");
  await client.query(rows[0]!.definition);
}

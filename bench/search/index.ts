import type { Client } from "pg";
import type { UserActor } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import type { Bench, BenchContext } from "../bench.ts";
import { startDatabase, superuserUrl, withClient } from "../db/world.ts";
import { addPeople } from "../permissions/people.ts";
import { fill, seed, withoutIndexes } from "../permissions/seed.ts";
import { type Question, report } from "./report.ts";
import { seedTexts, VOCABULARY } from "./seed.ts";

/** Looked for each time; different ones, so that no cache of one answer is measured. */
const EACH = 12;
const WARM_UP = 2;

/** First pages of searches among all documents, for those who see all, a tenth and three of them. */
export const search: Bench = {
  name: "search",
  summary: "first pages of searches: rare and common words, beginnings and misspellings, by what one may see",
  isDefault: false,
  async run({ options, progress }: BenchContext) {
    progress("starting a database");
    const server = await startDatabase();
    const { documents, rounds } = options;
    const size = { documents, grants: Math.ceil(documents * 2.5), collections: Math.ceil(documents / 50) };
    progress(`seeding ${documents} documents with texts`);
    const startedAt = performance.now();
    const { people, questions } = await withClient(superuserUrl(server), async (client) => {
      const indexAgain = await withoutIndexes(client);
      await seed(client, size);
      const others = await addPeople(client, size.collections);
      await fill(client, size);
      await indexAgain();
      await seedTexts(client, size);
      const owner = await ownerOfAll(client);
      await client.query("VACUUM ANALYZE");
      await client.query("CHECKPOINT");
      await client.query(LOOP);
      return {
        people: { owner, member: others.direct, guest: others.guest },
        questions: await questionsFor(client, documents, others.guest),
      };
    });
    const seedSeconds = (performance.now() - startedAt) / 1000;
    const sizes = await withClient(superuserUrl(server), async (client) => {
      const { rows } = await client.query<Record<"index" | "table", number>>(
        `SELECT pg_relation_size('search_entries_keys') / 1048576 AS index, pg_table_size('search_entries') / 1048576 AS table`,
      );
      return rows[0]!;
    });
    const taken = new Map<string, number[][]>();
    await withClient(server.appUrl, async (app) => {
      for (let round = -WARM_UP; round < rounds; round++) {
        progress(round < 0 ? "warming up" : `round ${round + 1} of ${rounds}`);
        for (const { label, queries } of questions)
          for (const [who, actor] of Object.entries(people)) {
            const ms = await ask(app, actor, queries);
            const key = `${label} ${who}`;
            if (round >= 0) taken.set(key, [...(taken.get(key) ?? []), ms]);
          }
      }
    });
    const found = await withClient(server.appUrl, async (app) => {
      const counts: Record<string, number> = {};
      for (const { label, queries } of questions)
        for (const [who, actor] of Object.entries(people))
          counts[`${label} ${who}`] = await hits(app, actor, queries[0]!);
      return counts;
    });
    return report({ documents, seedSeconds, sizes, questions, taken, found });
  },
};

/** The server repeats the searches and times itself: without connection and output. */
const LOOP = `
  CREATE SCHEMA IF NOT EXISTS bench;
  GRANT USAGE ON SCHEMA bench TO sheaf_app;
  CREATE OR REPLACE FUNCTION bench.search(queries text[]) RETURNS float8[] LANGUAGE plpgsql AS $loop$
  DECLARE q text; started timestamptz; taken float8[] := '{}';
  BEGIN
    FOREACH q IN ARRAY queries LOOP
      started := clock_timestamp();
      PERFORM * FROM app.search(q, NULL, NULL, 'name', NULL, 20);
      taken := taken || extract(epoch FROM clock_timestamp() - started)::float8 * 1e3;
    END LOOP;
    RETURN taken;
  END $loop$`;

async function ask(app: Client, actor: UserActor, queries: string[]): Promise<number[]> {
  await app.query(beginAs(actor));
  const { rows } = await app.query<{ taken: number[] }>({
    name: "bench_search",
    text: "SELECT bench.search($1) AS taken",
    values: [queries],
  });
  await app.query("COMMIT");
  return rows[0]!.taken;
}

async function hits(app: Client, actor: UserActor, query: string): Promise<number> {
  await app.query(beginAs(actor));
  const { rows } = await app.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM app.search($1, NULL, NULL, 'name', NULL, 20) f WHERE f.n > 0",
    [query],
  );
  await app.query("COMMIT");
  return rows[0]!.count;
}

/** Somebody who may do everything with every collection. */
async function ownerOfAll(client: Client): Promise<UserActor> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO users (workspace_id, email, email_normalized, name, email_verified_at)
     SELECT workspace_id, 'all@example.org', 'all@example.org', 'All', now() FROM u LIMIT 1 RETURNING id`,
  );
  const { id } = rows[0]!;
  await client.query("SET session_replication_role = replica");
  await client.query(
    `INSERT INTO permissions (user_id, collection_id, role_id, mask, opened_at)
     SELECT $1, c.id, r.id, r.mask, now() FROM c, roles r WHERE r.name = 'owner' AND r.workspace_id IS NULL`,
    [id],
  );
  await client.query("SET session_replication_role = DEFAULT");
  return { kind: "user", id };
}

async function questionsFor(client: Client, documents: number, guest: UserActor): Promise<Question[]> {
  const words = async (from: number, to: number, least = 1) => {
    const { rows } = await client.query<{ word: string }>(
      `SELECT word FROM v WHERE n >= $1 AND n < $2 AND length(word) >= $3 ORDER BY hashint8extended(n, 5) LIMIT ${EACH}`,
      [from, to, least],
    );
    return rows.map(({ word }) => word);
  };
  const numbers = Array.from({ length: EACH }, (_, i) =>
    String(700_000 + Math.floor((documents * (i + 1)) / (EACH + 1))),
  );
  const [common, medium, rare] = [
    await words(1, 40),
    await words(300, 1500),
    await words(VOCABULARY / 2, VOCABULARY),
  ];
  const long = await words(300, VOCABULARY, 8);
  const { rows: own } = await client.query<{ word: string }>(
    `SELECT split_part(d.name, ' ', 1) AS word FROM permissions p JOIN documents d ON d.id = p.document_id WHERE p.user_id = $1`,
    [guest.id],
  );
  return [
    { label: "one that a single document has", queries: numbers },
    { label: "a rare word", queries: rare },
    { label: "a word of one in fifty", queries: medium },
    { label: "a common word", queries: common },
    { label: "two common words", queries: common.map((word, i) => `${word} ${common[(i + 1) % EACH]}`) },
    { label: "a common and a rare word", queries: common.map((word, i) => `${word} ${rare[i]}`) },
    { label: "the first letter of one", queries: common.map((word) => word.slice(0, 1)) },
    { label: "three letters of one", queries: medium.map((word) => word.slice(0, 3)) },
    { label: "six letters of one", queries: long.map((word) => word.slice(0, 6)) },
    { label: "a misspelt word", queries: long.map((word) => `${word.slice(0, 4)}x${word.slice(5)}`) },
    { label: "a word of the guest's", queries: own.map(({ word }) => word) },
    { label: "nothing has it", queries: numbers.map((number) => `zz${number}zz`) },
  ];
}

import type pg from "pg";
import { beginAs } from "#lib/db/context.ts";
import { type Timing, timingOf } from "./loops.ts";
import { SHARED_COLLECTIONS } from "./people.ts";
import type { World } from "./worlds.ts";

const VIEWER = "00000000-0000-7000-8000-000000000004";

export interface Sides {
  grant: Timing;
  revoke: Timing;
  insert: Timing;
}
export interface Changes {
  /** The statement alone, inside an open transaction. */
  inside: Sides;
  /** From BEGIN to the answer of COMMIT, over a connection. */
  committed: Sides;
  /** Refreshing a materialized view of everybody's permissions. */
  refreshMs: number;
  refreshedRows: number;
}

export interface Clients {
  app: pg.Client;
  owner: pg.Client;
}
interface Targets {
  collections: string[];
  people: string[];
  addresses: string[];
}

/** Collections of the manager, and for each a person without access. */
export async function targetsOf(owner: pg.Client, { people }: World): Promise<Targets> {
  const collections = await owner.query<{ id: string }>(
    "SELECT id FROM collections WHERE owner_id = $1 ORDER BY id LIMIT $2",
    [people.manager.id, SHARED_COLLECTIONS],
  );
  const subjects = await owner.query<{ id: string; email: string }>(
    "SELECT u.id, u.email FROM generate_series(5000, 5000 + $1 - 1) n JOIN users u ON u.email_normalized = 'person' || n || '@example.org'",
    [SHARED_COLLECTIONS],
  );
  return {
    collections: collections.rows.map(({ id }) => id),
    people: subjects.rows.map(({ id }) => id),
    addresses: subjects.rows.map(({ email }) => email),
  };
}

/** Grants and revocations timed by the server itself, each on another collection. They are rolled back. */
export async function makeShareLoop(clients: Clients, world: World) {
  const { app, owner } = clients;
  const { collections, people, addresses } = await targetsOf(owner, world);
  await owner.query(`
    CREATE SCHEMA IF NOT EXISTS bench;
    GRANT USAGE ON SCHEMA bench TO sheaf_app;
    CREATE OR REPLACE FUNCTION bench.share(collections uuid[], people uuid[], addresses text[]) RETURNS TABLE (given float8[], taken float8[])
      LANGUAGE plpgsql AS $share$
    DECLARE started timestamptz; made uuid; ids uuid[] := '{}'; me uuid := app.actor_id();
    BEGIN
      given := '{}'; taken := '{}';
      FOR i IN 1..cardinality(collections) LOOP
        started := clock_timestamp();
        IF addresses IS NULL THEN
          INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id) VALUES (people[i], collections[i], '${VIEWER}', me)
            RETURNING id INTO made;
        ELSE
          SELECT g.id INTO made FROM app.grant_access(collections[i], NULL, addresses[i], NULL, '${VIEWER}', NULL) g;
        END IF;
        given := given || extract(epoch FROM clock_timestamp() - started)::float8 * 1e6;
        ids := ids || made;
      END LOOP;
      FOR i IN 1..cardinality(collections) LOOP
        EXIT WHEN addresses IS NULL;
        started := clock_timestamp();
        PERFORM FROM app.revoke_access(collections[i], NULL, ids[i]);
        taken := taken || extract(epoch FROM clock_timestamp() - started)::float8 * 1e6;
      END LOOP;
      RETURN NEXT;
    END $share$`);
  const run = async (client: pg.Client, isBare: boolean) => {
    await client.query(beginAs(world.people.manager));
    const { rows } = await client.query<{ given: number[]; taken: number[] }>({
      name: "bench_share",
      text: "SELECT * FROM bench.share($1, $2, $3)",
      values: [collections, people, isBare ? null : addresses],
    });
    await client.query("ROLLBACK");
    return rows[0]!;
  };
  return { share: () => run(app, false), insert: () => run(owner, true) };
}

/** The cost of granting and revoking, compared with a bare insert and with refreshing a materialized view. */
export async function measureChanges(
  world: World,
  clients: Clients,
  { rounds, progress }: { rounds: number; progress(line: string): void },
): Promise<Changes> {
  progress("grants and revocations");
  const loop = await makeShareLoop(clients, world);
  const inside: Turns = { grant: [], revoke: [], insert: [] };
  const committed: Turns = { grant: [], revoke: [], insert: [] };
  const commit = await makeCommitted(clients, world);
  for (let round = -1; round < rounds * 4; round++) {
    const shared = await loop.share();
    const inserted = await loop.insert();
    const sent = await commit();
    if (round < 0) continue; // plans and caches
    inside.grant.push(shared.given);
    inside.revoke.push(shared.taken);
    inside.insert.push(inserted.given);
    for (const name of ["grant", "revoke", "insert"] as const) committed[name].push(sent[name]);
  }
  progress("a materialized view of the same");
  const { owner } = clients;
  await owner.query(`
    CREATE MATERIALIZED VIEW bench.reach AS
      SELECT up.user_id, p.collection_id, p.document_id, bit_or(p.mask) AS mask
        FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
       WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > now()) GROUP BY 1, 2, 3`);
  const at = performance.now();
  await owner.query("REFRESH MATERIALIZED VIEW bench.reach");
  const refreshMs = performance.now() - at;
  const { rows } = await owner.query<{ count: number }>("SELECT count(*)::int FROM bench.reach");
  return { inside: sidesOf(inside), committed: sidesOf(committed), refreshMs, refreshedRows: rows[0]!.count };
}

type Turns = Record<keyof Sides, number[][]>;
const sidesOf = ({ grant, revoke, insert }: Turns): Sides => ({
  grant: timingOf(grant),
  revoke: timingOf(revoke),
  insert: timingOf(insert),
});

/** Makes each change in a transaction of its own, alternately, and removes what it made. */
async function makeCommitted({ app, owner }: Clients, world: World) {
  const { collections, people, addresses } = await targetsOf(owner, world);
  const { manager } = world.people;
  const timed = async (client: pg.Client, name: string, text: string, values: unknown[]) => {
    const at = performance.now();
    await client.query(beginAs(manager));
    const { rows } = await client.query<{ id: string }>({ name, text, values });
    await client.query("COMMIT");
    return { us: (performance.now() - at) * 1000, id: rows[0]!.id };
  };
  return async () => {
    const samples = { grant: [] as number[], revoke: [] as number[], insert: [] as number[] };
    for (const [i, collection] of collections.entries()) {
      const granted = await timed(
        app,
        "bench_grant",
        `SELECT id FROM app.grant_access($1, NULL, $2, NULL, '${VIEWER}', NULL)`,
        [collection, addresses[i]],
      );
      const revoked = await timed(app, "bench_revoke", "SELECT id FROM app.revoke_access($1, NULL, $2)", [
        collection,
        granted.id,
      ]);
      const inserted = await timed(
        owner,
        "bench_insert",
        `INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id) VALUES ($1, $2, '${VIEWER}', $3) RETURNING id`,
        [people[i], collection, manager.id],
      );
      await owner.query("DELETE FROM permissions WHERE id = ANY ($1)", [[granted.id, inserted.id]]);
      samples.grant.push(granted.us);
      samples.revoke.push(revoked.us);
      samples.insert.push(inserted.us);
    }
    return samples;
  };
}

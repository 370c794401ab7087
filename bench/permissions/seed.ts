import type { Client } from "pg";

/** The size of a world. The number of people and groups is always the same. */
export interface Size {
  /** The exact number of rows of `permissions`. */
  grants: number;
  documents: number;
  collections: number;
}

const WORKSPACES = 20;
const USERS = 10_000;
const GROUPS = 1000;
const MEMBERS = 20;
/** The depth of nested groups. */
export const LEVELS = 5;

/**
 * Fills an empty, migrated database with people, groups, collections and documents; each collection has its owner's
 * grant. Everything follows from the sizes, nothing is random. Leaves temporary tables `u`, `g`, `c` and `d` that number
 * the rows from 0. `client` is the superuser's.
 */
export async function seed(client: Client, { collections, documents }: Size): Promise<void> {
  // evenly spread over 0 … 1, in another order for each salt
  await client.query(`
    CREATE FUNCTION pg_temp.spread(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
      RETURN (hashint8extended(i, salt) & 4294967295) / 4294967296.0`);
  await client.query(`
    CREATE TEMP TABLE w (n int PRIMARY KEY, id uuid);
    CREATE TEMP TABLE u (n int PRIMARY KEY, id uuid, workspace_id uuid);
    CREATE TEMP TABLE g (n int PRIMARY KEY, id uuid);
    CREATE TEMP TABLE c (n int PRIMARY KEY, id uuid, owner_id uuid, workspace_id uuid);
    CREATE TEMP TABLE d (n int PRIMARY KEY, id uuid, collection int);
    INSERT INTO w SELECT n, uuidv7() FROM generate_series(0, ${WORKSPACES - 1}) n;
    INSERT INTO workspaces (id, name) SELECT id, 'Workspace ' || n FROM w;
    INSERT INTO u SELECT s, uuidv7(), w.id FROM generate_series(0, ${USERS - 1}) s JOIN w ON w.n = s % ${WORKSPACES};
    INSERT INTO users (id, workspace_id, email, email_normalized, name, email_verified_at)
      SELECT id, workspace_id, 'person' || n || '@example.org', 'person' || n || '@example.org', 'Person ' || n, now() FROM u;
    INSERT INTO g SELECT n, uuidv7() FROM generate_series(0, ${GROUPS - 1}) n;
    INSERT INTO groups (id, workspace_id, name) SELECT g.id, w.id, 'Group ' || g.n FROM g JOIN w ON w.n = g.n % ${WORKSPACES};
    INSERT INTO group_nestings (parent_id, child_id)
      SELECT parent.id, child.id FROM g child JOIN g parent ON parent.n = child.n - ${WORKSPACES}
       WHERE child.n / ${WORKSPACES} % ${LEVELS} > 0;
    INSERT INTO group_memberships (group_id, user_id)
      SELECT DISTINCT g.id, u.id FROM g, generate_series(1, ${MEMBERS}) m
        JOIN u ON true WHERE u.n = floor(pg_temp.spread(g.n * 1000 + m, 1) * ${USERS / WORKSPACES})::int * ${WORKSPACES} + g.n % ${WORKSPACES};
    INSERT INTO c SELECT s, uuidv7(), u.id, u.workspace_id FROM generate_series(0, ${collections - 1}) s JOIN u ON u.n = s * 7 % ${USERS};
    INSERT INTO collections (id, workspace_id, owner_id, name) SELECT id, workspace_id, owner_id, 'Collection ' || n FROM c;
    INSERT INTO permissions (user_id, collection_id, role_id, opened_at)
      SELECT c.owner_id, c.id, r.id, now() FROM c JOIN roles r ON r.name = 'owner' AND r.workspace_id IS NULL;
    INSERT INTO d SELECT n, uuidv7(), floor(power(pg_temp.spread(n, 2), 1.5) * ${collections})::int FROM generate_series(0, ${documents - 1}) n`);
  // Documents of different collections alternate, as in real use, so that a page of one is spread over the table.
  // Foreign keys are not checked: that would take most of the time, and they refer to the rows above.
  await client.query(`
    CREATE TEMP TABLE dd AS
      SELECT d.n, d.id, c.id AS collection_id, CASE WHEN d.n % 5 = 4 THEN u.id ELSE c.owner_id END AS owner_id
        FROM d JOIN c ON c.n = d.collection JOIN u ON u.n = floor(pg_temp.spread(d.n, 3) * ${USERS})::int;
    CREATE TEMP TABLE o AS SELECT owner_id, uuidv7() AS id, count(*)::int AS refs FROM dd GROUP BY owner_id;
    INSERT INTO objects (id, owner_id, key, state) SELECT id, owner_id, owner_id || '/' || id || '.pdf', 'stored' FROM o;
    INSERT INTO blobs (id, owner_id, sha256, size_bytes, object_id, refs)
      SELECT id, owner_id, sha256(owner_id::text::bytea), 100000, id, refs FROM o;
    SET session_replication_role = replica;
    INSERT INTO documents (id, collection_id, owner_id, name, content_type, size_bytes, sha256, status, page_count, progress,
                           access_mode, blob_id, created_at, deleted_at)
      SELECT dd.id, dd.collection_id, dd.owner_id, 'Document ' || dd.n || '.pdf', 'application/pdf', 100000,
             sha256(dd.owner_id::text::bytea), 'ready', 1 + dd.n % 40, 100,
             CASE dd.n % 100 WHEN 11 THEN 'private' WHEN 23 THEN 'invite' WHEN 37 THEN 'link' ELSE 'collection' END,
             o.id, now() - (${documents} - dd.n) * interval '1 minute', CASE WHEN dd.n % 50 = 17 THEN now() END
        FROM dd JOIN o ON o.owner_id = dd.owner_id ORDER BY dd.n;
    SET session_replication_role = DEFAULT`);
}

/** Drops indexes that no rule depends on, which makes filling faster. Returns a function that creates them again. */
export async function withoutIndexes(client: Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
      FROM pg_index i WHERE i.indrelid IN ('documents'::regclass, 'permissions'::regclass) AND NOT i.indisunique`);
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return async () => {
    // an index belongs to its table's owner, whoever creates it
    for (const { definition } of rows) await client.query(definition);
  };
}

/**
 * Adds grants to evenly picked people and groups until `grants` is reached: a little over half of them on collections,
 * one of ten to a group. In bulk: masks are copied here, and keys are known to exist.
 */
export async function fill(client: Client, { grants, collections, documents }: Size): Promise<void> {
  const missing = async () => {
    const { rows } = await client.query<{ count: number }>("SELECT count(*)::int FROM permissions");
    return grants - rows[0]!.count;
  };
  if ((await missing()) < 0) throw new Error(`More than ${grants} grants before any were filled in.`);
  const add = (column: string, table: string, things: number, amount: number, salt: number) =>
    client.query(`
      INSERT INTO permissions (user_id, group_id, ${column}, role_id, mask, opened_at)
        SELECT CASE WHEN k % 10 > 0 THEN u.id END, CASE WHEN k % 10 = 0 THEN g.id END, t.id, r.id, r.mask,
               CASE WHEN k % 10 > 0 AND k % 2 = 0 THEN now() END
          FROM generate_series(0, ${amount - 1}) k
          JOIN ${table} t ON t.n = floor(pg_temp.spread(k, ${salt}) * ${things})::int
          JOIN u ON u.n = floor(pg_temp.spread(k, ${salt + 1}) * ${USERS})::int
          JOIN g ON g.n = floor(pg_temp.spread(k, ${salt + 2}) * ${GROUPS})::int
          JOIN roles r ON r.workspace_id IS NULL AND r.name = (ARRAY['viewer', 'viewer', 'commenter', 'editor'])[1 + k % 4]
        ON CONFLICT DO NOTHING`);
  await client.query("SET session_replication_role = replica");
  await add("collection_id", "c", collections, Math.floor((await missing()) * 0.55), 11);
  // two picks may give the same pair
  for (let salt = 21; (await missing()) > 0; salt += 10)
    await add("document_id", "d", documents, await missing(), salt);
  await client.query("SET session_replication_role = DEFAULT");
  // the tier that allows many collaborators
  await client.query("UPDATE user_quotas SET tier_name = 'pro'");
}

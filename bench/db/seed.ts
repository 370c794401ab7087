import type { Client } from "pg";
import type { WorldSize } from "./world.ts";

/**
 * Fills an empty, migrated database. Everything follows from the sizes, nothing is random, so that two runs measure the
 * same. Documents of different collections alternate, as in real use, so that a page of one is spread over the table.
 * `client` is the superuser's.
 */
export async function seedWorld(client: Client, size: WorldSize): Promise<void> {
  // a large multiplier scatters neighbours evenly over 0 … 1
  await client.query(`
    CREATE FUNCTION pg_temp.spread(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE
      RETURN (((i + 1) * 2654435761 + salt * 40503 * 65537) % 4294967296) / 4294967296.0`);
  const {
    workspaces,
    users,
    groups,
    groupDepth,
    membersPerGroup,
    collections,
    documents,
    largestCollection,
  } = size;
  // scratch tables with the ids of created rows, numbered from 0
  await client.query(`
    CREATE TEMP TABLE w (n int PRIMARY KEY, id uuid);
    CREATE TEMP TABLE u (n int PRIMARY KEY, id uuid, workspace_id uuid, is_external boolean);
    CREATE TEMP TABLE g (n int PRIMARY KEY, id uuid, workspace int);
    CREATE TEMP TABLE c (n int PRIMARY KEY, id uuid, owner_id uuid, workspace_id uuid);
    INSERT INTO w SELECT n, uuidv7() FROM generate_series(0, ${workspaces - 1}) n;
    INSERT INTO workspaces (id, name) SELECT id, 'Workspace ' || n FROM w;
    INSERT INTO u SELECT s, uuidv7(), w.id, s % 50 = 49 FROM generate_series(0, ${users - 1}) s JOIN w ON w.n = s % ${workspaces};
    INSERT INTO users (id, workspace_id, workspace_role, email, email_normalized, name, email_verified_at, is_external)
      SELECT id, workspace_id, CASE WHEN is_external THEN 'guest' WHEN n < ${workspaces} THEN 'admin' ELSE 'member' END,
             'person' || n || '@example.org', 'person' || n || '@example.org', 'Person ' || n, now(), is_external FROM u;
    INSERT INTO g SELECT n, uuidv7(), n % ${workspaces} FROM generate_series(0, ${groups - 1}) n;
    INSERT INTO groups (id, workspace_id, name) SELECT g.id, w.id, 'Group ' || g.n FROM g JOIN w ON w.n = g.workspace;
    INSERT INTO group_nestings (parent_id, child_id)
      SELECT parent.id, child.id FROM g child JOIN g parent ON parent.n = child.n - ${workspaces} WHERE child.n / ${workspaces} % ${groupDepth} > 0;
    INSERT INTO group_memberships (group_id, user_id)
      SELECT DISTINCT g.id, u.id FROM g, generate_series(1, ${membersPerGroup}) m
        JOIN u ON true WHERE u.n = (floor(pg_temp.spread(g.n * 1000 + m, 1) * ${users / workspaces})::int * ${workspaces} + g.workspace)
         AND NOT u.is_external;
    INSERT INTO c SELECT s, uuidv7(), u.id, u.workspace_id FROM generate_series(0, ${collections - 1}) s
      JOIN u ON u.n = s * 7 % ${users} - CASE WHEN s * 7 % ${users} % 50 = 49 THEN 1 ELSE 0 END;
    INSERT INTO collections (id, workspace_id, owner_id, name, visibility)
      SELECT id, workspace_id, owner_id, 'Collection ' || n, CASE WHEN n % 20 = 3 THEN 'workspace' ELSE 'private' END FROM c`);
  await grants(client, size);
  await client.query(`
    CREATE TEMP TABLE d AS
      SELECT n, uuidv7() AS id, CASE WHEN n % ${Math.round(documents / largestCollection)} = 0 THEN 0
               ELSE 1 + floor(power(pg_temp.spread(n, 2), 1.5) * ${collections - 1})::int END AS collection
        FROM generate_series(0, ${documents - 1}) n;
    CREATE TEMP TABLE dd AS
      SELECT d.n, d.id, c.id AS collection_id, CASE WHEN d.n % 5 = 4 AND NOT u.is_external THEN u.id ELSE c.owner_id END AS owner_id,
             d.n % 200 = 7 AS is_pending
        FROM d JOIN c ON c.n = d.collection JOIN u ON u.n = floor(pg_temp.spread(d.n, 3) * ${users})::int ORDER BY d.n;
    CREATE TEMP TABLE o AS
      SELECT owner_id, uuidv7() AS id, count(*)::int AS refs FROM dd WHERE NOT is_pending GROUP BY owner_id;
    INSERT INTO objects (id, owner_id, key, state) SELECT id, owner_id, owner_id || '/' || id || '.pdf', 'stored' FROM o;
    INSERT INTO blobs (id, owner_id, sha256, size_bytes, object_id, refs)
      SELECT id, owner_id, sha256(owner_id::text::bytea), 100000, id, refs FROM o`);
  // foreign keys are not checked: that would take most of the time, and they refer to the rows above
  await client.query(`
    SET session_replication_role = replica;
    INSERT INTO documents (id, collection_id, owner_id, name, content_type, size_bytes, sha256, status, page_count, progress,
                           access_mode, blob_id, created_at, deleted_at)
      SELECT dd.id, dd.collection_id, dd.owner_id, 'Document ' || dd.n || '.pdf', 'application/pdf', 100000,
             sha256(dd.owner_id::text::bytea), CASE WHEN dd.is_pending THEN 'pending' ELSE 'ready' END, 1 + dd.n % 40, 100,
             CASE WHEN dd.n % 100 IN (11, 61) THEN 'private' WHEN dd.n % 100 = 23 THEN 'invite' WHEN dd.n % 100 = 37 THEN 'link' ELSE 'collection' END,
             CASE WHEN NOT dd.is_pending THEN o.id END, now() - (${documents} - dd.n) * interval '1 minute',
             CASE WHEN dd.n % 50 = 17 THEN now() END
        FROM dd LEFT JOIN o ON o.owner_id = dd.owner_id;
    SET session_replication_role = DEFAULT;
    INSERT INTO permissions (user_id, document_id, role_id)
      SELECT u.id, dd.id, r.id FROM dd JOIN u ON u.n = floor(pg_temp.spread(dd.n, 4) * ${users})::int JOIN roles r ON r.name = 'viewer' AND r.workspace_id IS NULL
       WHERE NOT dd.is_pending`);
  await client.query("VACUUM ANALYZE");
}

async function grants(client: Client, { users, groups, collections, ...size }: WorldSize): Promise<void> {
  await client.query(`
    INSERT INTO permissions (user_id, collection_id, role_id, opened_at)
      SELECT c.owner_id, c.id, r.id, now() FROM c JOIN roles r ON r.name = 'owner' AND r.workspace_id IS NULL;
    INSERT INTO permissions (user_id, collection_id, role_id, opened_at)
      SELECT u.id, c.id, r.id, CASE WHEN k % 2 = 0 THEN now() END
        FROM c, generate_series(1, ${size.peoplePerCollection}) k
        JOIN LATERAL (SELECT (ARRAY['viewer', 'viewer', 'commenter', 'editor'])[1 + k % 4] AS name) role ON true
        JOIN roles r ON r.name = role.name AND r.workspace_id IS NULL
        JOIN u ON true WHERE u.n = floor(pg_temp.spread(c.n * 100 + k, 5) * ${users})::int AND NOT u.is_external
      ON CONFLICT DO NOTHING;
    INSERT INTO permissions (group_id, collection_id, role_id)
      SELECT g.id, c.id, r.id FROM c, generate_series(1, ${size.groupsPerCollection}) k
        JOIN roles r ON r.name = 'viewer' AND r.workspace_id IS NULL
        JOIN g ON true WHERE g.n = floor(pg_temp.spread(c.n * 100 + k, 6) * ${groups})::int
      ON CONFLICT DO NOTHING;
    INSERT INTO permissions (subject_workspace_id, collection_id, role_id)
      SELECT c.workspace_id, c.id, r.id FROM c JOIN roles r ON r.name = 'viewer' AND r.workspace_id IS NULL WHERE c.n % 20 = 3`);
}

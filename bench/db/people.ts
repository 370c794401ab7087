import type { Client } from "pg";
import type { UserActor } from "#lib/authz/actor.ts";

/** The people whose requests are measured, created after the world with exactly these rights. */
export interface People {
  /** Sees about 1 % of all collections, most of them through nested groups. */
  member: UserActor;
  /** Sees a tenth of all collections. */
  colleague: UserActor;
  /** Sees half of all collections. */
  busy: UserActor;
  /** Owns the largest collection. */
  owner: UserActor;
  /** An external person who sees one collection with three documents. */
  guest: UserActor;
  /** Has an account and no grant. */
  stranger: UserActor;
}

/** The resources that they ask for. */
export interface Targets {
  /** The collection with the most documents. */
  largest: string;
  /** A collection of ordinary size that `member` may view. */
  ordinary: string;
  /** Half-way down the largest collection. */
  middleOfLargest: string;
  /** Somebody else's document that `member` may view. */
  document: string;
  /** A document of `owner`'s own. */
  ownDocument: string;
  /** Recently opened documents by person. */
  recent: Record<string, string[]>;
}

const VIEWER = "(SELECT id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL)";

export async function addPeople(client: Client): Promise<{ people: People; targets: Targets }> {
  const one = async (text: string, values: unknown[] = []) =>
    (await client.query<{ id: string }>(text, values)).rows[0]!.id;
  const person = async (name: string, isExternal = false): Promise<UserActor> => ({
    kind: "user",
    id: await one(
      `INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name, email_verified_at, is_external)
       SELECT id, $2, $1 || '@example.org', $1 || '@example.org', $1, now(), $3 FROM workspaces LIMIT 1 RETURNING id`,
      [name, isExternal ? "guest" : "member", isExternal],
    ),
  });
  const mayView = (actor: UserActor, part: string) =>
    client.query(
      `INSERT INTO permissions (user_id, collection_id, role_id)
       SELECT $1, id, ${VIEWER} FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM collections) c WHERE ${part} ON CONFLICT DO NOTHING`,
      [actor.id],
    );

  const [member, colleague, busy, guest, stranger] = [
    await person("member"),
    await person("colleague"),
    await person("busy"),
    await person("guest", true),
    await person("stranger"),
  ];
  await mayView(member, "n % 200 = 5");
  await mayView(colleague, "n % 11 = 5");
  await mayView(busy, "n % 2 = 0 OR n = 1");
  for (const actor of [member, colleague, busy]) await joinsNestedGroup(client, actor.id);
  const small = await smallCollection(client, member.id);
  await client.query(`INSERT INTO permissions (user_id, collection_id, role_id) VALUES ($1, $2, ${VIEWER})`, [
    guest.id,
    small,
  ]);
  const recent: Record<string, string[]> = {};
  for (const actor of [member, colleague, busy, guest]) recent[actor.id] = await openMany(client, actor.id);
  await client.query("VACUUM ANALYZE");

  const largest = await one(
    "SELECT collection_id AS id FROM documents GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
  );
  const ordinary = await one(
    `SELECT id FROM (
       SELECT d.collection_id AS id, row_number() OVER (ORDER BY count(*), d.collection_id) AS rank
         FROM documents d JOIN permissions p ON p.collection_id = d.collection_id AND p.user_id = $1 GROUP BY 1
     ) seen ORDER BY abs(rank - 6) LIMIT 1`,
    [member.id],
  );
  const owner = await one("SELECT owner_id AS id FROM collections WHERE id = $1", [largest]);
  const live = "status = 'ready' AND deleted_at IS NULL AND access_mode = 'collection'";
  return {
    people: { member, colleague, busy, guest, stranger, owner: { kind: "user", id: owner } },
    targets: {
      largest,
      ordinary,
      middleOfLargest: await one(
        `SELECT id FROM documents WHERE collection_id = $1 ORDER BY id DESC
          OFFSET (SELECT count(*) / 2 FROM documents WHERE collection_id = $1) LIMIT 1`,
        [largest],
      ),
      document: await one(`SELECT id FROM documents WHERE collection_id = $1 AND ${live} LIMIT 1`, [
        ordinary,
      ]),
      ownDocument: await one(`SELECT id FROM documents WHERE owner_id = $1 AND ${live} LIMIT 1`, [owner]),
      recent,
    },
  };
}

/** Fills somebody's list of recent documents, from many collections. */
async function openMany(client: Client, userId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO recent_documents (user_id, document_id, used_at)
     SELECT $1, id, now() - n * interval '1 minute' FROM (
       SELECT d.id, row_number() OVER (ORDER BY sha256(d.id::text::bytea)) AS n
         FROM permissions p JOIN documents d ON d.collection_id = p.collection_id
        WHERE p.user_id = $1 AND d.status = 'ready' AND d.deleted_at IS NULL AND d.access_mode = 'collection') d
      WHERE n <= app.kept_recent() RETURNING document_id AS id`,
    [userId],
  );
  return rows.map(({ id }) => id);
}

/** Puts a person into a group that is nested in as many others as any. */
async function joinsNestedGroup(client: Client, userId: string): Promise<void> {
  await client.query(
    `INSERT INTO group_memberships (group_id, user_id)
     SELECT g.id, u.id FROM users u JOIN groups g ON g.workspace_id = u.workspace_id
       CROSS JOIN LATERAL (WITH RECURSIVE above (id) AS (
         SELECT g.id UNION SELECT n.parent_id FROM above JOIN group_nestings n ON n.child_id = above.id
       ) SELECT count(*) AS depth FROM above) nested
      WHERE u.id = $1 ORDER BY nested.depth DESC, g.id LIMIT 1`,
    [userId],
  );
}

/** A collection with three documents, owned by `ownerId`. */
async function smallCollection(client: Client, ownerId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `WITH made AS (
       INSERT INTO collections (workspace_id, owner_id, name) SELECT workspace_id, id, 'Small' FROM users WHERE id = $1 RETURNING id
     ), granted AS (
       INSERT INTO permissions (user_id, collection_id, role_id) SELECT $1, made.id, r.id FROM made, roles r WHERE r.name = 'owner' AND r.workspace_id IS NULL
     ), stored AS (
       INSERT INTO objects (owner_id, key, state) VALUES ($1, $1::text || '/small.pdf', 'stored') RETURNING id
     ), blob AS (
       INSERT INTO blobs (owner_id, sha256, size_bytes, object_id, refs) SELECT $1, sha256($1::text::bytea), 100000, id, 3 FROM stored RETURNING id, sha256
     ), documents AS (
       INSERT INTO documents (collection_id, owner_id, name, content_type, size_bytes, sha256, status, blob_id)
         SELECT made.id, $1, 'Small ' || n || '.pdf', 'application/pdf', 100000, blob.sha256, 'ready', blob.id FROM made, blob, generate_series(1, 3) n
     ) SELECT id FROM made`,
    [ownerId],
  );
  return rows[0]!.id;
}

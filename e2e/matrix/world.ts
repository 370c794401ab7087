import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { encode } from "next-auth/jwt";
import pg from "pg";
import { Caller, uniqueText, uploadFile, whenProcessed } from "../support/caller.ts";
import { ownerUrl, type Product } from "../support/product.ts";
import {
  type DocumentFact,
  type Persona,
  type PersonaName,
  personaNames,
  personas,
  type PlaceFact,
  type Role,
  roles,
} from "./rules.ts";

const live = (owner: PersonaName, mode: DocumentFact["mode"] = "collection"): DocumentFact => ({
  owner,
  mode,
  state: "live",
});
/** What lies in every place. */
export const documentFacts = {
  authored: live("author"),
  "collection owner's": live("owner"),
  "uploader's": live("uploader"),
  private: live("author", "private"),
  invite: live("author", "invite"),
  link: live("author", "link"),
  trashed: { ...live("author"), state: "trashed" },
  pending: { ...live("author"), state: "pending" },
} satisfies Record<string, DocumentFact>;
export type DocumentKey = keyof typeof documentFacts;
export const documentKeys = Object.keys(documentFacts) as DocumentKey[];

export const placeFacts = {
  closed: { visibility: "private", isTrashed: false },
  "open to the workspace": { visibility: "workspace", isTrashed: false },
  public: { visibility: "public", isTrashed: false },
  trashed: { visibility: "private", isTrashed: true },
} satisfies Record<string, PlaceFact>;
export type PlaceKey = keyof typeof placeFacts;
export const placeKeys = Object.keys(placeFacts) as PlaceKey[];

export interface Place {
  id: string;
  /** Stands in the names of the collection and of all that is in it, and nowhere else. */
  canary: string;
  documents: Record<DocumentKey, string>;
  /** Of each person with a grant of their own on the collection: its id. */
  grants: Partial<Record<PersonaName, string>>;
  /** The same on each document. */
  documentGrants: Record<DocumentKey, Partial<Record<PersonaName, string>>>;
}

export interface World {
  product: Product;
  ids: Record<PersonaName, string>;
  emails: Record<PersonaName, string>;
  /** What each one's requests carry. */
  headers: Record<PersonaName, Record<string, string>>;
  workspaces: Record<Persona["workspace"], string>;
  /** The name of the spare group. */
  groupCanary: string;
  groups: { viewers: string; outer: string; /** Has nothing. */ spare: string };
  deletedGroup: string;
  groupElsewhere: string;
  roleIds: Record<Role, string>;
  shared: Record<PlaceKey, Place>;
}

const rowsOf = (definition: string, parameter = "$1") =>
  `jsonb_to_recordset(${parameter}::jsonb) x (${definition})`;

/** The product, asked over a few connections however much is asked at once. */
export async function pooled(product: Product): Promise<Product & { end(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: await ownerUrl(product.dataDir), max: 4 });
  pool.on("error", () => undefined); // the database ends before it
  return {
    ...product,
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await pool.query<Row>(text, values)).rows,
    end: () => pool.end(),
  };
}

/** Everybody, with what they sign their calls with; and one place of each kind. */
export async function makeWorld(product: Product): Promise<World> {
  const workspaces = { home: randomUUID(), away: randomUUID() };
  await product.query("INSERT INTO workspaces (id, name) VALUES ($1, 'Home'), ($2, 'Away')", [
    workspaces.home,
    workspaces.away,
  ]);
  const ids = fromNames(() => randomUUID());
  const emails = fromNames(
    (name) => `${name.replace(/[^a-z]/g, "")}.${randomBytes(4).toString("hex")}@example.org`,
  );
  await product.query(
    `INSERT INTO users (id, workspace_id, email, email_normalized, name, email_verified_at, workspace_role, is_external, is_system_admin)
     SELECT x.id, x.workspace_id, x.email, x.email, x.name, now(), x.role, x.role = 'guest', x.is_system_admin
       FROM ${rowsOf("id uuid, workspace_id uuid, email text, name text, role text, is_system_admin boolean")}`,
    [
      JSON.stringify(
        personaNames.map((name) => {
          const { is, workspace }: Persona = personas[name];
          return {
            id: ids[name],
            workspace_id: workspaces[workspace],
            email: emails[name],
            name: `The ${name}`,
            role: is === "workspace admin" ? "admin" : is === "guest" ? "guest" : "member",
            is_system_admin: is === "system admin",
          };
        }),
      ),
    ],
  );
  await product.query("UPDATE user_quotas SET collections_override = 1000000, documents_override = 1000000");
  const headers = await makeCredentials(product, ids);
  const groupCanary = `canary${randomBytes(5).toString("hex")}`;
  const groups = {
    viewers: await makeGroup(product, workspaces.home),
    outer: await makeGroup(product, workspaces.home),
    spare: await makeGroup(product, workspaces.home, { name: groupCanary }),
  };
  const inner = await makeGroup(product, workspaces.home);
  const members = [
    [groups.viewers, ids["group viewer"]],
    [inner, ids["nested group editor"]],
  ];
  for (const member of members)
    await product.query("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", member);
  await product.query("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [
    groups.outer,
    inner,
  ]);

  const world: World = {
    ...{ product, ids, emails, headers, workspaces, groups, groupCanary },
    deletedGroup: await makeGroup(product, workspaces.home, { isDeleted: true }),
    groupElsewhere: await makeGroup(product, workspaces.away),
    roleIds: await makeRoles(product, headers["workspace admin"]),
    shared: {} as World["shared"],
  };
  for (const owner of new Set(documentKeys.map((key) => documentFacts[key].owner)))
    await storeBytes(world, owner);
  for (const key of placeKeys) world.shared[key] = (await makePlaces(world, key, 1))[0]!;
  await giveLinks(world);
  await product.query("UPDATE users SET suspended_at = now() WHERE id = ANY ($1)", [
    [ids["suspended, session"], ids["suspended, token"]],
  ]);
  return world;
}

const fromNames = <Value>(make: (name: PersonaName) => Value) =>
  Object.fromEntries(personaNames.map((name) => [name, make(name)])) as Record<PersonaName, Value>;

const secretOf = async (product: Product): Promise<string> =>
  (JSON.parse(await readFile(path.join(product.dataDir, "secrets.json"), "utf8")) as { authSecret: string })
    .authSecret;

async function makeCredentials(product: Product, ids: World["ids"]): Promise<World["headers"]> {
  const authSecret = await secretOf(product);
  const headers = fromNames((): Record<string, string> => ({}));
  for (const name of personaNames) {
    const { comes } = personas[name];
    if (comes.startsWith("by session")) {
      const [session] = await product.query<{ id: string }>(
        `INSERT INTO sessions (user_id, expires_at, revoked_at)
         VALUES ($1, now() + $2::interval, CASE WHEN $3 THEN now() END) RETURNING id`,
        [ids[name], comes.endsWith("expired") ? "-1 second" : "1 day", comes.endsWith("signed out")],
      );
      const token = await encode({ token: { sub: ids[name], sessionId: session!.id }, secret: authSecret });
      headers[name] = { cookie: `next-auth.session-token=${token}`, origin: product.url };
    } else if (comes.startsWith("by token")) {
      const token = await giveToken(product, ids[name], comes);
      headers[name] = { authorization: `Bearer ${token}` };
    }
  }
  return headers;
}

/** The links of a collection, presented as what they are not. */
async function giveLinks({ product, ids, headers, roleIds, shared }: World): Promise<void> {
  const token = randomBytes(32).toString("base64url");
  const [link] = await product.query<{ id: string }>(
    `INSERT INTO public_links (collection_id, role_id, created_by_id, token_hash, token_sealed)
     VALUES ($1, $2, $3, $4, $4) RETURNING id`,
    [shared.closed.id, roleIds.viewer, ids.owner, createHash("sha256").update(token).digest()],
  );
  headers["link visitor"] = { authorization: `Bearer ${token}`, cookie: `next-auth.session-token=${token}` };
  const session = await encode({
    token: { sub: link!.id, sessionId: link!.id },
    secret: await secretOf(product),
  });
  headers["link visitor, as if in a session"] = {
    ...{ cookie: `next-auth.session-token=${session}`, origin: product.url },
  };
}

async function giveToken(product: Product, userId: string, state = "by token"): Promise<string> {
  const secret = `sheaf_${randomBytes(32).toString("base64url")}`;
  await product.query(
    `INSERT INTO tokens (user_id, kind, name, hash, expires_at, revoked_at)
     VALUES ($1, 'access', 'Script', $2, now() + $3::interval, CASE WHEN $4 THEN now() END)`,
    [
      userId,
      createHash("sha256").update(secret).digest(),
      state.endsWith("expired") ? "-1 second" : "1 day",
      state.endsWith("revoked"),
    ],
  );
  return secret;
}

/** An empty group. */
export async function makeGroup(
  product: Product,
  workspaceId: string,
  { isDeleted = false, name = `Group ${randomUUID()}` } = {},
): Promise<string> {
  const [group] = await product.query<{ id: string }>(
    "INSERT INTO groups (workspace_id, name, deleted_at) VALUES ($1, $2, CASE WHEN $3 THEN now() END) RETURNING id",
    [workspaceId, name, isDeleted],
  );
  return group!.id;
}

/** Built-in ones, and by the API those of the workspace's own. */
async function makeRoles(product: Product, headers: Record<string, string>): Promise<World["roleIds"]> {
  const admin = new Caller(product.url);
  const make = (name: Role) =>
    admin.must<{ id: string }>("POST", "/roles", { body: { name, permissions: roles[name] }, headers });
  for (const name of ["curator", "sharer"] as const) await make(name);
  const rows = await product.query<{ id: string; name: Role }>("SELECT id, name FROM roles");
  return Object.fromEntries(rows.map(({ id, name }) => [name, id])) as World["roleIds"];
}

/** Real bytes, which all documents of this owner then refer to. */
async function storeBytes({ product, ids }: World, owner: PersonaName): Promise<void> {
  const api = new Caller(product.url, { token: await giveToken(product, ids[owner]) });
  const { id } = await api.must("POST", "/collections", { body: { name: "Own" } });
  const { id: documentId } = await uploadFile(api, id, uniqueText("own.txt"));
  await whenProcessed(api, documentId);
}

/** Places alike, each with all documents and all grants: as many as are asked for, in a few statements. */
export async function makePlaces(world: World, key: PlaceKey, count: number): Promise<Place[]> {
  const { product, ids, workspaces, roleIds, groups } = world;
  const { visibility, isTrashed } = placeFacts[key];
  const places: Place[] = [];
  const collections: object[] = [];
  const documents: object[] = [];
  const grants: object[] = [];
  const blobs = new Map(
    (
      await product.query<{ owner_id: string; id: string; sha256: string; size_bytes: string }>(
        "SELECT DISTINCT ON (owner_id) owner_id, id, encode(sha256, 'hex') AS sha256, size_bytes FROM blobs ORDER BY owner_id, id",
      )
    ).map((row) => [row.owner_id, row]),
  );
  for (let n = 0; n < count; n += 1) {
    const canary = `canary${randomBytes(5).toString("hex")}`;
    const documentGrants = Object.fromEntries(documentKeys.map((documentKey) => [documentKey, {}]));
    const place = { id: randomUUID(), canary, documents: {}, grants: {}, documentGrants } as Place;
    places.push(place);
    const thumbnail = randomUUID();
    collections.push({
      id: place.id,
      name: `Notes ${canary}`,
      thumbnail,
      key: `${ids.owner}/${thumbnail}/${thumbnail}.webp`,
    });
    for (const documentKey of documentKeys) {
      const { owner, mode, state } = documentFacts[documentKey];
      const blob = blobs.get(ids[owner])!;
      const id = (place.documents[documentKey] = randomUUID());
      documents.push({
        ...{ id, collection_id: place.id, owner_id: ids[owner], name: `${documentKey} ${canary}.txt` },
        ...{
          size_bytes: blob.size_bytes,
          sha256: blob.sha256,
          blob_id: state === "pending" ? null : blob.id,
        },
        ...{
          status: state === "pending" ? "pending" : "ready",
          access_mode: mode,
          is_trashed: state === "trashed",
        },
        thumbnail_object_id: state === "pending" ? null : thumbnail,
      });
    }
    const give = (name: PersonaName, role: Role, on: { collection_id: string } | { document_id: string }) => {
      const { through, ended }: Persona = personas[name];
      const id = randomUUID();
      const group_id = through === "nested group" ? groups.outer : groups.viewers;
      const subject = through ? { group_id } : { user_id: ids[name] };
      grants.push({
        id,
        ...subject,
        ...on,
        role_id: roleIds[role],
        is_expired: ended === "expired",
        is_revoked: ended === "revoked",
      });
      return id;
    };
    for (const name of personaNames) {
      const { grant, documentGrant, ended }: Persona = personas[name];
      if (grant && ended !== "group deleted")
        place.grants[name] = give(name, grant, { collection_id: place.id });
      if (!documentGrant) continue;
      for (const documentKey of documentKeys)
        place.documentGrants[documentKey][name] = give(name, documentGrant, {
          document_id: place.documents[documentKey],
        });
    }
  }
  await product.query(
    `WITH objects AS (INSERT INTO objects (id, owner_id, key, state)
       SELECT x.thumbnail, $2, x.key, 'stored' FROM ${rowsOf("thumbnail uuid, key text")})
     INSERT INTO collections (id, workspace_id, owner_id, name, visibility, deleted_at)
     SELECT x.id, $3, $2, x.name, $4, CASE WHEN $5 THEN now() END FROM ${rowsOf("id uuid, name text")}`,
    [JSON.stringify(collections), ids.owner, workspaces.home, visibility, isTrashed],
  );
  await product.query(
    `INSERT INTO documents (id, collection_id, owner_id, name, content_type, size_bytes, sha256, blob_id, status, access_mode, deleted_at, thumbnail_object_id)
     SELECT x.id, x.collection_id, x.owner_id, x.name, 'text/plain', x.size_bytes, decode(x.sha256, 'hex'), x.blob_id, x.status,
       x.access_mode, CASE WHEN x.is_trashed THEN now() END, x.thumbnail_object_id
       FROM ${rowsOf(`id uuid, collection_id uuid, owner_id uuid, name text, size_bytes bigint, sha256 text, blob_id uuid, status text,
         access_mode text, is_trashed boolean, thumbnail_object_id uuid`)}`,
    [JSON.stringify(documents)],
  );
  await product.query(
    `INSERT INTO permissions (id, user_id, group_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, deleted_at)
     SELECT x.id, x.user_id, x.group_id, x.collection_id, x.document_id, x.role_id, $2, now() - interval '1 day',
       CASE WHEN x.is_expired THEN now() - interval '1 hour' END, CASE WHEN x.is_revoked THEN now() END
       FROM ${rowsOf(`id uuid, user_id uuid, group_id uuid, collection_id uuid, document_id uuid, role_id uuid, is_expired boolean,
         is_revoked boolean`)}`,
    [JSON.stringify(grants), ids.owner],
  );
  if (visibility !== "private") {
    await product.query(
      `INSERT INTO permissions (subject_workspace_id, is_everyone, collection_id, role_id, granted_by_id)
       SELECT CASE WHEN $2 THEN NULL ELSE $3::uuid END, $2, x, $4, $5 FROM unnest($1::uuid[]) x`,
      [places.map(({ id }) => id), visibility === "public", workspaces.home, roleIds.viewer, ids.owner],
    );
  }
  await endGroup(world, places);
  await settleAccounts(product, places);
  return places;
}

/** A group that had been given each place and is gone, with the grants left behind as if its end had been cut short. */
async function endGroup({ product, ids, workspaces, roleIds }: World, places: Place[]): Promise<void> {
  const group = await makeGroup(product, workspaces.home);
  await product.query("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", [
    group,
    ids["deleted group's viewer"],
  ]);
  const left = await product.query<{ id: string; collection_id: string }>(
    `INSERT INTO permissions (group_id, collection_id, role_id, granted_by_id, granted_at)
     SELECT $1, x, $2, $3, now() - interval '1 day' FROM unnest($4::uuid[]) x RETURNING id, collection_id`,
    [group, roleIds.viewer, ids.owner, places.map(({ id }) => id)],
  );
  const grantOf = new Map(left.map((row) => [row.collection_id, row.id]));
  for (const place of places) place.grants["deleted group's viewer"] = grantOf.get(place.id);
  await product.query("UPDATE groups SET deleted_at = now() WHERE id = $1", [group]);
}

/** Ledger, counters and references as they would be, had everything been uploaded. */
async function settleAccounts(product: Product, places: Place[]): Promise<void> {
  const ids = places.map(({ id }) => id);
  await product.query(
    `WITH paid AS (
       INSERT INTO quota_ledger (user_id, cause, collections, documents)
       SELECT owner_id, 'collection:' || id, 1, 0 FROM collections WHERE id = ANY ($1)
       UNION ALL SELECT owner_id, 'document:' || id, 0, 1 FROM documents WHERE collection_id = ANY ($1) AND status <> 'pending'
       RETURNING user_id, collections, documents
     ), sums AS (SELECT user_id, sum(collections) AS collections, sum(documents) AS documents FROM paid GROUP BY user_id)
     UPDATE user_quotas q SET collections_used = collections_used + s.collections, documents_used = documents_used + s.documents
       FROM sums s WHERE s.user_id = q.user_id`,
    [ids],
  );
  await product.query(
    `UPDATE blobs b SET refs = b.refs + n.refs
       FROM (SELECT blob_id, count(*) AS refs FROM documents WHERE collection_id = ANY ($1) GROUP BY blob_id) n WHERE n.blob_id = b.id`,
    [ids],
  );
}

import { randomBytes, randomUUID } from "node:crypto";
import type { Product } from "../../support/product.ts";
import { type Persona, type PersonaName, personaNames, personas, type Role } from "../rules.ts";
import { collectionFacts, type CollectionKey, documentFacts, documentKeys } from "./facts.ts";
import { makeGroup, rowId, rowsOf } from "./rows.ts";
import type { FilledCollection, World } from "./world.ts";

/** Collections alike, each with all documents and all grants: as many as are asked for, in a few statements. */
export async function makeCollections(
  world: World,
  key: CollectionKey,
  count: number,
): Promise<FilledCollection[]> {
  const { product, ids, workspaces, roleIds, groups } = world;
  const { visibility, isTrashed } = collectionFacts[key];
  const collections: FilledCollection[] = [];
  const collectionRows: object[] = [];
  const documentRows: object[] = [];
  const grantRows: object[] = [];
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
    const collection = {
      id: randomUUID(),
      canary,
      documents: {},
      grants: {},
      documentGrants,
    } as FilledCollection;
    collections.push(collection);
    const thumbnail = randomUUID();
    collectionRows.push({
      id: collection.id,
      name: `Notes ${canary}`,
      thumbnail,
      key: `${ids.owner}/${thumbnail}/${thumbnail}.webp`,
    });
    for (const documentKey of documentKeys) {
      const { owner, mode, state } = documentFacts[documentKey];
      const blob = blobs.get(ids[owner])!;
      const id = (collection.documents[documentKey] = randomUUID());
      documentRows.push({
        ...{ id, collection_id: collection.id, owner_id: ids[owner], name: `${documentKey} ${canary}.txt` },
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
      grantRows.push({
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
        collection.grants[name] = give(name, grant, { collection_id: collection.id });
      if (!documentGrant) continue;
      for (const documentKey of documentKeys)
        collection.documentGrants[documentKey][name] = give(name, documentGrant, {
          document_id: collection.documents[documentKey],
        });
    }
  }
  await product.query(
    `WITH objects AS (INSERT INTO objects (id, owner_id, key, state)
       SELECT x.thumbnail, $2, x.key, 'stored' FROM ${rowsOf("thumbnail uuid, key text")})
     INSERT INTO collections (id, workspace_id, owner_id, name, visibility, deleted_at)
     SELECT x.id, $3, $2, x.name, $4, CASE WHEN $5 THEN now() END FROM ${rowsOf("id uuid, name text")}`,
    [JSON.stringify(collectionRows), ids.owner, workspaces.home, visibility, isTrashed],
  );
  await product.query(
    `INSERT INTO documents (id, collection_id, owner_id, name, content_type, size_bytes, sha256, blob_id, status, access_mode, deleted_at, thumbnail_object_id)
     SELECT x.id, x.collection_id, x.owner_id, x.name, 'text/plain', x.size_bytes, decode(x.sha256, 'hex'), x.blob_id, x.status,
       x.access_mode, CASE WHEN x.is_trashed THEN now() END, x.thumbnail_object_id
       FROM ${rowsOf(`id uuid, collection_id uuid, owner_id uuid, name text, size_bytes bigint, sha256 text, blob_id uuid, status text,
         access_mode text, is_trashed boolean, thumbnail_object_id uuid`)}`,
    [JSON.stringify(documentRows)],
  );
  await product.query(
    `INSERT INTO permissions (id, user_id, group_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, deleted_at)
     SELECT x.id, x.user_id, x.group_id, x.collection_id, x.document_id, x.role_id, $2, now() - interval '1 day',
       CASE WHEN x.is_expired THEN now() - interval '1 hour' END, CASE WHEN x.is_revoked THEN now() END
       FROM ${rowsOf(`id uuid, user_id uuid, group_id uuid, collection_id uuid, document_id uuid, role_id uuid, is_expired boolean,
         is_revoked boolean`)}`,
    [JSON.stringify(grantRows), ids.owner],
  );
  if (visibility !== "private") {
    await product.query(
      `INSERT INTO permissions (subject_workspace_id, is_everyone, collection_id, role_id, granted_by_id)
       SELECT CASE WHEN $2 THEN NULL ELSE $3::uuid END, $2, x, $4, $5 FROM unnest($1::uuid[]) x`,
      [collections.map(({ id }) => id), visibility === "public", workspaces.home, roleIds.viewer, ids.owner],
    );
  }
  await endGroup(world, collections);
  await settleAccounts(
    product,
    collections.map(({ id }) => id),
  );
  return collections;
}

/** A group that had been given each collection and is gone, with the grants left behind as if its end had been cut short. */
async function endGroup(
  { product, ids, workspaces, roleIds }: World,
  collections: FilledCollection[],
): Promise<void> {
  const group = await makeGroup(product, workspaces.home);
  await product.query("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", [
    group,
    ids["deleted group's viewer"],
  ]);
  const left = await product.query<{ id: string; collection_id: string }>(
    `INSERT INTO permissions (group_id, collection_id, role_id, granted_by_id, granted_at)
     SELECT $1, x, $2, $3, now() - interval '1 day' FROM unnest($4::uuid[]) x RETURNING id, collection_id`,
    [group, roleIds.viewer, ids.owner, collections.map(({ id }) => id)],
  );
  const grantOf = new Map(left.map((row) => [row.collection_id, row.id]));
  for (const collection of collections)
    collection.grants["deleted group's viewer"] = grantOf.get(collection.id);
  await product.query("UPDATE groups SET deleted_at = now() WHERE id = $1", [group]);
}

/** A collection of the owner's in which no workspace admin has anything. */
export async function makeEmptyCollection(world: World): Promise<string> {
  const id = await rowId(
    world,
    "INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'In use')",
    [world.workspaces.home, world.ids.owner],
  );
  await world.product.query(
    "INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id) VALUES ($1, $2, $3, $1)",
    [world.ids.owner, id, world.roleIds.owner],
  );
  await settleAccounts(world.product, [id]);
  return id;
}

/** Ledger, counters and references as they would be, had everything in the collections been uploaded. */
export async function settleAccounts(product: Product, ids: string[]): Promise<void> {
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

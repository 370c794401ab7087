import { randomBytes } from "node:crypto";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { createCollection } from "#lib/collections/index.ts";
import { type AppError } from "#lib/errors/index.ts";

export const address = () => `${randomBytes(6).toString("hex")}@example.net`;

/** "ok", or the refusal as code and reason. */
export const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "ok",
    (error: AppError) => `${error.code}:${error.reason ?? ""}`,
  );

/** The same refusal for a while and "ok" then cannot be told from luck: how many of each outcome. */
export async function tally(promises: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.all(promises.map(outcome))) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

/** A group with people and groups in it, past all policies. */
export async function makeGroup(
  workspaceId: string,
  {
    people = [],
    groups = [],
    name = randomBytes(6).toString("hex"),
  }: { people?: { id: string }[]; groups?: string[]; name?: string } = {},
): Promise<string> {
  const [made] = await asOwner<{ id: string }>(
    "INSERT INTO groups (workspace_id, name) VALUES ($1, $2) RETURNING id",
    [workspaceId, name],
  );
  const { id } = made!;
  for (const person of people)
    await asOwner("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", [id, person.id]);
  for (const child of groups)
    await asOwner("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [id, child]);
  return id;
}

/** A custom role, past all policies and limits. */
export async function makeRole(workspaceId: string, mask: number): Promise<string> {
  const [made] = await asOwner<{ id: string }>(
    "INSERT INTO roles (workspace_id, name, mask) VALUES ($1, $2, $3) RETURNING id",
    [workspaceId, randomBytes(6).toString("hex"), mask],
  );
  return made!.id;
}

interface GrantRow {
  userId?: string | null;
  groupId?: string | null;
  workspaceId?: string | null;
  isEveryone?: boolean;
  collectionId?: string | null;
  documentId?: string | null;
  roleId: string;
  expiresAt?: Date | null;
  isDeleted?: boolean;
}

/** A grant as a row, past all rules. */
export async function putGrant(row: GrantRow): Promise<string> {
  const [made] = await asOwner<{ id: string }>(
    `INSERT INTO permissions (user_id, group_id, subject_workspace_id, is_everyone, collection_id, document_id, role_id, expires_at, deleted_at, opened_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 THEN now() END, now()) ON CONFLICT DO NOTHING RETURNING id`,
    [
      row.userId ?? null,
      row.groupId ?? null,
      row.workspaceId ?? null,
      row.isEveryone ?? false,
      row.collectionId ?? null,
      row.documentId ?? null,
      row.roleId,
      row.expiresAt ?? null,
      row.isDeleted ?? false,
    ],
  );
  return made?.id ?? "";
}

/** A stored document as a row: access does not care for its bytes. */
export async function makeDocumentRow(
  ownerId: string,
  collectionId: string,
  accessMode: "private" | "collection" | "invite" | "link" = "collection",
): Promise<string> {
  const hash = randomBytes(32);
  const [object] = await asOwner<{ id: string }>(
    "INSERT INTO objects (owner_id, key, state) VALUES ($1, $2, 'stored') RETURNING id",
    [ownerId, randomBytes(12).toString("hex")],
  );
  const [blob] = await asOwner<{ id: string }>(
    "INSERT INTO blobs (owner_id, sha256, size_bytes, object_id, refs) VALUES ($1, $2, 1, $3, 1) RETURNING id",
    [ownerId, hash, object!.id],
  );
  const [made] = await asOwner<{ id: string }>(
    `INSERT INTO documents (collection_id, owner_id, name, content_type, size_bytes, sha256, status, blob_id, access_mode)
     VALUES ($1, $2, 'page.txt', 'text/plain', 1, $3, 'ready', $4, $5) RETURNING id`,
    [collectionId, ownerId, hash, blob!.id, accessMode],
  );
  return made!.id;
}

/** A collection with a document in it, both somebody's, and ways to find them colleagues. */
export async function makeShared(limits?: { collaborators?: number }) {
  const owner = await makePerson({ limits });
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const documentId = await makeDocumentRow(owner.id, id);
  const { workspaceId } = owner;
  return {
    owner,
    workspaceId,
    collection: { type: "collection", id } as const,
    document: { type: "document", id: documentId } as const,
    colleague: (options: Parameters<typeof makePerson>[0] = {}) => makePerson({ ...options, workspaceId }),
  };
}

import { createHash, randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { type UserActor } from "#lib/authz/actor.ts";
import { storage } from "#lib/storage/index.ts";
import { confirmUpload, requestUpload } from "#lib/uploads/index.ts";

/** Builders of test data. Each call makes something fresh, so that tests share nothing. */

let owner: pg.Pool | undefined;

/** Runs SQL as the owner of the tables, past all policies: to set up what a test needs, or to see the whole truth. */
export async function asOwner<Row extends object = Record<string, unknown>>(
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  if (!owner) {
    owner = new pg.Pool({ connectionString: process.env.DATABASE_OWNER_URL, max: 2, allowExitOnIdle: true });
    // the database is dropped after the test file, with these connections still open
    owner.on("error", () => {});
  }
  return (await owner.query<Row>(text, values)).rows;
}

export interface Person extends UserActor {
  email: string;
  name: string;
  workspaceId: string;
}

interface PersonOptions {
  name?: string;
  workspaceId?: string;
  role?: "admin" | "member" | "guest";
  isVerified?: boolean;
  isSystemAdmin?: boolean;
  limits?: { collections?: number; documents?: number; storageBytes?: number; collaborators?: number };
}

/** A person with a verified address, in a workspace of their own unless told otherwise. */
export async function makePerson(options: PersonOptions = {}): Promise<Person> {
  const {
    name = `Person ${randomBytes(3).toString("hex")}`,
    role = "member",
    isVerified = true,
    isSystemAdmin = false,
    limits = {},
  } = options;
  const email = `${randomBytes(6).toString("hex")}@example.org`;
  const workspaceId =
    options.workspaceId ??
    (await asOwner<{ id: string }>("INSERT INTO workspaces (name) VALUES ($1) RETURNING id", [name]))[0]!.id;
  const [row] = await asOwner<{ id: string }>(
    `INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name, email_verified_at, is_system_admin, is_external)
     VALUES ($1, $2, $3, $3, $4, $5, $6, $7) RETURNING id`,
    [workspaceId, role, email, name, isVerified ? new Date() : null, isSystemAdmin, role === "guest"],
  );
  const id = row!.id;
  await asOwner(
    "UPDATE user_quotas SET collections_override = $2, documents_override = $3, storage_bytes_override = $4, collaborators_override = $5 WHERE user_id = $1",
    [id, limits.collections, limits.documents, limits.storageBytes, limits.collaborators],
  );
  return { kind: "user", id, email, name, workspaceId, ...(isSystemAdmin && { isSystemAdmin }) };
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
/** A small text that nobody else has. */
export const makeText = (sizeBytes = 64): Buffer =>
  Buffer.from(randomBytes(sizeBytes).toString("hex").slice(0, sizeBytes));

/** A pending document whose bytes are in the store already, as after the client's PUT. */
export async function makePendingUpload(
  person: UserActor,
  collectionId: string,
  bytes = makeText(),
  filename = "notes.txt",
  contentType = "text/plain",
) {
  const { documentId, upload } = await requestUpload(person, {
    collectionId,
    filename,
    contentType,
    sizeBytes: bytes.byteLength,
    sha256: sha256(bytes),
  });
  if (upload) {
    const [row] = await asOwner<{ key: string }>(
      "SELECT o.key FROM documents d JOIN objects o ON o.id = d.upload_object_id WHERE d.id = $1",
      [documentId],
    );
    await storage.put(row!.key, bytes, { contentType, sizeBytes: bytes.byteLength });
  }
  return { documentId, upload, bytes };
}

/** A stored and paid document. */
export async function makeDocument(
  person: UserActor,
  collectionId: string,
  ...rest: [bytes?: Buffer, filename?: string, contentType?: string]
) {
  const { documentId } = await makePendingUpload(person, collectionId, ...rest);
  return confirmUpload(person, documentId);
}

/** Counters, ledger and rows of a person: what must always be equal. */
export async function quotaTruth(personId: string) {
  const [row] = await asOwner<
    Record<"counter" | "ledger" | "rows", { collections: number; documents: number; bytes: number }>
  >(
    `SELECT
      (SELECT json_build_object('collections', collections_used, 'documents', documents_used, 'bytes', storage_bytes_used) FROM user_quotas WHERE user_id = $1) AS counter,
      (SELECT json_build_object('collections', coalesce(sum(collections), 0), 'documents', coalesce(sum(documents), 0), 'bytes', coalesce(sum(storage_bytes), 0)) FROM quota_ledger WHERE user_id = $1) AS ledger,
      json_build_object('collections', (SELECT count(*) FROM collections WHERE owner_id = $1),
        'documents', (SELECT count(*) FROM documents WHERE owner_id = $1 AND status <> 'pending'),
        'bytes', (SELECT coalesce(sum(size_bytes), 0) FROM blobs WHERE owner_id = $1)) AS rows`,
    [personId],
  );
  return row!;
}

/** What a person has under way, by the counters and by the pending documents: what must always be equal. */
export async function pendingTruth(personId: string) {
  const [row] = await asOwner<Record<"counter" | "rows", { documents: number; bytes: number }>>(
    `SELECT
      (SELECT json_build_object('documents', pending_documents, 'bytes', pending_bytes) FROM user_quotas WHERE user_id = $1) AS counter,
      (SELECT json_build_object('documents', count(*), 'bytes', coalesce(sum(size_bytes) FILTER (WHERE upload_object_id IS NOT NULL), 0))
         FROM documents WHERE owner_id = $1 AND status = 'pending') AS rows`,
    [personId],
  );
  return row!;
}

/** An hour goes by for what a person gave up, except where somebody is at it. */
export const passAnHour = (personId: string) =>
  asOwner(
    `UPDATE objects SET created_at = created_at - interval '1 hour'
      WHERE id IN (SELECT id FROM objects WHERE owner_id = $1 FOR UPDATE SKIP LOCKED)`,
    [personId],
  );

export const missingId = (): string => randomUUID();

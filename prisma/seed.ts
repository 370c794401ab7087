import { createHash } from "node:crypto";
import { register } from "#lib/accounts/index.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { createCollection, getCollection } from "#lib/collections/index.ts";
import { closeDatabase, transaction } from "#lib/db/index.ts";
import { syncTiers } from "#lib/quota/index.ts";
import { addCollaborator } from "#lib/sharing/index.ts";
import { storage } from "#lib/storage/index.ts";
import { confirmUpload, requestUpload } from "#lib/uploads/index.ts";
import { type DemoFile, fieldStudy, officePapers, readingGroup } from "./demo/documents.ts";

const password = "quiet reading room";
const accounts = [
  { name: "Anna Berg", email: "anna@example.com", password },
  { name: "Marc Klein", email: "marc@example.com", password },
  { name: "Chika Ito", email: "chika@example.com", password },
];

/** Demo people, collections and documents, made by the same verbs that people use. Run again it changes nothing. */
export async function seedDemo(): Promise<typeof accounts> {
  try {
    await syncTiers();
    if (await findPerson(accounts[0]!.email)) return accounts;
    for (const account of accounts) await register(account, { ip: null, requestId: "demo", language: "en" });
    const [anna, marc, chika] = (await Promise.all(accounts.map(({ email }) => findPerson(email)))) as [
      UserActor,
      UserActor,
      UserActor,
    ];

    const study = await fill(
      anna,
      "Estuary field study",
      "Counts, guides and pictures of the spring 2026 season",
      await fieldStudy(),
    );
    await addCollaborator(anna, study, { email: "marc@example.com", role: "editor" });
    await addCollaborator(anna, study, { email: "chika@example.com", role: "viewer" });
    await addCollaborator(anna, study, { email: "station@example.net", role: "viewer" });
    for (const reader of [marc, chika]) await getCollection(reader, study);
    await fill(anna, "Foundation papers", "Contracts, invoices and the yearly report", await officePapers());
    const group = await fill(chika, "Reading group", "What we read this winter", await readingGroup());
    await addCollaborator(chika, group, { email: "anna@example.com", role: "commenter" });
    await createCollection(marc, { name: "Drafts", description: "" });
    return accounts;
  } finally {
    await closeDatabase();
  }
}

function findPerson(email: string): Promise<UserActor | null> {
  return transaction(system, async (tx) => {
    const found = await tx.user.findUnique({ where: { emailNormalized: email }, select: { id: true } });
    return found && { kind: "user", id: found.id };
  });
}

async function fill(owner: UserActor, name: string, description: string, files: DemoFile[]): Promise<string> {
  const { id } = await createCollection(owner, { name, description });
  // newest first is how they are listed
  for (const file of files.toReversed()) {
    const { documentId, upload } = await requestUpload(owner, {
      collectionId: id,
      filename: file.filename,
      contentType: file.contentType,
      sizeBytes: file.bytes.byteLength,
      sha256: createHash("sha256").update(file.bytes).digest("hex"),
    });
    if (upload) await put(owner, documentId, file);
    await confirmUpload(owner, documentId);
  }
  return id;
}

/** The server needs no presigned address to put bytes where the client would. */
async function put(owner: UserActor, documentId: string, { bytes, contentType }: DemoFile): Promise<void> {
  const key = await transaction(owner, async (tx) => {
    const found = await tx.document.findUniqueOrThrow({
      where: { id: documentId },
      select: { upload: { select: { key: true } } },
    });
    return found.upload!.key;
  });
  await storage.put(key, bytes, { contentType, sizeBytes: bytes.byteLength });
}

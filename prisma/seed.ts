import { createHash } from "node:crypto";
import { register } from "#lib/accounts/index.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { createCollection, getCollection } from "#lib/collections/index.ts";
import { closeDatabase, transaction } from "#lib/db/index.ts";
import { addMembers, createGroup, nestGroup } from "#lib/groups/index.ts";
import { syncTiers } from "#lib/quota/index.ts";
import { addCollaborator, grant } from "#lib/sharing/index.ts";
import { storage } from "#lib/storage/index.ts";
import { confirmUpload, requestUpload } from "#lib/uploads/index.ts";
import { inviteMembers, renameWorkspace } from "#lib/workspaces/index.ts";
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
    const anna = await signUp(accounts[0]!);
    await renameWorkspace(anna, { name: "Berg & Klein" });
    // invited first, Marc comes into Anna's workspace; Chika has one of her own, and Lena has not answered yet
    await inviteMembers(anna, { emails: ["marc@example.com"], role: "member" });
    const marc = await signUp(accounts[1]!);
    const chika = await signUp(accounts[2]!);
    await inviteMembers(anna, { emails: ["lena@example.com"], role: "member" });

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
    const papers = await fill(
      anna,
      "Foundation papers",
      "Contracts, invoices and the yearly report",
      await officePapers(),
    );
    const editorial = await createGroup(anna, {
      name: "Editorial",
      description: "Writes and looks after what the foundation prints",
    });
    const proofreaders = await createGroup(anna, { name: "Proofreaders", description: "" });
    await nestGroup(anna, editorial.id, proofreaders.id);
    await addMembers(anna, editorial.id, { userIds: [anna.id, marc.id], emails: [] });
    await addMembers(anna, proofreaders.id, { userIds: [marc.id], emails: [] });
    await grant(anna, { type: "collection", id: papers }, { groupId: editorial.id, role: "editor" });
    const group = await fill(chika, "Reading group", "What we read this winter", await readingGroup());
    await addCollaborator(chika, group, { email: "anna@example.com", role: "commenter" });
    await createCollection(marc, { name: "Drafts", description: "" });
    return accounts;
  } finally {
    await closeDatabase();
  }
}

async function signUp(account: (typeof accounts)[number]): Promise<UserActor> {
  await register(account, { ip: null, requestId: "demo", language: "en" });
  return (await findPerson(account.email))!;
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

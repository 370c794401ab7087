import type { UserActor } from "#lib/authz/actor.ts";
import {
  createCollection,
  deleteCollection,
  getCollection,
  listCollections,
  updateCollection,
} from "#lib/collections/index.ts";
import {
  getContentUrl,
  getDocument,
  listDocuments,
  trashDocument,
  updateDocument,
} from "#lib/documents/index.ts";
import { getQuota } from "#lib/quota/index.ts";
import { addCollaborator, listGrants } from "#lib/sharing/index.ts";
import { confirmUpload, requestUpload } from "#lib/uploads/index.ts";
import { makePendingUpload, makePerson, sha256 } from "#prisma/factories.ts";
import { record } from "./recorder.ts";

export interface RoundTrips {
  verb: string;
  /** Messages to the database, with those that begin and end transactions. */
  messages: number;
  transactions: number;
}

/** The messages of each verb to the database for one call. Over HTTP one more authenticates the caller. */
export async function countRoundTrips(): Promise<RoundTrips[]> {
  const person: UserActor = await makePerson();
  const counted: RoundTrips[] = [];
  const count = async <Answer>(verb: string, work: () => Promise<Answer>): Promise<Answer> => {
    let answer: Answer | undefined;
    const sent = await record(async () => (answer = await work()));
    const transactions = sent.filter(({ text }) => text.startsWith("BEGIN")).length;
    counted.push({ verb, messages: sent.length, transactions });
    return answer!;
  };

  const made = await count("createCollection", () =>
    createCollection(person, { name: "Notes", description: "" }),
  );
  await count("getCollection", () => getCollection(person, made.id));
  await count("listCollections", () => listCollections(person, { scope: "all" }));
  await count("updateCollection", () => updateCollection(person, made.id, { version: 1, name: "Papers" }));
  await count("addCollaborator", () =>
    addCollaborator(person, made.id, { email: "someone@example.org", role: "viewer" }),
  );
  await count("listGrants", () => listGrants(person, { type: "collection", id: made.id }));
  const bytes = Buffer.from("a text that nobody has");
  await count("requestUpload", () =>
    requestUpload(person, {
      collectionId: made.id,
      filename: "notes.txt",
      contentType: "text/plain",
      sizeBytes: bytes.byteLength,
      sha256: sha256(bytes),
    }),
  );
  const { documentId } = await makePendingUpload(person, made.id);
  const document = await count("confirmUpload", () => confirmUpload(person, documentId));
  await count("getDocument", () => getDocument(person, documentId));
  await count("listDocuments", () => listDocuments(person, { scope: "live", collectionId: made.id }));
  await count("updateDocument", () =>
    updateDocument(person, documentId, { version: document.version, name: "b.txt" }),
  );
  await count("getContentUrl", () => getContentUrl(person, documentId, "attachment"));
  await count("trashDocument", () => trashDocument(person, documentId));
  await count("getQuota", () => getQuota(person));
  await count("deleteCollection", () => deleteCollection(person, made.id));
  return counted;
}

import { type UserActor } from "#lib/authz/actor.ts";
import { recordAudits } from "#lib/audit/index.ts";
import { Prisma, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { sendAccountClosedMail } from "#lib/mail/index.ts";
import { normalizeEmail } from "#lib/sharing/schema.ts";
import { proveSelf } from "./proof.ts";
import { type CloseAccountInput, type ClosingView } from "./schema.ts";

/** What closing the account would delete, and what stands in its way. */
export async function getClosing(actor: UserActor): Promise<ClosingView> {
  return transaction(actor, async (tx) => {
    const [counts] = await tx.$queryRaw<(Omit<ClosingView, "sharedCollections"> & object)[]>(Prisma.sql`
      SELECT (SELECT count(*)::int FROM collections WHERE owner_id = ${actor.id}::uuid) AS collections,
        (SELECT count(*)::int FROM documents WHERE owner_id = ${actor.id}::uuid AND status <> 'pending') AS documents,
        (SELECT count(*)::int FROM documents d WHERE d.owner_id = ${actor.id}::uuid AND d.status <> 'pending'
          AND NOT EXISTS (SELECT FROM collections c WHERE c.id = d.collection_id AND c.owner_id = ${actor.id}::uuid)) AS "documentsElsewhere",
        app.needed_as() AS "neededAs"`);
    const sharedCollections = await tx.$queryRaw<ClosingView["sharedCollections"]>(
      Prisma.sql`SELECT id, name, shares, foreign_documents AS "foreignDocuments" FROM app.shared_collections()`,
    );
    return { ...counts!, sharedCollections };
  });
}

/**
 * Closes the actor's account for good: their collections and documents go, also those documents that lie in collections
 * of others (the uploader pays for them, and nobody else would), and with them quota, sessions, tokens and grants. The
 * audit keeps what it has. Refuses, and changes nothing, while others have access to a collection of theirs (`conflict`,
 * shared_collections) and while nobody else could administer the instance or their workspace (`forbidden`). Uploads at the
 * same time end before it or fail. Throws `invalid_input` (other_email) and as `proveSelf`.
 */
export async function closeAccount(actor: UserActor, { email, ...proof }: CloseAccountInput): Promise<void> {
  const { sharedCollections, neededAs } = await getClosing(actor);
  // before the proof, which takes a code; the database says it again where it counts
  if (neededAs) throw new AppError("forbidden", "Still needed", { reason: neededAs });
  if (sharedCollections.length > 0)
    throw new AppError("conflict", "Others use what is theirs", { reason: "shared_collections" });
  const own = await proveSelf(actor, proof);
  if (normalizeEmail(email) !== own.emailNormalized) {
    throw new AppError("invalid_input", "Another address", {
      errors: [{ path: "email", message: "other_email" }],
    });
  }
  await transaction(actor, async (tx) => {
    const cleared = await tx.$queryRaw<{ type: "collection" | "document"; id: string; name: string }[]>(
      Prisma.sql`SELECT type, id, name FROM app.clear_account()`,
    );
    const count = (type: string) => cleared.filter((one) => one.type === type).length;
    await recordAudits(tx, actor, [
      ...cleared.map(({ type, id, name }) => ({ action: `${type}.deleted`, resource: { type, id, name } })),
      {
        action: "account.closed",
        resource: { type: "user", id: actor.id },
        metadata: { collections: count("collection"), otherDocuments: count("document") },
      },
    ]);
    await tx.$executeRaw`SELECT app.close_account()`;
  });
  sendAccountClosedMail({ to: own.email, language: own.language });
}

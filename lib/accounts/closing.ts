import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { recordAudit } from "#lib/audit/index.ts";
import { only, Prisma, rows, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { sendAccountClosedMail } from "./letters.ts";
import { normalizeEmail } from "#lib/sharing/values.ts";
import { proveSelf } from "./proof.ts";
import { type CloseAccountInput, closingSchema, type ClosingView } from "./schema.ts";

const { sharedCollections: sharedCollection, ...counted } = closingSchema.shape;

/** What closing the account would delete, and what prevents it. */
export async function getClosing(actor: UserActor): Promise<ClosingView> {
  return transaction(actor, async (tx) => {
    const counts = await rows(
      tx,
      z.object(counted),
      Prisma.sql`
      SELECT (SELECT count(*)::int FROM collections WHERE owner_id = ${actor.id}::uuid) AS collections,
        (SELECT count(*)::int FROM documents WHERE owner_id = ${actor.id}::uuid AND status <> 'pending') AS documents,
        (SELECT count(*)::int FROM documents d WHERE d.owner_id = ${actor.id}::uuid AND d.status <> 'pending'
          AND NOT EXISTS (SELECT FROM collections c WHERE c.id = d.collection_id AND c.owner_id = ${actor.id}::uuid)) AS "documentsElsewhere",
        app.account_obstacle() AS "neededAs"`,
    );
    const sharedCollections = await rows(
      tx,
      sharedCollection.element,
      Prisma.sql`SELECT id, name, shares, foreign_documents AS "foreignDocuments" FROM app.shared_collections()`,
    );
    return { ...only(counts), sharedCollections };
  });
}

/**
 * Closes the actor's account for good. Deletes their collections, their documents (also those in collections of others,
 * because the uploader pays for them), quota, sessions, tokens and grants. The audit log stays. Throws `conflict`
 * (shared_collections) while others have access to one of their collections, `forbidden` while nobody else can
 * administer the instance or their workspace, `invalid_input` (other_email), and as `proveSelf`. Parallel uploads end
 * before it or fail.
 */
export async function closeAccount(
  actor: UserActor,
  sessionId: string | null,
  { email, ...proof }: CloseAccountInput,
): Promise<void> {
  const { sharedCollections, neededAs } = await getClosing(actor);
  // checked before the proof, which uses up a code; the database checks it again
  if (neededAs) throw new AppError("forbidden", "Still needed", { reason: neededAs });
  if (sharedCollections.length > 0)
    throw new AppError("conflict", "Others use what is theirs", { reason: "shared_collections" });
  const own = await proveSelf(actor, sessionId, proof);
  if (normalizeEmail(email) !== own.emailNormalized) {
    throw new AppError("invalid_input", "Another address", {
      errors: [{ path: "email", message: "other_email" }],
    });
  }
  await transaction(actor, async (tx) => {
    const cleared = await rows(
      tx,
      z.object({ type: z.enum(["collection", "document"]) }),
      Prisma.sql`SELECT type FROM app.clear_account()`,
    );
    const count = (type: "collection" | "document") => cleared.filter((one) => one.type === type).length;
    await recordAudit(tx, actor, {
      action: "account.closed",
      resource: { type: "user", id: actor.id },
      metadata: { collections: count("collection"), otherDocuments: count("document") },
    });
    await tx.$executeRaw`SELECT app.close_account()`;
  });
  sendAccountClosedMail({ to: own.email, language: own.language });
}

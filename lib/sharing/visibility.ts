import { type UserActor } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { collectionForbidden } from "#lib/errors/index.ts";
import { type VisibilityView } from "./schema.ts";

/** How far a collection is open, and whether it is protected; for whoever can see it. Missing and unseen refuse alike. */
export function getVisibility(actor: UserActor, collectionId: string): Promise<VisibilityView> {
  return transaction(actor, async (tx) => {
    const found = await tx.collection.findFirst({
      where: { id: collectionId, deletedAt: null },
      select: { visibility: true, isProtected: true },
    });
    if (!found) throw collectionForbidden();
    return found as VisibilityView;
  });
}

import { recordAudit, recordAudits } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { worded } from "./resource.ts";
import { type AccessMode, type SetVisibilityInput, type VisibilityView } from "./schema.ts";

/**
 * Opens a collection to nobody else, its workspace or everyone (as viewers), for those who manage its permissions. Its
 * owner also sets whether it is protected: then it is never public (`forbidden`), documents in it leave the mode link,
 * and every link to it or to them is revoked for good. Repeating changes nothing.
 */
export function setVisibility(
  actor: UserActor,
  collectionId: string,
  { visibility, isProtected }: SetVisibilityInput,
): Promise<VisibilityView> {
  return transaction(actor, async (tx) => {
    const [row] = await tx.$queryRaw<
      {
        previous: string;
        was_protected: boolean;
        is_protected: boolean;
        unlinked: number;
        closed_links: string[];
      }[]
    >`SELECT * FROM app.set_visibility(${collectionId}::uuid, ${visibility}, ${isProtected ?? null}::boolean)`;
    const { previous, was_protected, is_protected, unlinked, closed_links } = row!;
    const resource = { type: "collection", id: collectionId } as const;
    if (previous !== visibility)
      await recordAudit(tx, actor, {
        action: "collection.visibility_changed",
        resource,
        metadata: { previous, new: visibility },
      });
    if (was_protected !== is_protected)
      await recordAudit(tx, actor, {
        action: is_protected ? "collection.protected" : "collection.unprotected",
        resource,
        metadata: { unlinkedDocuments: unlinked, closedLinks: closed_links.length },
      });
    await recordAudits(
      tx,
      actor,
      closed_links.map((id) => ({
        action: "link.revoked",
        resource,
        subject: { type: "link", id },
        metadata: { because: "protected" },
      })),
    );
    return { visibility, isProtected: is_protected };
  });
}

/** The mode before, and the grant that lets whoever limited the document go on managing it, with what that took the place of. */
interface ModeChange {
  previous: AccessMode;
  kept_id: string | null;
  kept_role: string | null;
  kept_until: Date | null;
  ended_id: string | null;
  ended_role: string | null;
}

/**
 * Where a document takes its people from. Its owner may always keep it to themselves and give it back to the
 * collection; anything else is for those who manage its permissions, and never for guests. Whoever limits it to invited people keeps, by a
 * grant on the document, what lets them manage it.
 */
export function setAccessMode(
  actor: UserActor,
  documentId: string,
  mode: AccessMode,
): Promise<{ mode: AccessMode }> {
  const resource = { type: "document", id: documentId } as const;
  return worded(actor, resource, () =>
    transaction(actor, async (tx) => {
      const [row] = await tx.$queryRaw<
        ModeChange[]
      >`SELECT * FROM app.set_access_mode(${documentId}::uuid, ${mode})`;
      const { previous, kept_id, kept_role, kept_until, ended_id, ended_role } = row!;
      if (previous !== mode)
        await recordAudit(tx, actor, {
          action: "document.access_mode_changed",
          resource,
          metadata: { previous, new: mode },
        });
      if (kept_id)
        await recordAudit(tx, actor, {
          action: ended_id ? "permission.changed" : "permission.granted",
          resource,
          subject: { type: "user", id: actor.id },
          metadata: {
            ...{ grantId: kept_id, because: "access_mode", new: { role: kept_role, expiresAt: kept_until } },
            ...(ended_id && { previous: { grantId: ended_id, role: ended_role } }),
          },
        });
      return { mode };
    }),
  );
}

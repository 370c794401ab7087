import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, rows, transaction } from "#lib/db/index.ts";
import { type RenameWorkspaceInput, type WorkspaceView } from "./schema.ts";

/** Renames the actor's workspace. For its admins. */
export function renameWorkspace(actor: UserActor, { name }: RenameWorkspaceInput): Promise<WorkspaceView> {
  return transaction(actor, async (tx) => {
    const query = Prisma.sql`SELECT app.actor_workspace() AS id, app.rename_workspace(${name}) AS previous`;
    const { id, previous } = only(await rows(tx, z.object({ id: z.string(), previous: z.string() }), query));
    if (previous !== name)
      await recordAudit(tx, actor, {
        action: "workspace.renamed",
        resource: { type: "workspace", id, name },
        metadata: { previous, new: name },
      });
    return { id, name };
  });
}

import { recordAudit } from "#lib/audit/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { type RenameWorkspaceInput, type WorkspaceView } from "./schema.ts";

/** Names the actor's workspace anew. For its admins. */
export function renameWorkspace(actor: UserActor, { name }: RenameWorkspaceInput): Promise<WorkspaceView> {
  return transaction(actor, async (tx) => {
    const [row] = await tx.$queryRaw<{ id: string; previous: string }[]>`
      SELECT app.actor_workspace() AS id, app.rename_workspace(${name}) AS previous`;
    const { id, previous } = row!;
    if (previous !== name)
      await recordAudit(tx, actor, {
        action: "workspace.renamed",
        resource: { type: "workspace", id, name },
        metadata: { previous, new: name },
      });
    return { id, name };
  });
}

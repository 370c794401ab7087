import { type UserActor } from "#lib/authz/actor.ts";
import { transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { type ListPeopleInput, type OutsiderView } from "./schema.ts";

/**
 * Guests, people of other workspaces and invited addresses with access to something here, by address, with what they
 * reach. For workspace admins. Whoever has not opened anything yet looks like an address without an account.
 */
export function listOutsiders(
  actor: UserActor,
  { q = "", cursor }: ListPeopleInput,
): Promise<Page<OutsiderView>> {
  return transaction(actor, async (tx) => {
    const [abilities] = await tx.$queryRaw<{ canManage: boolean }[]>`
      SELECT app.actor_workspace() IS NOT NULL AND app.is_workspace_admin() AS "canManage"`;
    if (!abilities?.canManage)
      throw new AppError("forbidden", "Only workspace admins see outsiders", { reason: "workspace_admin" });
    const rows = await tx.$queryRaw<OutsiderView[]>`
      SELECT address AS id, email, name, user_id AS "userId", is_suspended AS "isSuspended", reach_count AS "reachCount", reaches
        FROM app.workspace_outsiders(${q}, ${cursor ?? null}, ${PAGE_SIZE + 1}::int)`;
    return pageFrom(rows, (row) => row);
  });
}

import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, rows, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { type ListPeopleInput, outsiderSchema, type OutsiderView } from "./schema.ts";

/**
 * Guests, people of other workspaces and invited addresses that have access to something here, by address, with what
 * they reach. For workspace admins. Somebody who has not opened anything yet looks like an address without an account.
 */
export function listOutsiders(
  actor: UserActor,
  { q = "", cursor }: ListPeopleInput,
): Promise<Page<OutsiderView>> {
  return transaction(actor, async (tx) => {
    const abilities = await rows(
      tx,
      z.object({ canManage: z.boolean() }),
      Prisma.sql`SELECT app.actor_workspace() IS NOT NULL AND app.is_workspace_admin() AS "canManage"`,
    );
    if (!only(abilities).canManage)
      throw new AppError("forbidden", "Only workspace admins see outsiders", { reason: "workspace_admin" });
    const found = await rows(
      tx,
      outsiderSchema,
      Prisma.sql`
      SELECT address AS id, email, name, user_id AS "userId", is_suspended AS "isSuspended", reach_count AS "reachCount", reaches
        FROM app.workspace_outsiders(${q}, ${cursor ?? null}, ${PAGE_SIZE + 1}::int)`,
    );
    return pageFrom(found, (row) => row);
  });
}

import { randomBytes } from "node:crypto";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { type AppError } from "#lib/errors/index.ts";
import { inviteMembers } from "./index.ts";

export const word = () => randomBytes(4).toString("hex");
export const address = () => `${word()}@example.net`;

/** The admins of two workspaces. */
export async function makeTwo() {
  const admin = await makePerson({ role: "admin" });
  const other = await makePerson({ role: "admin" });
  return { admin, other };
}

/** Invites one address and returns the invitation's id. */
export async function invite(
  admin: UserActor & { workspaceId: string },
  email: string,
  role: "admin" | "member" = "member",
): Promise<string> {
  await inviteMembers(admin, { emails: [email], role });
  const [row] = await asOwner<{ id: string }>(
    `SELECT id FROM workspace_invitations WHERE workspace_id = $1 AND email_normalized = $2
       AND accepted_at IS NULL AND declined_at IS NULL AND deleted_at IS NULL`,
    [admin.workspaceId, email.toLowerCase()],
  );
  return row!.id;
}

/** "ok", or code and reason of a refusal. */
export const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "ok",
    (error: AppError) => `${error.code}:${error.reason ?? ""}`,
  );

/** Workspace, role and principals of a person. */
export const membershipOf = async ({ id }: { id: string }) =>
  (
    await asOwner<{ workspace: string; role: string; suspended: boolean; principals: string[] }>(
      `SELECT workspace_id AS workspace, workspace_role AS role, suspended_at IS NOT NULL AS suspended,
         ARRAY(SELECT principal_id::text FROM user_principals WHERE user_id = users.id) AS principals FROM users WHERE id = $1`,
      [id],
    )
  )[0]!;

/** The actions in the audit log of a workspace, in order. */
export const auditOf = async (workspaceId: string): Promise<string[]> =>
  (
    await asOwner<{ action: string }>(
      "SELECT action FROM audit_events WHERE workspace_id = $1 AND action NOT LIKE 'collection.created' ORDER BY id",
      [workspaceId],
    )
  ).map(({ action }) => action);

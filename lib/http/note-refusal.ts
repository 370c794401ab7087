import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, write } from "#lib/db/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { log } from "#lib/log/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { type Operation } from "./operation.ts";

/** What one person's refusals may add to the log in an hour, by each instance: enough to tell, too little to fill it. */
const limit = { most: 300, windowSeconds: 3600, per: "actor", isShared: false } as const;

/** Whether a refusal is of something that only those who administer a workspace, or manage a thing's permissions, do. */
export const isAdminRefusal = ({ scope }: Pick<Operation, "scope">, { status, details }: AppError): boolean =>
  status === 403 && (scope === "admin" || details.permission === "manage_permissions");

/**
 * Enters in the audit log that somebody was refused what is for those who administer. Commits by itself, after what was
 * refused has been rolled back. Of something that they see, the entry is in its log. Never throws: the refusal stands.
 */
export async function noteRefusal(
  actor: UserActor,
  { method, path }: Pick<Operation, "method" | "path">,
  { reason, details }: AppError,
  id: string | undefined,
): Promise<void> {
  const [, type] = /^\/api\/v1\/(collection|document)s\/\{id\}/.exec(path) ?? [];
  const entry = {
    action: "access.refused",
    ...(type && id && details.permission !== undefined && { resource: { type, id } }),
    metadata: { operation: `${method} ${path}`, reason, permission: details.permission },
  };
  try {
    await countCall({ name: "refusalNotes", limit }, actor.id);
    await write(
      actor,
      z.object({}),
      Prisma.sql`SELECT app.record_audit(${JSON.stringify([entry])}::jsonb, 'user', ${actor.id}::uuid, ${actor.ip ?? null}, ${actor.requestId ?? null})`,
    );
  } catch (error) {
    log().debug({ err: error }, "a refusal was not entered");
  }
}

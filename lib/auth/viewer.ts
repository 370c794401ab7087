import { z } from "zod";
import { cache } from "react";
import { viewerSchema, type ViewerView } from "#lib/accounts/schema.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { authenticate, type Authenticated, nobody } from "./authenticate.ts";

const { workspace, ...own } = viewerSchema.shape;
const viewerRow = z.object({
  ...own,
  workspaceId: z.string(),
  workspaceName: z.string().nullable(),
  workspaceRole: workspace.shape.role,
});

/** The person who is calling, as they see themselves; null when they are gone. Guests see no workspace name. */
export async function findViewer(actor: UserActor): Promise<ViewerView | null> {
  const [row] = await read(
    actor,
    viewerRow,
    Prisma.sql`
      SELECT u.id, u.name, u.handle, u.email, u.language, u.email_verified_at IS NOT NULL AS "isEmailVerified",
        u.is_system_admin AS "isSystemAdmin", u.workspace_id AS "workspaceId", w.name AS "workspaceName",
        u.workspace_role AS "workspaceRole"
      FROM users u LEFT JOIN workspaces w ON w.id = u.workspace_id WHERE u.id = ${actor.id}::uuid`,
  );
  if (!row) return null;
  const { workspaceId, workspaceName, workspaceRole, ...person } = row;
  return { ...person, workspace: { id: workspaceId, name: workspaceName ?? "", role: workspaceRole } };
}

// `next/headers` and `next/navigation` exist only inside Next; this module is also loaded by scripts.
const current = cache(async (): Promise<Authenticated> => {
  const { headers } = await import("next/headers");
  try {
    const found = await authenticate(await headers());
    // pages are for people: what a token may is said by the routes of the API alone
    return found.via === "token" ? nobody : found;
  } catch (error) {
    // a page can't ask to wait: whoever is not looked up now is nobody
    if (error instanceof AppError && error.code === "rate_limited") return nobody;
    throw error;
  }
});

const currentViewer = cache(async (): Promise<ViewerView | null> => {
  const { actor } = await current();
  return actor.kind === "user" ? findViewer(actor) : null;
});

/** For server components: who is signed in, or null. Read once per request. */
export const getViewer = (): Promise<ViewerView | null> => currentViewer();

/** For server components that are open to everyone, too: whoever is calling. */
export async function getActor(): Promise<Actor> {
  const { actor } = await current();
  return actor;
}

/** For server components: sends to sign-in, and back here afterwards. */
export async function goToSignIn(): Promise<never> {
  const [{ headers }, { redirect }] = await Promise.all([import("next/headers"), import("next/navigation")]);
  const path = (await headers()).get("x-path") ?? "/";
  return redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
}

/**
 * For server components: the actor to call verbs with and the session they are in. Sends to sign-in, and back here
 * afterwards, when there is none.
 */
export async function requireSession(): Promise<{ actor: UserActor; sessionId: string | null }> {
  const { actor, sessionId } = await current();
  return actor.kind === "user" ? { actor, sessionId } : goToSignIn();
}

/** For server components: the actor alone, as `requireSession`. */
export const requireActor = async (): Promise<UserActor> => (await requireSession()).actor;

import { cache } from "react";
import { type ViewerView } from "#lib/accounts/schema.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read } from "#lib/db/index.ts";
import { type Locale } from "#lib/i18n/locales.ts";
import { authenticate } from "./authenticate.ts";

interface ViewerRow {
  id: string;
  name: string;
  handle: string | null;
  email: string;
  language: Locale;
  isEmailVerified: boolean;
  isSystemAdmin: boolean;
  workspaceId: string;
  workspaceName: string | null;
  workspaceRole: ViewerView["workspace"]["role"];
}

/** The person who is calling, as they see themselves; null when they are gone. Guests see no workspace name. */
export async function findViewer(actor: UserActor): Promise<ViewerView | null> {
  const [row] = await read<ViewerRow>(
    actor,
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
const current = cache(async () => {
  const { headers } = await import("next/headers");
  return authenticate(await headers());
});

const currentViewer = cache(async (): Promise<ViewerView | null> => {
  const { actor } = await current();
  return actor.kind === "user" ? findViewer(actor) : null;
});

/** For server components: who is signed in, or null. Read once per request. */
export const getViewer = (): Promise<ViewerView | null> => currentViewer();

/**
 * For server components: the actor to call verbs with and the session they are in. Sends to sign-in, and back here
 * afterwards, when there is none.
 */
export async function requireSession(): Promise<{ actor: UserActor; sessionId: string | null }> {
  const { actor, sessionId } = await current();
  if (actor.kind === "user") return { actor, sessionId };
  const [{ headers }, { redirect }] = await Promise.all([import("next/headers"), import("next/navigation")]);
  const path = (await headers()).get("x-path") ?? "/";
  return redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
}

/** For server components: the actor alone, as `requireSession`. */
export const requireActor = async (): Promise<UserActor> => (await requireSession()).actor;

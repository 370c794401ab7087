import { decode } from "next-auth/jwt";
import { type Actor } from "#lib/authz/actor.ts";
import { statement } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { hashSecret, tokenPrefix } from "./secrets.ts";

interface Authenticated {
  actor: Actor;
  via: "session" | "token" | "none";
  sessionId: string | null;
}

const nobody: Authenticated = { actor: { kind: "everyone" }, via: "none", sessionId: null };

/** Secure cookies, and next-auth's name for them, where the address is https. */
export const usesSecureCookies = (): boolean => env.APP_URL.startsWith("https://");
export const sessionCookieName = (): string =>
  `${usesSecureCookies() ? "__Secure-" : ""}next-auth.session-token`;

/**
 * Who is calling, from a personal access token or a session cookie. The session's row is read on every call, so that
 * revoking it, suspending the person or changing the password holds at once. A token that is not valid makes the
 * caller nobody: it never falls back to a cookie.
 */
export async function authenticate(headers: Headers): Promise<Authenticated> {
  const authorization = headers.get("authorization");
  if (authorization) {
    const [scheme, token] = authorization.split(" ", 2);
    if (scheme?.toLowerCase() !== "bearer" || !token?.startsWith(tokenPrefix)) return nobody;
    const found = await findActor("SELECT * FROM app.token_actor($1)", hashSecret(token));
    return found ? { actor: found, via: "token", sessionId: null } : nobody;
  }
  const sessionId = await sessionIdOf(headers.get("cookie"));
  if (!sessionId) return nobody;
  const found = await findActor("SELECT * FROM app.session_actor($1)", sessionId);
  return found ? { actor: found, via: "session", sessionId } : nobody;
}

async function findActor(text: string, secret: string | Buffer): Promise<Actor | null> {
  const [row] = await statement<{ user_id: string; is_system_admin: boolean }>(text, [secret]);
  return row ? { kind: "user", id: row.user_id, isSystemAdmin: row.is_system_admin } : null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The session's id out of the encrypted cookie, which next-auth splits when it is large; null when it is not ours. */
export async function sessionIdOf(cookieHeader: string | null): Promise<string | null> {
  if (!cookieHeader) return null;
  const name = sessionCookieName();
  const parts = cookieHeader
    .split(";")
    .map((pair) => pair.trim())
    .flatMap((pair) => {
      const at = pair.indexOf("=");
      const key = pair.slice(0, at);
      return key === name || key.startsWith(`${name}.`) ? [{ key, value: pair.slice(at + 1) }] : [];
    })
    .toSorted((a, b) => a.key.localeCompare(b.key, "en", { numeric: true }));
  if (parts.length === 0) return null;
  const token = await decode({
    token: parts.map(({ value }) => value).join(""),
    secret: env.AUTH_SECRET,
  }).catch(() => null);
  const id = token?.sessionId;
  return typeof id === "string" && uuid.test(id) ? id : null;
}

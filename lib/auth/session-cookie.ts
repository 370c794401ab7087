import { decode } from "next-auth/jwt";
import { env } from "#lib/env/index.ts";
import { tried } from "./tries.ts";

/** Secure cookies, and next-auth's name for them, where the address is https. */
export const usesSecureCookies = (appUrl = env.APP_URL): boolean => appUrl.startsWith("https://");
export const sessionCookieName = (appUrl = env.APP_URL): string =>
  `${usesSecureCookies(appUrl) ? "__Secure-" : ""}next-auth.session-token`;

/**
 * What next-auth seals for us: two ids and three numbers, directly encrypted by AES-256-GCM. That is never split into
 * several cookies. Another algorithm in its head, or more text, would only cost time before it is refused.
 */
const form = /^eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0\.\.[\w-]{16}\.[\w-]{1,500}\.[\w-]{22}$/;

/** The session cookie's text where it has the form of ours; null otherwise. Of several the first counts. */
export function sessionCookieIn(header: string | null): string | null {
  const start = `${sessionCookieName()}=`;
  const pair = header
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(start));
  const text = pair?.slice(start.length);
  return text !== undefined && form.test(text) ? text : null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What cookies say, which follows from their text alone and costs as much to decrypt as the rest of a request. */
const opened = new Map<string, { id: string; expiresAt: number }>();
const MAX_OPENED = 2_000;
/** Texts that say nothing: a browser goes on sending what it has. */
const refused = new Set<string>();
const MAX_REFUSED = 2_000;

/** The session's id out of the encrypted cookie; null when it is not ours. `rate_limited` as `tried` says. */
export async function sessionIdOf(headers: Headers): Promise<string | null> {
  const text = sessionCookieIn(headers.get("cookie"));
  if (text === null || refused.has(text)) return null;
  const known = opened.get(text);
  if (known && known.expiresAt > Date.now()) return known.id;
  opened.delete(text);
  const found = await tried(headers, () => open(text));
  if (!found) {
    refused.add(text);
    if (refused.size > MAX_REFUSED) refused.delete(refused.values().next().value!);
    return null;
  }
  opened.set(text, found);
  if (opened.size > MAX_OPENED) opened.delete(opened.keys().next().value!);
  return found.id;
}

async function open(text: string): Promise<{ id: string; expiresAt: number } | null> {
  const token = await decode({ token: text, secret: env.AUTH_SECRET }).catch(() => null);
  const id = token?.sessionId;
  if (typeof id !== "string" || !uuid.test(id) || typeof token?.exp !== "number") return null;
  return { id, expiresAt: token.exp * 1000 };
}

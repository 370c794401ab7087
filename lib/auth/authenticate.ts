import { decode } from "next-auth/jwt";
import { type Actor } from "#lib/authz/actor.ts";
import { Proof } from "#lib/authz/proof.ts";
import { statement } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { hashSecret, tokenPrefix } from "./secrets.ts";

export interface Authenticated {
  actor: Actor;
  via: "session" | "token" | "none";
  sessionId: string | null;
}

const nobody: Authenticated = { actor: { kind: "everyone" }, via: "none", sessionId: null };

/** Secure cookies, and next-auth's name for them, where the address is https. */
export const usesSecureCookies = (): boolean => env.APP_URL.startsWith("https://");
export const sessionCookieName = (): string =>
  `${usesSecureCookies() ? "__Secure-" : ""}next-auth.session-token`;

interface Credential {
  via: "session" | "token";
  /** What the database knows it by: a session's id, a token's hash. */
  secret: string | Buffer;
  /** The same, as a key. */
  key: string;
}

/**
 * Who is calling, from a personal access token or a session cookie. The session's row is read on every call, so that
 * revoking it, suspending the person or changing the password holds at once. A token that is not valid makes the
 * caller nobody: it never falls back to a cookie.
 */
export async function authenticate(headers: Headers): Promise<Authenticated> {
  const credential = await credentialOf(headers);
  if (!credential) return nobody;
  const { via, secret, key } = credential;
  const [row] = await statement<{ user_id: string; is_system_admin: boolean }>(
    `SELECT * FROM app.${via}_actor($1)`,
    [secret],
  );
  if (!row) {
    people.delete(key);
    return nobody;
  }
  const person = { id: row.user_id, isSystemAdmin: row.is_system_admin };
  remember(people, key, person, MAX_PEOPLE);
  return { actor: { kind: "user", ...person }, via, sessionId: sessionIn(credential) };
}

/**
 * As `authenticate`, but without asking: somebody who came with the same credential before comes back as an actor with
 * a proof, which the database is yet to confirm. Whoever uses this answers nothing before `confirm`.
 */
export async function recognize(headers: Headers): Promise<Authenticated> {
  const credential = await credentialOf(headers);
  const person = credential && people.get(credential.key);
  if (!person) return authenticate(headers);
  const { via, secret } = credential;
  const actor: Actor = { kind: "user", ...person, proof: new Proof(via, secret) };
  return { actor, via, sessionId: sessionIn(credential) };
}

const sessionIn = ({ via, key }: Credential) => (via === "session" ? key : null);

async function credentialOf(headers: Headers): Promise<Credential | null> {
  const authorization = headers.get("authorization");
  if (authorization) {
    const [scheme, token] = authorization.split(" ", 2);
    if (scheme?.toLowerCase() !== "bearer" || !token?.startsWith(tokenPrefix)) return null;
    return credentialOfToken(token);
  }
  const sessionId = await sessionIdOf(headers.get("cookie"));
  return sessionId === null ? null : { via: "session", secret: sessionId, key: sessionId };
}

/**
 * Who was found for a credential the last time; never whether it still holds. Bounded: who was not seen for long is
 * asked for again.
 */
const people = new Map<string, { id: string; isSystemAdmin: boolean }>();
const MAX_PEOPLE = 10_000;

/** Keeps what follows from a key, and of the keys the latest. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}

/** Tokens' hashes, which follow from their text alone: making one costs more than anything else that is asked of a header. */
const hashed = new Map<string, Credential>();
const MAX_HASHED = 2_000;
/** Ours are half as long; of what anybody may send nothing long is kept. */
const MAX_TOKEN_LENGTH = 100;

function credentialOfToken(token: string): Credential {
  const known = hashed.get(token);
  if (known) return known;
  const secret = hashSecret(token);
  const credential: Credential = { via: "token", secret, key: secret.toString("base64url") };
  if (token.length <= MAX_TOKEN_LENGTH) remember(hashed, token, credential, MAX_HASHED);
  return credential;
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
  return decodeCookie(parts.map(({ value }) => value).join(""));
}

/** What cookies say, which follows from their text alone and costs as much to decrypt as the rest of a request. */
const decoded = new Map<string, { id: string; expiresAt: number }>();
const MAX_DECODED = 2_000;

async function decodeCookie(text: string): Promise<string | null> {
  const known = decoded.get(text);
  if (known && known.expiresAt > Date.now()) return known.id;
  decoded.delete(text);
  const token = await decode({ token: text, secret: env.AUTH_SECRET }).catch(() => null);
  const id = token?.sessionId;
  if (typeof id !== "string" || !uuid.test(id)) return null;
  if (typeof token?.exp === "number") {
    remember(decoded, text, { id, expiresAt: token.exp * 1000 }, MAX_DECODED);
  }
  return id;
}

import { z } from "zod";
import { type Actor } from "#lib/authz/actor.ts";
import { Proof } from "#lib/authz/proof.ts";
import { type TokenScope, tokenScopes } from "#lib/authz/scopes.ts";
import { statement } from "#lib/db/index.ts";
import { hashSecret, tokenPrefix } from "./secrets.ts";
import { sessionIdOf } from "./session-cookie.ts";
import { tried } from "./tries.ts";

export interface Authenticated {
  actor: Actor;
  via: "session" | "token" | "none";
  sessionId: string | null;
  /** What the token may that the call came with; null where it came with none. */
  scope: TokenScope | null;
}

export const nobody: Authenticated = {
  actor: { kind: "everyone" },
  via: "none",
  sessionId: null,
  scope: null,
};

const actorRow = z.object({
  user_id: z.string(),
  is_system_admin: z.boolean(),
  scope: z.enum(tokenScopes).optional(),
});

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
  const find = async () => {
    const [found] = await statement(actorRow, `SELECT * FROM app.${via}_actor($1)`, [secret]);
    return found ?? null;
  };
  const row = await (people.has(key) ? find() : tried(headers, find));
  if (!row) {
    people.delete(key);
    return nobody;
  }
  const person = { id: row.user_id, isSystemAdmin: row.is_system_admin };
  const scope = row.scope ?? null;
  remember(people, key, { person, scope }, MAX_PEOPLE);
  return { actor: { kind: "user", ...person }, via, sessionId: sessionIn(credential), scope };
}

/**
 * As `authenticate`, but without asking: somebody who came with the same credential before comes back as an actor with
 * a proof, which the database is yet to confirm. Whoever uses this answers nothing before `confirm`.
 */
export async function recognize(headers: Headers): Promise<Authenticated> {
  const credential = await credentialOf(headers);
  const found = credential && people.get(credential.key);
  if (!found) return authenticate(headers);
  const { via, secret } = credential;
  const { person, scope } = found;
  const actor: Actor = { kind: "user", ...person, proof: new Proof(via, secret, scope) };
  return { actor, via, sessionId: sessionIn(credential), scope };
}

/** What a request came with, for whoever goes on looking at whether it holds; null where it came with nothing. */
export async function proofOf(headers: Headers): Promise<Proof | null> {
  const credential = await credentialOf(headers);
  return credential && new Proof(credential.via, credential.secret, null);
}

const sessionIn = ({ via, key }: Credential) => (via === "session" ? key : null);

async function credentialOf(headers: Headers): Promise<Credential | null> {
  const authorization = headers.get("authorization");
  if (authorization) {
    const [scheme, token] = authorization.split(" ", 2);
    if (scheme?.toLowerCase() !== "bearer" || !token?.startsWith(tokenPrefix)) return null;
    if (token.length > MAX_TOKEN_LENGTH) return null;
    return credentialOfToken(token);
  }
  const sessionId = await sessionIdOf(headers);
  return sessionId === null ? null : { via: "session", secret: sessionId, key: sessionId };
}

/**
 * Who was found for a credential the last time; never whether it still holds. Bounded: who was not seen for long is
 * asked for again.
 */
const people = new Map<
  string,
  { person: { id: string; isSystemAdmin: boolean }; scope: TokenScope | null }
>();
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
/** Ours are half as long. */
const MAX_TOKEN_LENGTH = 100;

function credentialOfToken(token: string): Credential {
  const known = hashed.get(token);
  if (known) return known;
  const secret = hashSecret(token);
  const credential: Credential = { via: "token", secret, key: secret.toString("base64url") };
  remember(hashed, token, credential, MAX_HASHED);
  return credential;
}

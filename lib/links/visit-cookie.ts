import { sealing, usesSecureCookies } from "#lib/auth/index.ts";

/** How long one visit lasts, however much is read in it: a day's reading, and no more. */
export const VISIT_SECONDS = 12 * 3600;
/** Visits that one browser carries along at most: headers have an end, and each of these takes 130 bytes of it, or twice that with a name. */
const MOST_VISITS = 16;
/** The link's generation and the moment it began; a name follows. */
const FIXED_BYTES = 10;

const { seal, unseal } = sealing("visits of public links, version 1");
const prefix = () => `${usesSecureCookies() ? "__Host-" : ""}sheaf-visit-`;
const attributes = () => `Path=/; HttpOnly; SameSite=Lax${usesSecureCookies() ? "; Secure" : ""}`;

/** A link as one who was let in knew it: with another token or password it is of another generation. */
interface Visited {
  id: string;
  generation: number;
}

/** What a visit carries. */
export interface VisitNote {
  /** Who they said they are, where they were asked. */
  visitorName: string | null;
  /** Milliseconds since 1970. It lasts from here, whatever else is said later. */
  beganAt: number;
}

/** Of a visit without a name; each character of one may take four bytes. */
const LEAST_CHARACTERS = 51;
const MOST_CHARACTERS = LEAST_CHARACTERS + 4 * 60 * 4;

/**
 * The visit of a browser that was let in by this link, as it is now, and not too long ago; null where there is none.
 * `cookies` is the request's header.
 */
export function findVisit(
  { id, generation }: Visited,
  cookies: string | null,
  now = Date.now(),
): VisitNote | null {
  const text = pairsIn(cookies).find(([name]) => name === prefix() + id)?.[1];
  if (!text || text.length < LEAST_CHARACTERS || text.length > MOST_CHARACTERS || !/^[\w-]+$/.test(text))
    return null;
  try {
    const plain = unseal(Buffer.from(text, "base64url"), id);
    const beganAt = plain.readUIntBE(4, 6);
    if (plain.readInt32BE(0) !== generation || now - beganAt >= VISIT_SECONDS * 1000) return null;
    return { visitorName: plain.toString("utf8", FIXED_BYTES) || null, beganAt };
  } catch {
    return null;
  }
}

/**
 * The cookies to be set for a visit that begins, or is noted anew: sealed for this link alone, and worth nothing at another. Beside too many of
 * other links, the oldest of those are taken back.
 */
export function visitCookies(
  { id, generation }: Visited,
  cookies: string | null,
  { visitorName, beganAt }: VisitNote = { visitorName: null, beganAt: Date.now() },
): string[] {
  const plain = Buffer.concat([Buffer.alloc(FIXED_BYTES), Buffer.from(visitorName ?? "")]);
  plain.writeInt32BE(generation, 0);
  plain.writeUIntBE(beganAt, 4, 6);
  const value = seal(plain, id).toString("base64url");
  // browsers send those first that were set first
  const others = pairsIn(cookies).filter(([name]) => name.startsWith(prefix()) && name !== prefix() + id);
  const surplus = others.slice(0, Math.max(0, others.length + 1 - MOST_VISITS));
  return [
    `${prefix()}${id}=${value}; Max-Age=${VISIT_SECONDS}; ${attributes()}`,
    ...surplus
      .filter(([name]) => /^[\w-]+$/.test(name))
      .map(([name]) => `${name}=; Max-Age=0; ${attributes()}`),
  ];
}

const pairsIn = (cookies: string | null): [name: string, value: string][] =>
  (cookies?.split(";") ?? []).map((part) => {
    const [name = "", value = ""] = part.trim().split("=", 2);
    return [name, value];
  });

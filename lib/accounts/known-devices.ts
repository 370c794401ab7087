import { randomBytes, timingSafeEqual } from "node:crypto";
import { marking, usesSecureCookies } from "#lib/auth/index.ts";
import { addressBlock } from "#lib/http/request.ts";
import { type Lane } from "./limits.ts";

/** The longest life of a session. */
const LIFETIME_SECONDS = 180 * 86_400;
/** One browser is known to this many accounts at most. */
const MOST = 5;
/** Above the length of that many entries. Longer cookies are ignored. */
const MAX_LENGTH = 600;

/** How a browser became known: by a sign-in, or by a link from the person's mailbox. */
export type Proven = "device" | "mailbox";
const letters = { device: "d", mailbox: "m" } as const satisfies Record<Proven, string>;

/** The parts of an account that a device cookie is bound to. A new password makes all devices strangers. */
export interface KnownAccount {
  id: string;
  passwordChangedAt: Date;
}

export const knownAccountSelect = {
  id: true,
  createdAt: true,
  credential: { select: { changedAt: true } },
} as const;

/** Devices of somebody without a password are bound to the account alone. */
export const knownAccountOf = (user: {
  id: string;
  createdAt: Date;
  credential: { changedAt: Date } | null;
}): KnownAccount => ({ id: user.id, passwordChangedAt: user.credential?.changedAt ?? user.createdAt });

const mark = marking("known devices, version 1");
const cookieName = () => `${usesSecureCookies() ? "__Host-" : ""}sheaf-device`;

/** A browser's entries of earlier sign-ins, not verified. */
export function devicesIn(headers: Headers): string[] {
  const name = `${cookieName()}=`;
  const pair = headers
    .get("cookie")
    ?.split(";")
    .map((part) => part.trimStart())
    .find((part) => part.startsWith(name));
  const value = pair?.slice(name.length) ?? "";
  return value === "" || value.length > MAX_LENGTH ? [] : value.split("~").slice(0, MOST);
}

/**
 * The Set-Cookie value that makes this browser known to an account, beside the accounts it is known to already. It names
 * nobody, is bound to the account and its present password, and signs nobody in: it only gives the browser a lane of its
 * own.
 */
export function deviceCookie(account: KnownAccount, proven: Proven, earlier: string[] = []): string {
  const expires = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
  const fresh = sign(
    account,
    `${letters[proven]}.${expires.toString(36)}.${randomBytes(12).toString("base64url")}`,
  );
  const others = earlier.filter((entry) => read(account, entry) === null).slice(0, MOST - 1);
  const secure = usesSecureCookies() ? "; Secure" : "";
  return `${cookieName()}=${[fresh, ...others].join("~")}; Path=/; Max-Age=${LIFETIME_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

/** The lane in which a caller's tries at an account are counted. The account may not exist. */
export function laneFor(
  account: KnownAccount | null,
  { ip, devices = [] }: { ip: string | null; devices?: string[] },
): Lane {
  for (const entry of account ? devices : []) {
    const known = read(account!, entry);
    if (known) return known;
  }
  return { kind: "network", id: addressBlock(ip) };
}

const sign = ({ id, passwordChangedAt }: KnownAccount, text: string) =>
  `${text}.${mark(`${id}.${passwordChangedAt.getTime()}.${text}`).toString("base64url")}`;

function read(account: KnownAccount, entry: string): Lane | null {
  const text = entry.slice(0, entry.lastIndexOf("."));
  const [given, wanted] = [Buffer.from(entry), Buffer.from(sign(account, text))];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const [letter, expires = "", nonce = ""] = text.split(".");
  if (parseInt(expires, 36) * 1000 < Date.now()) return null;
  // all mailed links share one lane: reading a mailbox must not give new tries with each link
  return letter === letters.mailbox ? { kind: "mailbox", id: account.id } : { kind: "device", id: nonce };
}

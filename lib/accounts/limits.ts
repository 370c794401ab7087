import { createHash } from "node:crypto";
import { AppError } from "#lib/errors/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";

/**
 * Tries at one account are counted per lane: a session, a known device, somebody who has just proven the mailbox, or the
 * network of a stranger. So nobody uses up the tries of another. Many networks together lock out strangers alone.
 * Figures: docs/decisions/2026-11-29-nobody-locks-another-out.md.
 */
export interface Lane {
  kind: "session" | "device" | "mailbox" | "network";
  id: string;
}

/** The lane of somebody signed in. By session, so that a stolen one cannot use up the tries of the others. */
export const sessionLane = (actor: { id: string }, sessionId: string | null): Lane => ({
  kind: "session",
  id: sessionId ?? actor.id,
});

const window = (most: number, windowSeconds: number) =>
  ({ most, windowSeconds, per: "address", isShared: true }) as const;

const passwordTries = {
  session: window(10, 900),
  device: window(30, 900),
  mailbox: window(30, 900),
  network: window(10, 900),
};
/** All networks together, per account: 2,880 a day. */
const strangersPasswordTries = window(120, 3600);
/** All networks together, per account's second step. */
const strangersCodeTries = window(50, 86_400);
const mails = window(5, 3600);
/** All networks together, per address. */
const strangersMails = window(20, 3600);

/** Addresses are personal data, so limits store their hashes. */
const bucketOf = (emailNormalized: string) =>
  createHash("sha256").update(emailNormalized).digest("base64url").slice(0, 22);
const keyOf = (bucket: string, { kind, id }: Lane) => `${bucket}:${kind}:${id}`;

/** Counts one try at an account's password. Charge it before hashing, for known and unknown addresses alike. */
export async function countPasswordTry(emailNormalized: string, lane: Lane): Promise<void> {
  const bucket = bucketOf(emailNormalized);
  await countCall({ name: "passwordTry", limit: passwordTries[lane.kind] }, keyOf(bucket, lane));
  // counted second, so that a network over its own limit does not use up the common one
  if (lane.kind === "network")
    await countCall({ name: "passwordTry:strangers", limit: strangersPasswordTries }, bucket);
}

/** Counts one stranger's try at somebody's second step, in addition to the lane's count. */
export async function countStrangersCodeTry(userId: string): Promise<void> {
  await countCall({ name: "codeTry:strangers", limit: strangersCodeTries }, userId);
}

/** Whether this caller may cause one more mail to this address. Keeps mailboxes from being flooded. */
export async function mayMail(
  emailNormalized: string,
  about: "reset" | "register" | "email_change" | "magic_link",
  lane: Lane,
): Promise<boolean> {
  const bucket = bucketOf(emailNormalized);
  try {
    await countCall({ name: `mail:${about}`, limit: mails }, keyOf(bucket, lane));
    if (lane.kind === "network")
      await countCall({ name: `mail:${about}:strangers`, limit: strangersMails }, bucket);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "rate_limited") return false;
    throw error;
  }
}

import { createHash } from "node:crypto";
import { type Actor } from "#lib/authz/actor.ts";
import { AppError } from "#lib/errors/index.ts";
import { type Locale, localeFromHeaders } from "#lib/i18n/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";

/** Where a call of somebody not yet known comes from. */
export interface CallOrigin {
  ip: string | null;
  requestId?: string;
  language: Locale;
}

export const originOf = (call: { actor: Actor; request: Request; requestId: string }): CallOrigin => ({
  ip: call.actor.ip ?? null,
  requestId: call.requestId,
  language: localeFromHeaders(call.request.headers),
});

/** Addresses are people's data: limits count their hashes. */
const bucketOf = (emailNormalized: string) =>
  createHash("sha256").update(emailNormalized).digest("base64url").slice(0, 22);

/** Guesses at one account, from wherever they come. Charged before the password is hashed; known and unknown alike. */
export const countPasswordTry = (emailNormalized: string) =>
  countCall(
    {
      name: "passwordTry",
      limit: { most: 30, windowSeconds: 900, per: "address", isShared: true },
    },
    bucketOf(emailNormalized),
  );

/** Whether one more mail may go to this address because of a stranger's call; keeps mailboxes from being flooded. */
export async function mayMail(
  emailNormalized: string,
  about: "reset" | "register" | "email_change",
): Promise<boolean> {
  try {
    await countCall(
      {
        name: `mail:${about}`,
        limit: { most: 5, windowSeconds: 3600, per: "address", isShared: true },
      },
      bucketOf(emailNormalized),
    );
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "rate_limited") return false;
    throw error;
  }
}

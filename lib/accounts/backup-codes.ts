import { randomInt } from "node:crypto";
import { hashRaw } from "@node-rs/argon2";
import { hashParameters } from "#lib/auth/index.ts";
import { type Tx } from "#lib/db/index.ts";

const COUNT = 10;
const LENGTH = 10;
/** Without letters and digits that are easily misread. */
const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * The hash that is stored: 50 random bits need a slow hash with a salt (ASVS 6.5.2). All codes of a person share the
 * salt, so a try costs one hash. AUTH_SECRET is not part of it: these codes must work after that was lost.
 */
export const hashBackupCode = async (code: string, salt: Uint8Array): Promise<Buffer<ArrayBuffer>> =>
  Buffer.from(await hashRaw(code, { ...hashParameters, salt }));

export function newBackupCodes(): string[] {
  const one = () => Array.from({ length: LENGTH }, () => letters[randomInt(letters.length)]).join("");
  return Array.from({ length: COUNT }, one);
}

export const isBackupCode = (code: string): boolean => code.length === LENGTH && /^[a-z2-9]+$/.test(code);

/** The code in two halves, as people read and write it. */
export const shownBackupCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`;

/** Takes a code, once: one of parallel calls wins. */
export async function takeBackupCode(
  tx: Tx,
  userId: string,
  hash: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { count } = await tx.backupCode.updateMany({
    where: { userId, hash, usedAt: null },
    data: { usedAt: new Date() },
  });
  return count === 1;
}

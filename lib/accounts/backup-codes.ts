import { randomInt } from "node:crypto";
import { hashRaw } from "@node-rs/argon2";
import { type Tx } from "#lib/db/index.ts";
import { hashParameters } from "./passwords.ts";

const COUNT = 10;
const LENGTH = 10;
/** Without what is easily misread. */
const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * How a code is kept: 50 random bits want a slow hash with a salt (ASVS 6.5.2). The salt is one for all codes of a
 * person, so that a try costs one hash. The installation's secret has no part in it: with these codes a person gets in
 * even when that was lost.
 */
export const hashBackupCode = async (code: string, salt: Uint8Array): Promise<Buffer<ArrayBuffer>> =>
  Buffer.from(await hashRaw(code, { ...hashParameters, salt }));

export function newBackupCodes(): string[] {
  const one = () => Array.from({ length: LENGTH }, () => letters[randomInt(letters.length)]).join("");
  return Array.from({ length: COUNT }, one);
}

export const isBackupCode = (code: string): boolean => code.length === LENGTH && /^[a-z2-9]+$/.test(code);

/** In two halves, as people read and write them. */
export const shownBackupCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`;

/** Takes a code, once: of parallel calls one wins. */
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

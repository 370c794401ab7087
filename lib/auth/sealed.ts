import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { env } from "#lib/env/index.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

interface Sealing {
  /** Encrypts for keeping (AES-256-GCM); what is sealed for one owner does not open for another. */
  seal(plain: Uint8Array, owner: string): Buffer<ArrayBuffer>;
  /** Throws when it was sealed for somebody else, for another purpose, with another secret, or changed. */
  unseal(sealed: Uint8Array, owner: string): Buffer;
}

/** For one purpose alone, out of the secret of the installation. */
const keyFor = (purpose: string) => Buffer.from(hkdfSync("sha256", env.AUTH_SECRET, "sheaf", purpose, 32));

/** What only this installation can make of a text (HMAC-SHA256), under a key for this purpose alone. */
export const marking =
  (purpose: string): ((text: string) => Buffer) =>
  (text) =>
    createHmac("sha256", keyFor(purpose)).update(text).digest();

/** Encryption under a key for this purpose alone. */
export function sealing(purpose: string): Sealing {
  const key = () => keyFor(purpose);
  return {
    seal(plain, owner) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key(), iv).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]) as Buffer<ArrayBuffer>;
    },
    unseal(sealed, owner) {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv("aes-256-gcm", key(), bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    },
  };
}

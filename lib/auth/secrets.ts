import { hash, randomBytes } from "node:crypto";

/** Personal access tokens start like this, so that scanners for leaked secrets know them. */
export const tokenPrefix = "sheaf_";

/** How secrets are kept: they are long and random, so one plain SHA-256 is enough and can be looked up. */
export const hashSecret = (secret: string): Buffer<ArrayBuffer> =>
  hash("sha256", secret, "buffer") as Buffer<ArrayBuffer>;

/** A new secret of 256 random bits (43 characters that need no encoding in addresses), and the hash to keep of it. */
export function newSecret(prefix = ""): { secret: string; hash: Buffer<ArrayBuffer> } {
  const secret = prefix + randomBytes(32).toString("base64url");
  return { secret, hash: hashSecret(secret) };
}

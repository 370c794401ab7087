import type { PresignedPut } from "../types.ts";
import type { LocalStorageContext } from "./context.ts";
import { type Permit, signPermit } from "./signing.ts";

/** The header that carries an upload's digest, base64, on both drivers. */
export const CHECKSUM_HEADER = "x-amz-checksum-sha256";

export const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

type Unexpiring<P> = P extends Permit ? Omit<P, "expires"> : never;

/** Whole seconds, rounded up: no URL lives shorter than was promised. */
export const expiryOf = (ttlSeconds: number): number => Math.ceil(Date.now() / 1000) + ttlSeconds;

export function presign(
  context: LocalStorageContext,
  permit: Unexpiring<Exclude<Permit, { op: "get" }>>,
  ttlSeconds: number,
): PresignedPut {
  const expires = expiryOf(ttlSeconds);
  return {
    url: context.baseUrl + signPermit(context.signingKey, { ...permit, expires } as Permit),
    method: "PUT",
    headers: {
      ...(permit.op === "put" ? { "content-type": permit.contentType } : {}),
      [CHECKSUM_HEADER]: hexToBase64(permit.sha256),
    },
    expiresAt: new Date(expires * 1000),
  };
}

import { CHECKSUM_HEADER, hexToBase64 } from "../checksum.ts";
import type { PresignedPut } from "../types.ts";
import type { LocalStorageContext } from "./context.ts";
import { type Permit, signPermit } from "./signing.ts";

type Unexpiring<P> = P extends Permit ? Omit<P, "expires"> : never;

/** Whole seconds, rounded up, so that no URL lives shorter than promised. */
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

import { sealing } from "#lib/auth/index.ts";

/** Encrypts the secrets of second factors; the owner is the person's id. */
export const { seal, unseal } = sealing("second factor secrets, version 1");

import { sealing } from "#lib/auth/index.ts";

/** How second factors' secrets are kept; the owner is the person's id. */
export const { seal, unseal } = sealing("second factor secrets, version 1");

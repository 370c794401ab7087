import { env } from "#lib/env/index.ts";

/** Where an invited person goes: signs up or in, and sees what waits for their address. Holds no secret. */
export const joinUrl = (): string => new URL("/join", env.APP_URL).href;

import { env } from "#lib/env/index.ts";

/** The page where invited people sign up or in and see the invitations for their address. */
export const JOIN_PATH = "/join";

/** Its address. Holds no secret. */
export const joinUrl = (): string => new URL(JOIN_PATH, env.APP_URL).href;

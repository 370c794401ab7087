import { isDatabaseReady } from "#lib/db/index.ts";

/** Whether this instance can serve: the database answers. */
export const isReady = (): Promise<boolean> => isDatabaseReady();

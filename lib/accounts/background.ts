import { log } from "#lib/log/index.ts";

/** Starts work that the answer must neither wait for nor depend on. A failure is logged. */
export function inBackground(what: string, work: () => Promise<void>): void {
  work().catch((error: unknown) => log().error({ err: error }, `${what} failed`));
}

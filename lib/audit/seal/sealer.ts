import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { Prisma, only, read } from "#lib/db/index.ts";
import { system } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";
import { KeyRing } from "./keys.ts";
import { sealBatch } from "./seal.ts";

/** How long the sealer rests when there is nothing to seal. */
const IDLE_MS = 1000;
const MAX_BACKOFF_MS = 30_000;
/** Sealing that is behind by more than this is told in the log: a transaction hangs, or the keys are gone. */
const LATE_SECONDS = 60;
const LOOK_MS = 30_000;

/** The keys of this installation; null where none are configured. */
export function configuredKeys(): KeyRing | null {
  return env.AUDIT_KEYS ? new KeyRing(env.AUDIT_KEYS) : null;
}

/** How far sealing is behind: the age of the oldest event without a seal, and how many there are (at most 10,000). */
export const sealingLag = async (): Promise<{ seconds: number; events: number }> => {
  const found = await read(
    system,
    z.object({ seconds: z.number(), events: z.number() }),
    Prisma.sql`SELECT seconds, events FROM app.sealing_lag()`,
  );
  return only(found);
};

/**
 * Seals what is written, for as long as the process lives. Runs in every instance; a lock in the database lets one at a
 * time seal. Without keys nothing is sealed, which is logged as an error, and sealing lag grows.
 */
export function startSealer(): { stop(): Promise<void> } {
  const ending = new AbortController();
  const running = run(ending.signal).catch((error: unknown) =>
    log().error({ err: error }, "the audit log is not sealed"),
  );
  return {
    async stop() {
      ending.abort();
      await running;
    },
  };
}

async function run(signal: AbortSignal): Promise<void> {
  const keys = configuredKeys();
  if (!keys) throw new Error("AUDIT_KEYS is missing");
  let failures = 0;
  let lookedAt = 0;
  while (!signal.aborted) {
    let isResting = true;
    try {
      isResting = (await sealBatch(keys)) === 0;
      failures = 0;
      if (performance.now() - lookedAt > LOOK_MS) {
        lookedAt = performance.now();
        const lag = await sealingLag();
        if (lag.seconds > LATE_SECONDS) log().warn(lag, "sealing of the audit log is late");
      }
    } catch (error) {
      failures += 1;
      log().warn({ err: error, failures }, "sealing interrupted");
    }
    const restMs = failures > 0 ? Math.min(IDLE_MS * 2 ** failures, MAX_BACKOFF_MS) : isResting ? IDLE_MS : 0;
    if (restMs > 0) await wait(restMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

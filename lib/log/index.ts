import pino from "pino";
import { env } from "#lib/env/index.ts";

let logger: pino.Logger | undefined;

/** Lines are collected up to this, or for this long: a write for each costs a request as much as its log line. */
const BATCH_BYTES = 12 * 1024;
const BATCH_MS = 100;

/**
 * Structured log, one JSON line per entry on standard output, at most 100 ms later; the last lines are written when the
 * process ends, unless it is killed. Secrets never go in: log ids, not contents.
 */
export const log = (): pino.Logger =>
  (logger ??= pino(
    {
      level: env.LOG_LEVEL,
      base: null,
      redact: ["*.password", "*.token", "*.cookie", "*.authorization"],
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 1, sync: false, minLength: BATCH_BYTES, periodicFlush: BATCH_MS }),
  ));

import pino from "pino";
import { env } from "#lib/env/index.ts";

let logger: pino.Logger | undefined;

/** Lines are written in batches of this size or after this time: one write per line would double the cost of a log line. */
const BATCH_BYTES = 12 * 1024;
const BATCH_MS = 100;

/**
 * Structured log: one JSON line per entry on standard output, at most 100 ms late. A process that ends writes its last
 * lines; one that is killed loses them. Log ids, never contents or secrets.
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

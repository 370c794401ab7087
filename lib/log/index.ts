import pino from "pino";
import { env } from "#lib/env/index.ts";

let logger: pino.Logger | undefined;

/** Structured log, one JSON line per entry on standard output. Secrets never go in: log ids, not contents. */
export const log = (): pino.Logger =>
  (logger ??= pino({
    level: env.LOG_LEVEL,
    base: null,
    redact: ["*.password", "*.token", "*.cookie", "*.authorization"],
    timestamp: pino.stdTimeFunctions.isoTime,
  }));

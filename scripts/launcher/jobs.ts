import pino from "pino";
import { explain, type StartFailure } from "./failure.ts";
import type { Settings } from "./settings.ts";

export interface JobsStart {
  settings: Settings;
  env: Record<string, string>;
  port: number;
  /** The owner's role: the job server has a schema of its own, which requests cannot reach. */
  ownerUrl: string;
  log(line: string): void;
  onGiveUp(failure: StartFailure): void;
}

/** At a stop, running calls may take this long. The claims of the others are returned, for the next start. */
const STOP_MS = 4_000;

/** Starts the embedded job server. It lists the app's functions as soon as the app answers. */
export async function startJobs({
  settings,
  env,
  port,
  ownerUrl,
  log,
  onGiveUp,
}: JobsStart): Promise<{ stop(): Promise<void> }> {
  try {
    const { startJobServer } = await import("#lib/jobs/server/index.ts");
    const server = await startJobServer({
      databaseUrl: ownerUrl,
      appUrl: `${settings.internalUrl}/api/inngest`,
      host: "127.0.0.1",
      port,
      eventKey: env.INNGEST_EVENT_KEY ?? "",
      signingKey: env.INNGEST_SIGNING_KEY ?? "",
      log: pino({ level: env.LOG_LEVEL ?? "info", base: { part: "jobs" } }, { write: log }),
      tuning: { stopMs: STOP_MS },
    });
    server.ready.catch((error: unknown) =>
      onGiveUp(explain(error, "run its background jobs", settings.dataDir)),
    );
    return server;
  } catch (error) {
    throw explain(error, "start its job server", settings.dataDir);
  }
}

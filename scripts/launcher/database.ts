import { Client } from "pg";
import { StartFailure } from "./failure.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./postgres.ts";
import type { Settings } from "./settings.ts";

export interface Database {
  /** What the app connects with. */
  appUrl: string;
  /** For migrations and the job server. */
  ownerUrl: string;
  /** Whether this start made the database files. */
  created: boolean;
  stop(now?: "now"): Promise<void>;
}

/** After this time a server counts as started, and its end begins a new count of failures. */
const STABLE_MS = 30_000;
const MAX_QUICK_DEATHS = 3;

/**
 * Opens the user's own server if one is configured, after a check that it answers. Otherwise starts the embedded one and
 * restarts it on the same port if it ends. `onGiveUp` is called if that does not help.
 */
export async function openDatabase(
  settings: Settings,
  onGiveUp: (failure: StartFailure) => void,
): Promise<Database> {
  if (settings.database) {
    await requireAnswer(settings.database.ownerUrl, "DATABASE_OWNER_URL");
    await requireAnswer(settings.database.appUrl, "DATABASE_URL");
    return { ...settings.database, created: false, stop: async () => undefined };
  }
  let current = await startEmbeddedPostgres({ dataDir: settings.dataDir });
  let stopping = false;

  const watch = async (server: EmbeddedPostgres, startedAt: number, deaths: number): Promise<void> => {
    await server.exited;
    if (stopping) return;
    const lost = new StartFailure(
      "The database ended unexpectedly and could not be started again; see logs/postgres.log in the data folder.",
    );
    const count = performance.now() - startedAt > STABLE_MS ? 1 : deaths + 1;
    if (count > MAX_QUICK_DEATHS) return onGiveUp(lost);
    try {
      const restartedAt = performance.now();
      current = await startEmbeddedPostgres({ dataDir: settings.dataDir, port: server.port });
      if (stopping) return void current.stop();
      void watch(current, restartedAt, count);
    } catch (error) {
      onGiveUp(error instanceof StartFailure ? error : lost);
    }
  };
  void watch(current, performance.now(), 0);

  return {
    appUrl: current.appUrl,
    ownerUrl: current.ownerUrl,
    created: current.created,
    async stop(now) {
      stopping = true;
      await current.stop(now);
    },
  };
}

async function requireAnswer(url: string, variable: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    // When several addresses are tried at once, the message is in the parts of the error.
    const reason = (error as AggregateError).errors?.[0]?.message ?? (error as Error).message;
    throw new StartFailure(`The database in ${variable} cannot be used: ${reason}`);
  }
}

import { pg } from "#lib/db/index.ts";
import { env } from "#lib/env/index.ts";
import { log } from "#lib/log/index.ts";

const RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
/** How often is looked without having been woken: a connection that is dead does not say so. */
const LOOK_MS = 10_000;

export interface Feed {
  stop(): Promise<void>;
}

/**
 * The one connection of this instance that listens. Calls `wake` when there may be something new: when the relay says so,
 * after the connection was away, and now and then.
 */
export function startFeed(wake: () => void): Feed {
  let isStopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  async function connect(): Promise<void> {
    const own = new pg.Client({
      connectionString: env.DATABASE_URL,
      application_name: "sheaf-live",
      keepAlive: true,
    });
    client = own;
    own.on("error", (error) => retry(own, error));
    own.on("end", () => retry(own, new Error("ended")));
    own.on("notification", wake);
    try {
      await own.connect();
      await own.query("LISTEN sheaf_live");
      failures = 0;
      look(own);
    } catch (error) {
      retry(own, error);
    }
  }

  function look(own: pg.Client): void {
    if (isStopped || client !== own) return;
    wake();
    clearTimeout(timer);
    timer = setTimeout(() => {
      own.query("SELECT 1").then(
        () => look(own),
        (error: unknown) => retry(own, error),
      );
    }, LOOK_MS).unref();
  }

  function retry(own: pg.Client, error: unknown): void {
    if (isStopped || client !== own) return;
    client = undefined;
    clearTimeout(timer);
    own.end().catch(() => undefined);
    failures += 1;
    log().warn({ err: error, failures }, "listening interrupted");
    timer = setTimeout(() => void connect(), Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS)).unref();
  }

  void connect();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

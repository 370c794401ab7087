import { createAlarm } from "./alarm.ts";
import type { JobLog } from "./options.ts";
import type { AppClient } from "./protocol.ts";
import { createRegistry, describeChange, type Registry, UnsupportedFunctionError } from "./registry.ts";

/** Keeps the list of the application's functions current. */
export interface AppSync {
  /** Resolves when the functions are known; rejects with UnsupportedFunctionError when they can't be run. */
  ready: Promise<void>;
  /** The functions last listed. */
  known(): Registry | undefined;
  /** The functions while the application answers, else undefined: work then waits in the database. */
  reachable(): Registry | undefined;
  /** Lists the functions again now. `gone`: the application could not be reached. */
  refresh(gone?: { reason: string }): void;
  stop(): Promise<void>;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 2_000;

export function startSync(app: AppClient, syncMs: number, log: JobLog, onChange: () => void): AppSync {
  const alarm = createAlarm();
  let stopping = false;
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => {}); // the log has the refusal, for callers that do not wait
  let known: Registry | undefined;
  let reachable = false;
  let lastProblem = "";

  async function sync(): Promise<void> {
    try {
      const next = createRegistry(await app.listFunctions());
      const change = describeChange(known, next);
      const back = !reachable;
      if (change)
        log.info(
          { functions: next.functions.size, ...change },
          "The job server knows the application's functions.",
        );
      else if (back) log.info({ functions: next.functions.size }, "The application answers again.");
      known = next;
      reachable = true;
      lastProblem = "";
      resolve();
      if (change || back) onChange();
    } catch (error) {
      if (error instanceof UnsupportedFunctionError) {
        reject(error);
        report(
          "error",
          error.message,
          known
            ? "The changed functions can't be run; the previous ones stay."
            : "The functions can't be run.",
        );
      } else {
        reachable = false;
        report(
          "info",
          error instanceof Error ? error.message : String(error),
          "The application does not list its functions yet.",
        );
      }
    }
  }

  /** Logs a problem once, not at every try. */
  function report(level: "info" | "error", problem: string, message: string): void {
    if (problem !== lastProblem) log[level]({ problem }, message);
    lastProblem = problem;
  }

  const loop = (async () => {
    let retryMs = FIRST_RETRY_MS;
    while (!stopping) {
      await sync();
      retryMs = reachable ? FIRST_RETRY_MS : Math.min(retryMs * 1.5, LONGEST_RETRY_MS);
      await alarm.sleep(reachable ? syncMs : retryMs);
    }
  })();

  return {
    ready,
    known: () => known,
    reachable: () => (reachable ? known : undefined),
    refresh(gone) {
      if (gone && reachable) {
        reachable = false;
        report("info", gone.reason, "The application can't be reached; work waits.");
      }
      alarm.ring();
    },
    async stop() {
      stopping = true;
      alarm.ring();
      await loop;
    },
  };
}

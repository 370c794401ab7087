import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import path from "node:path";
import { StartFailure } from "./failure.ts";

export interface AppProcessesOptions {
  /** The script of one app process; see `scripts/server.ts`. */
  script: string;
  root: string;
  count: number;
  env: Record<string, string>;
  log(chunk: Buffer): void;
  /** Called once when restarting is given up. The app is down then. */
  onGiveUp(failure: StartFailure): void;
  /** Named in the failure when the app keeps dying. */
  logFile: string;
}

/** A message of an app process to the launcher. */
export interface WorkerMessage {
  /** It accepts connections. */
  listening?: true;
  /** Why it cannot run, when a retry would not help. One sentence for people. */
  failure?: string;
}

export interface AppProcesses {
  /** Resolves when every process listens. */
  listening: Promise<void>;
  /** Lets requests in flight finish for up to 5 s. */
  stop(): Promise<void>;
  kill(): void;
}

/** After this time a process counts as started, and its end begins a new count of failures. */
const STABLE_MS = 30_000;
const MAX_QUICK_DEATHS = 5;
const STOP_TIMEOUT_MS = 7_000;

/** How long to wait before restart number `deaths`, in milliseconds. */
export function restartDelayMs(deaths: number): number {
  return Math.min(5_000, 250 * 2 ** (deaths - 1));
}

/**
 * Runs the app in `count` processes on one port and restarts those that die. With several, `node:cluster` hands the
 * socket of each new connection to the next process, so the app sees the caller's address. A single process listens by
 * itself. They end by themselves when this process is gone.
 */
export function startAppProcesses(options: AppProcessesOptions): AppProcesses {
  cluster.setupPrimary({ exec: path.join(options.root, options.script), silent: true, args: [] });
  const workers = new Set<Worker>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;
  let settle: { resolve(): void; reject(error: unknown): void };
  const listening = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  // A caller may stop without awaiting this.
  listening.catch(() => undefined);
  const ready = new Set<number>();

  const giveUp = (failure: StartFailure) => {
    if (stopping) return;
    stopping = true;
    for (const timer of timers) clearTimeout(timer);
    settle.reject(failure);
    options.onGiveUp(failure);
  };

  const start = (slot: number, deaths: number) => {
    const worker = cluster.fork({ ...options.env, SHEAF_INSTANCES: String(options.count) });
    const startedAt = performance.now();
    let reason: string | undefined;
    workers.add(worker);
    worker.process.stdout?.on("data", options.log);
    worker.process.stderr?.on("data", options.log);
    worker.on("message", (message: WorkerMessage) => {
      reason ??= message.failure;
      if (message.listening) ready.add(slot);
      if (ready.size === options.count) settle.resolve();
    });
    worker.on("error", () => undefined);
    worker.on("exit", (code, signal) => {
      workers.delete(worker);
      if (stopping) return;
      if (reason) return giveUp(new StartFailure(reason));
      const count = performance.now() - startedAt > STABLE_MS ? 1 : deaths + 1;
      options.log(
        Buffer.from(`The app process ${worker.process.pid} ended (${signal ?? `exit code ${code}`}).\n`),
      );
      if (count >= MAX_QUICK_DEATHS) {
        return giveUp(
          new StartFailure(
            `The app ended ${count} times in a row right after its start; its log says why: ${options.logFile}`,
          ),
        );
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(slot, count);
      }, restartDelayMs(count));
      timers.add(timer);
    });
  };
  for (let slot = 0; slot < options.count; slot += 1) start(slot, 0);

  const kill = () => {
    stopping = true;
    for (const timer of timers) clearTimeout(timer);
    for (const worker of workers) worker.process.kill("SIGKILL");
  };
  return {
    listening,
    kill,
    async stop() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      settle.reject(new StartFailure("Stopped."));
      const ended = [...workers].map((worker) => once(worker, "exit"));
      for (const worker of workers) worker.process.kill("SIGTERM");
      const late = setTimeout(kill, STOP_TIMEOUT_MS);
      await Promise.all(ended);
      clearTimeout(late);
    },
  };
}

import { parseLauncherArgs, USAGE } from "./args.ts";
import { StartFailure } from "./failure.ts";
import { say, warn } from "./output.ts";
import { run, type Running } from "./run.ts";

/** How long a cancelled start may take to reach a point where it can be undone. */
const SETTLE_MS = 10_000;

/**
 * Starts everything in `root`, keeps it running and ends the process: with code 0 after a request to stop, 130 after a
 * second one, and 1 with one clear sentence after a failure.
 */
export async function launch(root: string, argv: string[]): Promise<void> {
  const running: Running = { started: [] };
  const calledOff = new AbortController();
  /** Settles when the start has finished, failed or was cancelled. */
  let starting: Promise<void> = Promise.resolve();
  let ending = false;

  async function end(exitCode: number): Promise<never> {
    ending = true;
    calledOff.abort();
    const settled = starting.catch(() => undefined);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, SETTLE_MS).unref())]);
    for (const part of running.started.toReversed()) {
      await part.stop().catch((error: unknown) => warn(`  ${(error as Error).message}`));
    }
    process.exit(exitCode);
  }

  function fail(error: unknown): void {
    if (ending) return;
    // An unexpected error keeps its stack.
    warn(
      error instanceof StartFailure
        ? `\n${error.message}`
        : `\nSheaf stopped because of an error in itself: ${(error as Error)?.stack ?? String(error)}`,
    );
    void end(1);
  }

  function onSignal(signal: string): void {
    if (!ending) {
      askedAt = performance.now();
      say("\n  Stopping …");
      void end(0);
      return;
    }
    // One Ctrl-C can arrive several times: from the terminal, from npm and from the command in between.
    if (signal !== "SIGINT" || performance.now() - askedAt < 500) return;
    for (const part of running.started) part.kill?.();
    process.exit(130);
  }

  /** The time of the first request to stop. */
  let askedAt = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => onSignal(signal));
  // The command that started this process was killed, and nobody else could stop this one.
  process.on("disconnect", () => onSignal("SIGTERM"));
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);

  try {
    const options = parseLauncherArgs(argv);
    if (options.help) {
      say(USAGE);
      process.exit(0);
    }
    starting = run({ root, options, running, signal: calledOff.signal, onGiveUp: fail });
    await starting;
    if (options.build) void end(0);
  } catch (error) {
    fail(error);
  }
}

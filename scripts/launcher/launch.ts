import { parseLauncherArgs, USAGE } from "./args.ts";
import { StartFailure } from "./failure.ts";
import { say, warn } from "./output.ts";
import { run, type Running } from "./run.ts";

/** How long a start that is called off may take to come to a point where it can be undone. */
const SETTLE_MS = 10_000;

/**
 * Starts everything below `root`, keeps it running and ends the process: with code 0 when it was asked to stop, 1 with one
 * clear sentence when something cannot go on, 130 when it was asked twice.
 */
export async function launch(root: string, argv: string[]): Promise<void> {
  const running: Running = { started: [] };
  const calledOff = new AbortController();
  /** Settles when the start has finished, failed or been called off. */
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
    // What nobody expected keeps its stack: it is for the one who repairs it.
    warn(
      error instanceof StartFailure
        ? `\n${error.message}`
        : `\nSheaf stopped because of an error in itself: ${(error as Error)?.stack ?? String(error)}`,
    );
    void end(1);
  }

  function onSignal(signal: string): void {
    if (!ending) {
      if (signal === "SIGINT") say("\n  Stopping …");
      void end(0);
      return;
    }
    // The same Ctrl-C can arrive twice, from the terminal and from npm.
    if (signal !== "SIGINT" || performance.now() - lastSignalAt < 500) return;
    for (const part of running.started) part.kill?.();
    process.exit(130);
  }

  let lastSignalAt = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      onSignal(signal);
      lastSignalAt = performance.now();
    });
  }
  // The command that started this process was killed: nobody could stop it any more.
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

import { parseArgs } from "node:util";
import { overBudget } from "./budgets.ts";
import { judge, runChecks } from "./checks.ts";
import { runCommand, runTool, stopCommands } from "./command.ts";
import { combine, failed, summarize, type Outcome } from "./outcome.ts";
import { buildForProduction, runBrowser, runVitest, type Worlds } from "./suites.ts";

const MINUTE_MS = 60_000;
/** Tells the starting script that the count was printed (any other code is a crash). */
const COUNTED_FAILURES = 10;

const outcomes: Outcome[] = [];

/** Prints the end of the run; its last line, alone, is the count. */
function finish() {
  const { times } = combine(outcomes);
  const outcome = combine([...outcomes, overBudget(times)]);
  process.stdout.write(`\n${summarize(outcome)}\n`);
  process.exitCode = outcome.failures.length > 0 ? COUNTED_FAILURES : 0;
}

/** Called off: nothing that was started stays behind. */
let isInterrupted = false;
async function interrupt() {
  if (isInterrupted) return;
  isInterrupted = true;
  await stopCommands();
  outcomes.push(failed("test run", "was interrupted"));
  finish();
  process.exit();
}
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
process.on("disconnect", interrupt); // the starting script was killed
process.channel?.unref();

/** Sources that tools make from others: the Prisma client, and Next's types for routes and assets. */
async function generateSources(): Promise<Outcome> {
  const steps = [runCommand(process.execPath, ["scripts/db.ts", "generate"], { timeoutMs: 2 * MINUTE_MS })];
  steps.push(runTool("next", ["typegen"], { timeoutMs: 2 * MINUTE_MS }));
  const results = (await Promise.all(steps)).map((step) => judge("generated sources", step));
  return combine(results.map((result) => ({ ...result, passed: 0 }))); // a means, not a test
}

/** The tests that build random worlds. */
const WORLD_TESTS = "worlds.int";

/** How many worlds to try and from which seed on, where the command line says so. */
function worldsOf({ worlds, seed }: { worlds?: string; seed?: string }): Worlds | undefined {
  if (worlds === undefined && seed === undefined) return undefined;
  const read = (name: string, text: string | undefined, least: number) => {
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new Error(`--${name} takes a whole number from ${least}, not "${text}".`);
    return Number(text);
  };
  return { count: read("worlds", worlds, 1), seed: read("seed", seed, 0) };
}

async function main() {
  const flag = { type: "boolean", default: false } as const;
  const number = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    options: { check: flag, unit: flag, int: flag, e2e: flag, worlds: number, seed: number },
    allowPositionals: true,
  });
  const worlds = worldsOf(values);
  const isPart = Object.values(values).includes(true);
  if (worlds && !isPart && positionals.length === 0) positionals.push(WORLD_TESTS);
  const isAll = !worlds && !isPart;
  outcomes.push(await generateSources());
  if (isAll || values.check) outcomes.push(await runChecks());
  const projects = (["unit", "int"] as const).filter(
    (name) => isAll || values[name] || (name === "int" && worlds && !isPart),
  );
  // tests wait now and then, for which the build has work enough
  const [build] = await Promise.all([
    isAll || values.e2e ? buildForProduction() : null,
    projects.length > 0 && runVitest(projects, positionals, worlds).then((outcome) => outcomes.push(outcome)),
  ]);
  if (!build) return;
  outcomes.push(build);
  if (build.failures.length === 0) outcomes.push(await runBrowser(positionals));
}

try {
  await main();
} catch (error) {
  outcomes.push(failed("test run", error instanceof Error ? (error.stack ?? error.message) : String(error)));
}
finish();

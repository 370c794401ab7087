import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildApp, needsBuild } from "../launcher/build.ts";
import { prepareChromium } from "./chromium.ts";
import { root, runTool, type CommandResult } from "./command.ts";
import { combine, failed, NOTHING, type Outcome, type Timing } from "./outcome.ts";
import {
  readPlaywrightReport,
  readVitestReport,
  type PlaywrightReport,
  type VitestReport,
} from "./reports.ts";

const MINUTE_MS = 60_000;
/** Each more than twice what everything of its kind takes on two cores with nothing else to do. */
const VITEST_MS = 20 * MINUTE_MS;
const BROWSER_MS = 25 * MINUTE_MS;

/** Random worlds for the tests of access; each left open is as in a normal run. */
export interface Worlds {
  count: number | undefined;
  seed: number | undefined;
}
/** Several times what a world takes. */
const WORLD_MS = 700;

/** Runs the given Vitest projects; `filters` are parts of file names. */
export function runVitest(
  projects: ("unit" | "int")[],
  filters: string[],
  { count, seed }: Worlds = { count: undefined, seed: undefined },
): Promise<Outcome> {
  return withReport("vitest", async (file) => {
    const timesFile = path.join(path.dirname(file), "times.json");
    const args = ["run", ...projects.flatMap((name) => ["--project", name]), ...filters];
    const reporters = [
      "--reporter=default",
      "--reporter=json",
      "--reporter=./scripts/test/file-times.ts",
      `--outputFile.json=${file}`,
      "--passWithNoTests",
    ];
    const result = await runTool("vitest", [...args, ...reporters], {
      timeoutMs: VITEST_MS + (count ?? 0) * WORLD_MS,
      env: {
        SHEAF_TEST_WORLDS: count?.toString(),
        SHEAF_TEST_SEED: seed?.toString(),
        SHEAF_TEST_TIMES: timesFile,
      },
      isShown: true,
    });
    const times = JSON.parse(await readFile(timesFile, "utf8").catch(() => "[]")) as Timing[];
    return [result, (report) => ({ ...readVitestReport(report as VitestReport, root), times })];
  });
}

/** Runs the browser journeys on the build that is there. */
export async function runBrowser(filters: string[]): Promise<Outcome> {
  const chromium = await prepareChromium();
  if ("problem" in chromium) return failed("browser", chromium.problem);
  return withReport("e2e", async (file) => {
    const env = { PLAYWRIGHT_CHROMIUM: chromium.executablePath, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
    const args = ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json", ...filters];
    const result = await runTool("playwright", args, { timeoutMs: BROWSER_MS, env, isShown: true });
    return [result, (report) => readPlaywrightReport(report as PlaywrightReport)];
  });
}

/** The build that `npm start` makes and keeps; one test. */
export async function buildForProduction(): Promise<Outcome> {
  const name = "production build";
  const startedAt = performance.now();
  const context = {
    root,
    logDir: path.join(root, ".data", "logs"),
    signal: AbortSignal.timeout(5 * MINUTE_MS),
  };
  try {
    if (await needsBuild(root)) await buildApp(context);
  } catch (error) {
    console.log(`✗ ${name}`);
    return failed(name, (error as Error).message);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`✓ ${name} ${seconds.toFixed(1)} s`);
  return { ...NOTHING, passed: 1, times: [{ name, seconds }] };
}

/**
 * Counts what a runner reported, and never less than its exit code says: one that crashed, or that failed outside
 * of its tests, is a failure of its own.
 */
async function withReport(
  name: string,
  run: (file: string) => Promise<[CommandResult, (report: unknown) => Outcome]>,
): Promise<Outcome> {
  const folder = await mkdtemp(path.join(tmpdir(), "sheaf-report-"));
  try {
    const file = path.join(folder, "report.json");
    const [result, read] = await run(file);
    const text = await readFile(file, "utf8").catch(() => null);
    if (text === null) return failed(name, `${result.output}\n${result.problem ?? "no report was written"}`);
    const outcome = read(JSON.parse(text));
    if (result.code === 0 || outcome.failures.length > 0) return outcome;
    return combine([
      outcome,
      failed(name, `${result.output}\n${result.problem ?? `exit code ${result.code}`}`),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

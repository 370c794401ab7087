import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Bench, BenchContext } from "../bench.ts";
import { startProduct } from "../product.ts";
import { scratchFolder } from "../scratch.ts";
import { median } from "../statistics.ts";
import { table } from "../table.ts";

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 15 * 60_000;
const AGAIN = 3;

const TARGET_FIRST_S = 180;
const TARGET_AGAIN_S = 5;

interface Phase {
  label: string;
  seconds: number;
}

/** The first start from a bare clone, and later starts. Measures what is committed, not uncommitted edits. */
export const start: Bench = {
  name: "start",
  summary: "seconds to ready: from a bare clone, and from installed and built",
  isDefault: false,
  async run({ root, options, progress }: BenchContext) {
    const scratch = await scratchFolder();
    const clone = path.join(scratch, "sheaf");
    const dataDir = path.join(scratch, "data");
    const cache = path.join(scratch, "npm-cache");
    const command: [string, ...string[]] = ["npm", "start", "--"];
    // npm's own variables of this command would lead the clone's npm back to this folder
    const env: Record<string, string> = { INIT_CWD: clone, npm_execpath: "", npm_config_local_prefix: clone };
    if (options.coldCache) env.npm_config_cache = cache;
    const once = async (timeoutMs?: number) => {
      const product = await startProduct({ root: clone, dataDir, command, env, timeoutMs });
      const phases = readPhases(product.output());
      const stoppingAt = performance.now();
      await product.stop();
      return {
        seconds: product.readyMs / 1000,
        phases,
        stopSeconds: (performance.now() - stoppingAt) / 1000,
      };
    };

    progress("cloning");
    const clonedAt = performance.now();
    await run("git", ["clone", "--quiet", "--no-local", root, clone]);
    const cloneSeconds = (performance.now() - clonedAt) / 1000;
    progress("first start: installs, migrates and builds");
    const first = await once(INSTALL_TIMEOUT_MS);

    const again: Awaited<ReturnType<typeof once>>[] = [];
    for (let i = 1; i <= AGAIN; i++) {
      progress(`start ${i} of ${AGAIN} with the same data`);
      again.push(await restart(once, dataDir, "keep"));
    }
    const empty: typeof again = [];
    for (let i = 1; i <= AGAIN; i++) {
      progress(`start ${i} of ${AGAIN} with no data yet`);
      empty.push(await restart(once, dataDir, "remove"));
    }
    return report({ cloneSeconds, first, again, empty, isColdCache: options.coldCache });
  },
};

type Start = { seconds: number; phases: Phase[]; stopSeconds: number };

async function restart(once: () => Promise<Start>, dataDir: string, data: "keep" | "remove"): Promise<Start> {
  if (data === "remove") await rm(dataDir, { recursive: true, force: true });
  else await rm(path.join(dataDir, "output.log"), { force: true });
  await mkdir(dataDir, { recursive: true });
  return once();
}

/** The launcher's lines: a label and a duration. */
function readPhases(output: string): Phase[] {
  return [...output.matchAll(/^ {2}(\S.*?)(?: \(.*\) … | {2,})(\d+(?:\.\d+)?) s(?: {3}.*)?$/gm)].map(
    (match) => ({
      label: match[1]!,
      seconds: Number(match[2]),
    }),
  );
}

interface Measured {
  cloneSeconds: number;
  first: Start;
  again: Start[];
  empty: Start[];
  isColdCache: boolean;
}

function report(measured: Measured) {
  const { cloneSeconds, first, again, empty, isColdCache } = measured;
  const middle = (starts: Start[]) => median(starts.map(({ seconds }) => seconds));
  const verdict = (seconds: number, target: number) =>
    `target ${target} s: ${seconds <= target ? "met" : "missed"}`;
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const phases = (phase: Phase) => [`    ${phase.label}`, seconds(phase.seconds), ""];
  const each = (starts: Start[]) => starts.map((start) => start.seconds.toFixed(1)).join(", ");
  const whole = cloneSeconds + first.seconds;
  const text = [
    table([
      ["bare clone to ready", seconds(whole), verdict(whole, TARGET_FIRST_S)],
      ...[{ label: "git clone", seconds: cloneSeconds }, ...first.phases].map(phases),
      ["installed and built to ready", seconds(middle(again)), verdict(middle(again), TARGET_AGAIN_S)],
      ...again.at(-1)!.phases.map(phases),
      ["the same with no data yet", seconds(middle(empty)), verdict(middle(empty), TARGET_AGAIN_S)],
      ...empty.at(-1)!.phases.map(phases),
      ["Ctrl-C to ended", seconds(median(again.map(({ stopSeconds }) => stopSeconds))), ""],
    ]),
    "",
    `  By npm start, npm's ${isColdCache ? "cache empty at first" : "cache as it was found"}. Ready is when GET /api/health/ready answers 200.`,
    `  Medians of ${again.length} starts (${each(again)} s; with no data yet ${each(empty)} s), phases of the last.`,
  ].join("\n");
  return { text, data: measured };
}

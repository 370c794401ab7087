import { runTool, type CommandResult } from "./command.ts";
import { combine, failed, NOTHING, type Outcome } from "./outcome.ts";

const MINUTE_MS = 60_000;

type Check = [name: string, tool: string, ...args: string[]];

const CHECKS: Check[] = [
  ["types", "tsc", "--noEmit"],
  ["lint", "eslint", ".", "--max-warnings", "0"],
  ["format", "prettier", "--check", ".", "--log-level", "warn"],
  ["unused code", "knip", "--no-progress", "--no-config-hints"],
  [
    "code that only tests use",
    "knip",
    "--production",
    "--exclude",
    "types",
    "--no-progress",
    "--no-config-hints",
  ],
];

/** Formatting, lint, types and unused code: one test each. Two run at a time, as many as small machines have cores. */
export async function runChecks(): Promise<Outcome> {
  const queue = [...CHECKS];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) outcomes.push(await runCheck(check));
  };
  await Promise.all([worker(), worker()]);
  return combine(outcomes);
}

async function runCheck([name, tool, ...args]: Check): Promise<Outcome> {
  const startedAt = performance.now();
  const outcome = judge(name, await runTool(tool, args, { timeoutMs: 5 * MINUTE_MS }));
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${outcome.failures.length > 0 ? "✗" : "✓"} ${name} ${seconds.toFixed(1)} s`);
  return { ...outcome, times: [{ name, seconds }] };
}

/** One command as one test: passed if it ended with 0. */
export function judge(name: string, { code, output, problem }: CommandResult): Outcome {
  if (code === 0) return { ...NOTHING, passed: 1 };
  return failed(name, [output.trimEnd(), problem ?? `exit code ${code}`].filter(Boolean).join("\n"));
}

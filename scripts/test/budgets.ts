import { failed, NOTHING, type Outcome, type Timing } from "./outcome.ts";

/** What one may take, by the first pattern that its name fits: several times what it takes on two quiet cores. */
const budgets: [pattern: RegExp, seconds: number][] = [
  [/^e2e\/(matrix|races|kills)\//, 900],
  [/^e2e\//, 600],
  [/\.int\.test\.tsx?$/, 300],
  [/\.test\.tsx?$/, 60],
  [/./, 300],
];

const budgetOf = (name: string): number => budgets.find(([pattern]) => pattern.test(name))![1];

/** A fault for each file that took longer than it may: the whole run stays short because no file grows unnoticed. */
export function overBudget(times: Timing[]): Outcome {
  const failures = times
    .filter(({ name, seconds }) => seconds > budgetOf(name))
    .flatMap(({ name, seconds }) => failed(name, overrun(seconds, budgetOf(name))).failures);
  return { ...NOTHING, failures };
}

const overrun = (seconds: number, budget: number) =>
  `took ${seconds.toFixed(0)} s; its budget is ${budget} s (scripts/test/budgets.ts)`;

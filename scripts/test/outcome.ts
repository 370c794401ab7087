/** What came of a part of the test run. */
export interface Outcome {
  passed: number;
  failures: Failure[];
  /** One entry for each test that was not run: its name, or that of its suite. */
  skipped: string[];
  /** How long each file of tests, and whatever else counts as one test, took. */
  times: Timing[];
}

export interface Timing {
  /** A file's path in the project, or the name of a step that is no file. */
  name: string;
  seconds: number;
}

export interface Failure {
  name: string;
  detail: string;
}

export const NOTHING: Outcome = { passed: 0, failures: [], skipped: [], times: [] };

export const failed = (name: string, detail: string): Outcome => ({
  ...NOTHING,
  failures: [{ name, detail }],
});

export function combine(outcomes: Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, outcome) => sum + outcome.passed, 0),
    failures: outcomes.flatMap((outcome) => outcome.failures),
    skipped: outcomes.flatMap((outcome) => outcome.skipped),
    times: outcomes.flatMap((outcome) => outcome.times),
  };
}

/** The text that ends a run: what took longest, what was left out, what failed and why, and on the last line the count alone. */
export function summarize({ passed, failures, skipped, times }: Outcome): string {
  const counts = [`${passed} passed`, `${failures.length} failed`];
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  return [
    ...slowest(times),
    ...[...new Set(skipped)].map((name) => {
      const count = skipped.filter((other) => other === name).length;
      return `skipped  ${name}${count > 1 ? ` (${count} tests)` : ""}`;
    }),
    ...failures.map(({ name, detail }) => `FAILED   ${name}\n${indent(shorten(detail))}`),
    counts.join(", "),
  ].join("\n");
}

const SLOWEST = 10;

const slowest = (times: Timing[]): string[] =>
  times
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, SLOWEST)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);

const LINES = 40;

/** The end of a long text: tools say there what went wrong. */
function shorten(text: string): string {
  const lines = text.trimEnd().split("\n");
  return lines.length <= LINES ? lines.join("\n") : ["…", ...lines.slice(-LINES)].join("\n");
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "         ");

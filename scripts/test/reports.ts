import { NOTHING, type Failure, type Outcome } from "./outcome.ts";

/** The parts used of the JSON that Vitest writes. */
export interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: {
      ancestorTitles: string[];
      fullName: string;
      status: string;
      failureMessages: string[] | null;
    }[];
  }[];
}

/** Counts a Vitest report. A file that could not be loaded is one failure. */
export function readVitestReport(report: VitestReport, root: string): Outcome {
  const outcome: Outcome = { passed: 0, failures: [], skipped: [], times: [] };
  for (const file of report.testResults) {
    const fileName = file.name.replace(`${root}/`, "");
    for (const test of file.assertionResults) {
      const name = `${fileName} › ${test.fullName}`;
      if (test.status === "passed") outcome.passed += 1;
      else if (test.status === "failed")
        outcome.failures.push({ name, detail: (test.failureMessages ?? []).join("\n") });
      // Whole suites are skipped for want of something: their name says of what.
      else outcome.skipped.push(`${fileName} › ${test.ancestorTitles[0] ?? test.fullName}`);
    }
    const hasFailedTest = file.assertionResults.some((test) => test.status === "failed");
    if (file.status === "failed" && !hasFailedTest)
      outcome.failures.push({ name: fileName, detail: file.message });
  }
  return outcome;
}

interface PlaywrightSuite {
  title: string;
  /** From the folder of the configuration. */
  file: string;
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    tests: {
      projectName: string;
      status: "expected" | "unexpected" | "flaky" | "skipped";
      results: { duration: number; errors?: { message?: string }[] }[];
    }[];
  }[];
}

/** The parts used of the JSON that Playwright writes. */
export interface PlaywrightReport {
  suites: PlaywrightSuite[];
  errors: { message?: string }[];
}

/** Counts a Playwright report. A test that passed only when repeated counts as failed: it would fail someone else. */
export function readPlaywrightReport(report: PlaywrightReport): Outcome {
  const outcome: Outcome = {
    ...NOTHING,
    skipped: [],
    times: [],
    failures: report.errors.map((error) => toFailure("e2e", [error])),
  };
  const spent = (file: string, durationMs: number) => {
    const name = `e2e/${file}`;
    const known = outcome.times.find((time) => time.name === name);
    if (known) known.seconds += durationMs / 1000;
    else outcome.times.push({ name, seconds: durationMs / 1000 });
  };
  const visit = (suite: PlaywrightSuite, path: string[]) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        spent(
          suite.file,
          test.results.reduce((sum, { duration }) => sum + duration, 0),
        );
        const name = [...path, spec.title].join(" › ");
        if (test.status === "expected") outcome.passed += 1;
        else if (test.status === "skipped") outcome.skipped.push(name);
        else
          outcome.failures.push(
            toFailure(
              name,
              test.results.flatMap((result) => result.errors ?? []),
            ),
          );
      }
    }
    for (const child of suite.suites ?? []) visit(child, [...path, child.title]);
  };
  for (const suite of report.suites) visit(suite, [suite.title]);
  return outcome;
}

const toFailure = (name: string, errors: { message?: string }[]): Failure => ({
  name,
  detail: errors.map((error) => error.message ?? "").join("\n") || "no reason given",
});

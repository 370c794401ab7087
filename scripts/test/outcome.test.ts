import { describe, expect, it } from "vitest";
import { combine, failed, NOTHING, summarize } from "./outcome.ts";
import { readPlaywrightReport, readVitestReport } from "./reports.ts";

describe("summarize", () => {
  it("ends with the count alone, and names skipped tests only where there are some", () => {
    expect(summarize({ ...NOTHING, passed: 3 })).toBe("3 passed, 0 failed");
    const outcome = {
      passed: 2,
      failures: [{ name: "a › b", detail: "one\ntwo" }],
      skipped: ["s3", "s3", "other"],
      times: [],
    };
    expect(summarize(outcome).split("\n")).toEqual([
      "skipped  s3 (2 tests)",
      "skipped  other",
      "FAILED   a › b",
      "         one",
      "         two",
      "2 passed, 1 failed, 3 skipped",
    ]);
  });

  it("tells the ten that took longest, the longest first", () => {
    const times = Array.from({ length: 12 }, (_, at) => ({ name: `file ${at}`, seconds: at }));
    const lines = summarize({ ...NOTHING, times }).split("\n");
    expect(lines[0]).toBe("   11.0 s  file 11");
    expect(lines[9]).toBe("    2.0 s  file 2");
    expect(lines[10]).toBe("0 passed, 0 failed");
  });

  it("keeps the end of long output", () => {
    const detail = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
    const text = summarize(failed("tool", detail));
    expect(text).toContain("line 99");
    expect(text).not.toContain("line 0\n");
  });
});

it("adds outcomes up", () => {
  const time = { name: "x.test.ts", seconds: 1 };
  const one = { passed: 1, failures: [], skipped: ["x"], times: [time] };
  expect(combine([one, failed("y", "z"), one])).toEqual({
    passed: 2,
    failures: [{ name: "y", detail: "z" }],
    skipped: ["x", "x"],
    times: [time, time],
  });
});

describe("readVitestReport", () => {
  const test = (fullName: string, status: string, failureMessages: string[] = []) => ({
    ancestorTitles: ["suite"],
    fullName,
    status,
    failureMessages,
  });

  it("counts passed, failed and every kind of left out", () => {
    const assertionResults = [
      test("suite a", "passed"),
      test("suite b", "failed", ["b broke"]),
      test("suite c", "skipped"),
      test("suite d", "pending"),
      test("suite e", "todo"),
    ];
    const report = {
      testResults: [{ name: "/repo/x.test.ts", status: "failed", message: "", assertionResults }],
    };
    expect(readVitestReport(report, "/repo")).toEqual({
      passed: 1,
      failures: [{ name: "x.test.ts › suite b", detail: "b broke" }],
      skipped: Array(3).fill("x.test.ts › suite"),
      times: [],
    });
  });

  it("counts a file that could not be loaded, or failed outside of its tests, as one failure", () => {
    const broken = {
      name: "/repo/x.test.ts",
      status: "failed",
      message: "no such module",
      assertionResults: [],
    };
    const afterwards = { ...broken, message: "afterAll", assertionResults: [test("suite a", "passed")] };
    expect(readVitestReport({ testResults: [broken, afterwards] }, "/repo")).toEqual({
      passed: 1,
      failures: [
        { name: "x.test.ts", detail: "no such module" },
        { name: "x.test.ts", detail: "afterAll" },
      ],
      skipped: [],
      times: [],
    });
  });
});

it("reads Playwright's nested suites, and takes a test that needed repeating as failed", () => {
  const spec = (title: string, status: "expected" | "unexpected" | "flaky" | "skipped") => ({
    title,
    tests: [
      {
        projectName: "chromium",
        status,
        results: [{ duration: 500, errors: [{ message: `${title} broke` }] }],
      },
    ],
  });
  const report = {
    errors: [{ message: "no browser" }],
    suites: [
      {
        title: "share.spec.ts",
        file: "journeys/share.spec.ts",
        specs: [spec("opens", "expected"), spec("breaks", "unexpected")],
        suites: [
          {
            title: "links",
            file: "journeys/share.spec.ts",
            specs: [spec("wobbles", "flaky"), spec("later", "skipped")],
          },
        ],
      },
    ],
  };
  expect(readPlaywrightReport(report)).toEqual({
    passed: 1,
    failures: [
      { name: "e2e", detail: "no browser" },
      { name: "share.spec.ts › breaks", detail: "breaks broke" },
      { name: "share.spec.ts › links › wobbles", detail: "wobbles broke" },
    ],
    skipped: ["share.spec.ts › links › later"],
    times: [{ name: "e2e/journeys/share.spec.ts", seconds: 2 }],
  });
});

import { describe, expect, test } from "vitest";
import { type FunctionConfig, functionSchema, maxAttempts, refusals } from "./config.ts";
import { postedEvents } from "./event.ts";
import { holds, isComparison, isPath, valueAt } from "./expressions.ts";
import { parseJson } from "./json.ts";
import { createRegistry, dedupeOf, describeChange, slotOf, UnsupportedFunctionError } from "./registry.ts";
import { millisecondsUntil, parseCron, parseDue, retryDue } from "./times.ts";

const config = (more: object = {}): FunctionConfig =>
  functionSchema.parse({ id: "app-work", triggers: [{ event: "a/b" }], steps: { step: {} }, ...more });
const event = (data: Record<string, unknown> = {}, name = "a/b") => ({ id: "e1", name, data, ts: 1 });

describe("expressions", () => {
  test("paths and comparisons are told from what isn't supported", () => {
    expect(["event.data.id", "async.data.a_b"].map(isPath)).toEqual([true, true]);
    expect(["event", "data.id", "event.data.id + 1", "event.data['id']"].map(isPath)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    const supported = [
      "event.data.id == async.data.id",
      "event.data.kind == 'pdf'",
      'event.data.kind == "pdf"',
      "event.data.n == 3",
    ];
    expect(supported.map(isComparison)).toEqual([true, true, true, true]);
    const refused = [
      "event.data.n > 3",
      "event.a == 'x' && event.b == 'y'",
      "event.data.id",
      "'x' == event.data.id",
    ];
    expect(refused.map(isComparison)).toEqual([false, false, false, false]);
  });

  test("values are found at own properties only", () => {
    expect(valueAt({ event: event({ a: { b: 0 } }) }, "event.data.a.b")).toBe(0);
    expect(valueAt({ event: event() }, "event.data.a.b")).toBeUndefined();
    expect(valueAt({ event: event({ a: "text" }) }, "event.data.a.length")).toBeUndefined();
    expect(valueAt({ event: event() }, "event.constructor.name")).toBeUndefined();
  });

  test("missing values match nothing, not even each other", () => {
    const same = "event.data.id == async.data.id";
    expect(holds(same, { event: event({ id: "x" }), async: event({ id: "x" }) })).toBe(true);
    expect(holds(same, { event: event({ id: "x" }), async: event({ id: "y" }) })).toBe(false);
    expect(holds(same, { event: event(), async: event() })).toBe(false);
    expect(holds(same, { event: event({ id: null }), async: event({ id: null }) })).toBe(false);
    expect(holds(undefined, {})).toBe(true);
    expect(holds("event.data.n == 3", { event: event({ n: 3 }) })).toBe(true);
    expect(holds("event.data.n == 3", { event: event({ n: "3" }) })).toBe(false);
    expect(holds("event.data.on == true", { event: event({ on: true }) })).toBe(true);
    expect(() => holds("event.data.n > 3", { event: event({ n: 4 }) })).toThrow("not supported");
  });
});

describe("times", () => {
  test("durations and dates as the SDK writes them", () => {
    expect(parseDue("1h30m")).toEqual({ inSeconds: 5_400 });
    expect(parseDue("2w1d1s")).toEqual({ inSeconds: 1_296_001 });
    expect(parseDue("")).toEqual({ inSeconds: 0 });
    expect(parseDue("2030-01-02T03:04:05.000Z")).toEqual({ at: new Date("2030-01-02T03:04:05Z") });
    expect(() => parseDue("soon")).toThrow("soon");
  });

  test("waiting after failures follows the table, then its last entry, unless the application wishes otherwise", () => {
    const table = [1, 5, 60];
    expect([0, 1, 2, 3, 9].map((attempt) => retryDue(attempt, undefined, table))).toEqual(
      [1, 5, 60, 60, 60].map((inSeconds) => ({ inSeconds })),
    );
    expect(retryDue(0, "30", table)).toEqual({ inSeconds: 30 });
    expect(retryDue(0, "2030-01-01T00:00:00.000Z", table)).toEqual({ at: new Date("2030-01-01") });
    expect(retryDue(1, "nonsense", table)).toEqual({ inSeconds: 5 });
    expect(millisecondsUntil({ at: new Date(0) })).toBe(0);
  });

  test("schedules carry their time zone", () => {
    const noon = new Date("2026-07-01T12:00:00Z");
    expect(parseCron("0 9 * * *").nextRun(noon)).toEqual(new Date("2026-07-02T09:00:00Z"));
    expect(parseCron("TZ=Europe/Paris 0 9 * * *").nextRun(noon)).toEqual(new Date("2026-07-02T07:00:00Z"));
  });
});

describe("functions", () => {
  test("what is supported passes", () => {
    const fn = config({
      name: "Work",
      triggers: [
        { event: "a/b", expression: "event.data.kind == 'pdf'" },
        { cron: "TZ=Europe/Paris */30 * * * *" },
      ],
      concurrency: [{ key: "event.data.user", limit: 2, scope: "fn" }],
      idempotency: "event.data.id",
      cancel: [{ event: "a/stop", if: "event.data.id == async.data.id" }],
      steps: { step: { retries: { attempts: 0 } } },
    });
    expect(refusals(fn)).toEqual([]);
    expect(maxAttempts(fn)).toBe(1);
    expect(maxAttempts(config())).toBe(5);
  });

  test.each([
    ["debounce", { debounce: { period: "5s" } }],
    ["throttle", { throttle: { limit: 1, period: "5s" } }],
    ["rateLimit", { rateLimit: { limit: 1, period: "5s" } }],
    ["priority", { priority: { run: "1" } }],
    ["singleton", { singleton: { mode: "skip" } }],
    ["timeouts", { timeouts: { start: "5s" } }],
    ["batchEvents", { batchEvents: { maxSize: 2, timeout: "5s" } }],
    ["jitter", { triggers: [{ cron: "* * * * *", jitter: "5s" }] }],
    ['"every day"', { triggers: [{ cron: "every day" }] }],
    ["a/*", { triggers: [{ event: "a/*" }] }],
    ["inngest/function.finished", { triggers: [{ event: "inngest/function.finished" }] }],
    ["event.data.n > 3", { triggers: [{ event: "a/b", expression: "event.data.n > 3" }] }],
    ["several concurrency limits", { concurrency: [{ limit: 1 }, { limit: 2, key: "event.data.a" }] }],
    ["the scope account", { concurrency: [{ limit: 1, scope: "account" }] }],
    ["concurrency key 'x'", { concurrency: { limit: 1, key: "'x'" } }],
    ["idempotency key event.a + event.b", { idempotency: "event.a + event.b" }],
    ["cancelOn with a timeout", { cancel: [{ event: "a/stop", timeout: "5s" }] }],
    ["condition async.n > 1", { cancel: [{ event: "a/stop", if: "async.n > 1" }] }],
    ["the step other", { steps: { step: {}, other: {} } }],
  ])("%s is refused by name", (named, more) => {
    const [sentence, ...others] = refusals(config(more));
    expect(sentence).toContain("The function app-work");
    expect(sentence).toContain(named);
    expect(others).toEqual([]);
    expect(() => createRegistry([config(more)])).toThrow(UnsupportedFunctionError);
  });

  test("a concurrency key gives each of its values a slot", () => {
    const fn = config({ concurrency: { key: "event.data.user", limit: 2 } });
    expect([event({ user: "a" }), event({ user: 7 }), event()].map((given) => slotOf(fn, given))).toEqual([
      '"a"',
      "7",
      "null",
    ]);
    expect(slotOf(config({ concurrency: 2 }), event({ user: "a" }))).toBe("");
    const { limits } = createRegistry([
      fn,
      config({ id: "free" }),
      config({ id: "zero", concurrency: 0 }),
    ]).limits;
    expect(limits).toEqual([2, null, null]);
  });

  test("an idempotency key counts only where the event has a value for it", () => {
    const fn = config({ idempotency: "event.data.id" });
    expect(dedupeOf(fn, event({ id: "x" }))).toEqual({ dedupe: 'app-work/key:"x"', expires: true });
    expect(dedupeOf(fn, event())).toEqual({ dedupe: "app-work/e1", expires: false });
    expect(dedupeOf(config(), event({ id: "x" }))).toEqual({ dedupe: "app-work/e1", expires: false });
  });

  test("events start the functions whose condition holds, each once", () => {
    const pdf = { event: "a/b", expression: "event.data.kind == 'pdf'" };
    const registry = createRegistry([
      config({ id: "all" }),
      config({ id: "pdf", triggers: [pdf, { ...pdf }] }),
    ]);
    const started = (data: Record<string, unknown>, name?: string) =>
      registry.startedBy(event(data, name)).map((fn) => fn.id);
    expect(started({ kind: "pdf" })).toEqual(["all", "pdf"]);
    expect(started({ kind: "png" })).toEqual(["all"]);
    expect(started({}, "a/other")).toEqual([]);
    expect([registry.listensTo("a/b"), registry.listensTo("a/other")]).toEqual([true, false]);
  });

  test("two listings are compared by name and content", () => {
    const before = createRegistry([config({ id: "same" }), config({ id: "gone" }), config({ id: "other" })]);
    const after = createRegistry([
      config({ id: "same" }),
      config({ id: "new" }),
      config({ id: "other", name: "Other" }),
    ]);
    expect(describeChange(before, after)).toEqual({ added: ["new"], removed: ["gone"], changed: ["other"] });
    expect(describeChange(after, after)).toBeNull();
    expect(describeChange(undefined, after)?.added).toHaveLength(3);
  });
});

describe("what is posted", () => {
  test("one event or many; reserved or missing names are refused", () => {
    expect(postedEvents.parse({ name: "a/b" })).toHaveLength(1);
    expect(postedEvents.parse([{ name: "a/b", data: { x: 1 }, user: "kept" }])[0]).toMatchObject({
      user: "kept",
    });
    for (const bad of [
      {},
      { name: "" },
      { name: "inngest/function.failed" },
      { name: "a", data: 1 },
      "a",
      null,
      [[]],
    ]) {
      expect(postedEvents.safeParse(bad).success).toBe(false);
    }
  });

  test("half surrogate pairs are replaced, in keys too; whole ones and U+0000 stay", () => {
    expect(parseJson(String.raw`{"a\ud800":["x\udc00y","\ud83d\ude00","\u0000"]}`)).toEqual({
      "a\ufffd": ["x\ufffdy", "\u{1f600}", "\u0000"],
    });
    expect(() => parseJson("{")).toThrow(SyntaxError);
  });
});

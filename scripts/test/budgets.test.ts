import { expect, it } from "vitest";
import { overBudget } from "./budgets.ts";

it("names each file that is over the budget of its kind, and no other", () => {
  const times = [
    { name: "lib/a.test.ts", seconds: 61 },
    { name: "lib/b.test.ts", seconds: 59 },
    { name: "lib/c.int.test.ts", seconds: 61 },
    { name: "e2e/journeys/d.spec.ts", seconds: 61 },
    { name: "lib/e.int.test.ts", seconds: 301 },
  ];
  const { passed, failures } = overBudget(times);
  expect(passed).toBe(0);
  expect(failures).toEqual([
    { name: "lib/a.test.ts", detail: expect.stringContaining("took 61 s; its budget is 60 s") },
    { name: "lib/e.int.test.ts", detail: expect.stringContaining("took 301 s; its budget is 300 s") },
  ]);
});

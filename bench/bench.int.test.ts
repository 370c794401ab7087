import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const main = path.join(import.meta.dirname, "main.mjs");

/** Not about time: the bench's statements must be those of the product and return as many rows. */
test("the lists and reads of the bench are those of the product", { timeout: 180_000 }, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, "db", "--documents", "8000", "--rounds", "1", "--json"],
    { maxBuffer: 2 ** 26 },
  );
  const { results } = JSON.parse(stdout) as {
    results: { db: { data: { measured: { label: string; rows: number }[] } } };
  };
  const rows = Object.fromEntries(results.db.data.measured.map((line) => [line.label, line.rows]));
  expect(rows).toMatchObject({
    "document, by a viewer": 1,
    "document, refused": 0,
    "… of the largest, by a viewer": 51,
    "… of the largest, a name not there": 0,
    "recent, a guest with 3 documents": 3,
    "collections, a guest with 3 documents": 1,
  });
});

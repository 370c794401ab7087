import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { fullMask, permissionBits } from "./permissions.ts";

const domains = path.resolve(import.meta.dirname, "..");
const sources = globSync("*/sql/*.sql", { cwd: domains }).map((file) => ({
  file: file.split(path.sep).join("/"),
  text: readFileSync(path.join(domains, file), "utf8"),
}));
const textOf = (wanted: string) => sources.find(({ file }) => file === wanted)!.text;

it("names the same bits as TypeScript", () => {
  const bits = [
    ...textOf("authz/sql/permissions.sql").matchAll(
      /FUNCTION app\.(\w+)\(\) RETURNS integer\b.* RETURN (\d+);/g,
    ),
  ].map(([, name, bit]) => [name, Number(bit)]);
  expect(Object.fromEntries(bits)).toEqual({ ...permissionBits, all_permissions: fullMask });
});

/** Lines with what a rule has a name for, outside of the files that give it. */
function linesWith(pattern: RegExp, home: string): string[] {
  return sources.flatMap(({ file, text }) =>
    file === home
      ? []
      : text
          .split("\n")
          .map((line) => line.replace(/--.*/, ""))
          .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

/** A number beside a bit operation. */
const MASK = /[&|#]\s*~?\(?\d|\d\s*[&|#](?!\|)|~\s*\d/;

it.each([
  ["the bits of a mask", MASK, "authz/sql/permissions.sql"],
  ["a grant's or an invitation's end", /expires_at IS NULL OR /, "authz/sql/rules.sql"],
  ["a live document", /deleted_at IS NULL AND (?:\w+\.)?status <> 'pending'/, "authz/sql/rules.sql"],
  ["which modes count", /access_mode (?:<> '(?:private|invite)'|IN \()/, "authz/sql/rules.sql"],
])("states %s in one place", (_, pattern, home) => {
  expect(linesWith(pattern, home)).toEqual([]);
});

it("finds what it looks for", () => {
  for (const bare of ["g.mask & 512 <> 0", "a | 9", "513 & mask", "mask & ~8191"]) expect(bare).toMatch(MASK);
});

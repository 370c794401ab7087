import { expect, test } from "vitest";
import { safeNextPath, withNext } from "./next-path.ts";

test.each(["/", "/shared", "/collections/01?view=list#top", "/documents/01?page=3"])("keeps %s", (path) => {
  expect(safeNextPath(path)).toBe(path);
});

test.each([
  undefined,
  null,
  "",
  ["/a", "/b"],
  "shared",
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/%0a/../\n/evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "javascript:alert(1)",
  "/api/auth/signout",
  "/sign-in?next=/sign-in",
])("sends %j home", (value) => {
  expect(safeNextPath(value)).toBe("/");
});

test("links carry the path on, except for home", () => {
  expect(withNext("/sign-up", "/")).toBe("/sign-up");
  expect(withNext("/sign-up", "/shared?a=1")).toBe("/sign-up?next=%2Fshared%3Fa%3D1");
});

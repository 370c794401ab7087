import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashSources } from "./source-hash.ts";

let root: string;
const write = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
};

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "sheaf-sources-"));
  await write("app/page.tsx", "page");
  await write("prisma/schema.prisma", "schema");
  await write("package-lock.json", "{}");
});
afterEach(() => rm(root, { recursive: true, force: true }));

it.each([
  "app/page.tsx",
  "lib/a/b/new.ts",
  "public/logo.svg",
  "prisma/schema.prisma",
  "package-lock.json",
  "instrumentation.ts",
])("changes with %s", async (file) => {
  const before = hashSources(root);
  await write(file, "changed");
  expect(hashSources(root)).not.toBe(before);
});

it("changes when a file is renamed", async () => {
  await write("lib/a.ts", "same");
  const before = hashSources(root);
  await rm(path.join(root, "lib/a.ts"));
  await write("lib/b.ts", "same");
  expect(hashSources(root)).not.toBe(before);
});

it.each([
  "lib/a.test.ts",
  "README.md",
  "scripts/server.ts",
  ".data/postgres/x.ts",
  "files/upload.ts",
  "next-env.d.ts",
])("does not change with %s", async (file) => {
  const before = hashSources(root);
  await write(file, "changed");
  expect(hashSources(root)).toBe(before);
});

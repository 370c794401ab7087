import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { emptyTestDatabase } from "#lib/db/testing/index.ts";
import { diagnoseHistory } from "./engine.ts";
import { sourcesDirOf } from "./folder.ts";
import { CATALOG } from "./fixture.ts";
import { withClient } from "./history.ts";
import { migrateDown, migrateUp, programDrift, schemaDrift } from "./index.ts";
import { removeProgram } from "./program.ts";
import { loadSources, readSources } from "./sources.ts";

const database = await emptyTestDatabase();
afterAll(() => database.drop());
const target = { url: database.ownerUrl };

const readCatalog = () =>
  withClient(target.url, async (client) => (await client.query(CATALOG)).rows.map((row) => String(row.line)));

it("goes up, down to nothing, and up to the same", async () => {
  const before = await readCatalog();
  const { applied } = await migrateUp(target);
  expect(applied.length).toBeGreaterThan(0);
  const first = await readCatalog();

  const { rolledBack } = await migrateDown({ ...target, steps: Infinity });
  expect(rolledBack).toEqual(applied.toReversed());
  expect(await readCatalog()).toEqual(before);

  expect(await migrateUp(target)).toEqual({ applied });
  expect(await readCatalog()).toEqual(first);
});

it("goes down and up again from every step", async () => {
  const { applied } = await migrateUp(target);
  const whole = await readCatalog();
  for (const steps of applied.keys()) {
    await migrateDown({ ...target, steps: steps + 1 });
    await migrateUp(target);
    expect(await readCatalog()).toEqual(whole);
  }
});

it("leaves no drift between schema.prisma and the migrations", async () => {
  await migrateUp(target);
  expect(await schemaDrift(target)).toBe("");
});

it("leaves no drift between the SQL sources and the migrations", async () => {
  await migrateUp(target);
  expect(await programDrift(target)).toBe("");
  const migrated = await readCatalog();
  await withClient(target.url, async (client) => {
    await client.query("BEGIN");
    await removeProgram(client);
    const sources = await readSources(target);
    await loadSources(client, sources);
    expect((await client.query(CATALOG)).rows.map((row) => String(row.line))).toEqual(migrated);
    await client.query("ROLLBACK");
  });
});

it("finds a source that was changed without a migration", async () => {
  await migrateUp(target);
  const sourcesDir = await mkdtemp(path.join(tmpdir(), "sheaf-sources-"));
  onTestFinished(() => rm(sourcesDir, { recursive: true }));
  await cp(sourcesDirOf(target), sourcesDir, {
    recursive: true,
    filter: (file) => !path.extname(file) || file.endsWith(".sql"),
  });
  const file = path.join(sourcesDir, "authz/sql/context.sql");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("workspace_role = 'admin'", "workspace_role = 'member'"));
  expect(await programDrift({ ...target, sourcesDir })).toContain("app.is_workspace_admin");
});

it("leaves a history that Prisma's own CLI can go on from", async () => {
  await migrateUp(target);
  const diagnosis = await diagnoseHistory(target);
  expect(diagnosis).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null });
});

it("gives the application's role nothing of its own", async () => {
  await migrateUp(target);
  const owned = await withClient(target.url, (client) =>
    client.query("SELECT oid::regclass::text FROM pg_class WHERE relowner = 'sheaf_app'::regrole"),
  );
  expect(owned.rows).toEqual([]);
});

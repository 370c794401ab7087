import path from "node:path";
import { expect, it } from "vitest";
import { difference, type Difference } from "./difference.ts";
import { scratchProject } from "./fixture.ts";
import { withClient } from "./history.ts";
import { MigrationError, migrateDown, migrateUp, newMigration, programDrift } from "./index.ts";
import { readProgram, removeProgram } from "./program.ts";
import { loadSources } from "./sources.ts";
import { splitStatements } from "./statements.ts";

const FIRST = "20260101000000_first";
const TABLES = `CREATE SCHEMA app; CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);`;
const SCHEMA = `model Item {\n  id Int @id\n  name String\n  @@map("item")\n}`;

/** In an order in which nothing finds what it needs. */
const PROGRAM = `
CREATE POLICY readers ON item FOR SELECT TO sheaf_app USING (app.can_read(id));
CREATE VIEW app.readable WITH (security_barrier) AS SELECT id, name FROM item WHERE app.can_read(id);
GRANT SELECT ON app.readable TO sheaf_app;
CREATE FUNCTION app.readable_names() RETURNS SETOF text LANGUAGE sql STABLE AS $$ SELECT name FROM app.readable $$;
GRANT EXECUTE ON FUNCTION app.readable_names TO sheaf_app;
ALTER TABLE item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE (name) ON item TO sheaf_app;
CREATE TRIGGER tidy BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION app.tidy();
CREATE FUNCTION app.tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
-- Even ids are for everybody.
CREATE FUNCTION app.can_read(item int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN item % 2 = 0;
`;

/** A change to the program, and how much of it may have to go for that. */
const CHANGES: [was: string, is: string, mostDrops: number][] = [
  ["item % 2 = 0", "item % 3 = 0", 0],
  ["SELECT id, name FROM item", "SELECT name, id FROM item", 1],
  ["app.can_read(item int)", "app.can_read(item int, more int DEFAULT 1)", 3],
  ["RETURNS SETOF text", "RETURNS SETOF varchar", 1],
  ["SET search_path = public, pg_temp", "SET search_path = public", 0],
  ["USING (app.can_read(id))", "USING (app.can_read(id) AND id > 0)", 1],
  ["GRANT SELECT, UPDATE (name) ON item", "GRANT SELECT (id), UPDATE ON item", 0],
  ["GRANT EXECUTE ON FUNCTION app.readable_names TO sheaf_app;", "", 0],
  ["ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY", 1],
  ["BEFORE UPDATE ON item", "BEFORE INSERT OR UPDATE ON item", 1],
];

async function projectOf(program: string, schema = SCHEMA) {
  const project = await scratchProject(schema);
  await project.write(FIRST, TABLES, "DROP TABLE item; DROP SCHEMA app;");
  await project.writeSource("items", program);
  return project;
}
type Project = Awaited<ReturnType<typeof projectOf>>;

/** Writes and applies a migration, and proves its way back and forth. */
async function step(project: Project, name: string): Promise<string[]> {
  const before = await project.catalog();
  const folder = await newMigration(name, project.target);
  expect(await project.catalog()).toEqual(before);
  await migrateUp(project.target);
  expect(await programDrift(project.target)).toBe("");
  const after = await project.catalog();
  expect(after).not.toEqual(before);
  expect((await migrateDown(project.target)).rolledBack).toEqual([path.basename(folder)]);
  expect(await project.catalog()).toEqual(before);
  await migrateUp(project.target);
  expect(await project.catalog()).toEqual(after);
  return after;
}

it("orders the sources by what each needs, and makes a migration of them with its way back", async () => {
  const project = await projectOf(PROGRAM);
  await migrateUp(project.target);
  await step(project, "program");
});

it("replaces what can be replaced, and takes apart what stands on the rest", async () => {
  const project = await projectOf(PROGRAM);
  await migrateUp(project.target);
  await withClient(project.target.url, async (client) => {
    const load = async (text: string) => {
      await removeProgram(client);
      const loaded = await loadSources(
        client,
        splitStatements(text).map((one) => ({ ...one, file: "" })),
      );
      return { program: await readProgram(client), loaded };
    };
    const run = async ({ drops, creates, grants }: Difference) => {
      for (const statement of [...drops, ...creates, ...grants]) await client.query(statement);
      return readProgram(client);
    };
    await client.query("BEGIN; SET LOCAL check_function_bodies = off");
    const first = await load(PROGRAM);
    for (const [was, is, mostDrops] of CHANGES) {
      expect(PROGRAM).toContain(was);
      const second = await load(PROGRAM.replace(was, is));
      expect(second.program).not.toEqual(first.program);
      const back = difference(second.program, first.program);
      expect(await run(back)).toEqual(first.program);
      const forth = difference(first.program, second.program, second.loaded);
      expect(forth.drops.length).toBeLessThanOrEqual(mostDrops);
      expect(await run(forth)).toEqual(second.program);
      expect(await run(difference(second.program, second.program))).toEqual(second.program);
      await load(PROGRAM);
    }
    await client.query("ROLLBACK");
  });
});

it("changes tables between what goes and what comes", async () => {
  const project = await projectOf(
    `${PROGRAM} CREATE VIEW app.ranks AS SELECT rank FROM item; GRANT SELECT ON other TO sheaf_app;`,
    `${SCHEMA.replace("name String", "name String\n  rank Int?")}\nmodel Other {\n  id Int @id\n  @@map("other")\n}`,
  );
  await migrateUp(project.target);
  await step(project, "ranks");
});

it("names the file, the line and the reason of each source that can't be loaded", async () => {
  const project = await projectOf(
    "CREATE FUNCTION app.fine() RETURNS int LANGUAGE sql RETURN 1;\n\n-- nothing there\nCREATE VIEW app.lost AS SELECT * FROM nowhere;",
  );
  await migrateUp(project.target);
  const failure = await newMigration("lost", project.target).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MigrationError);
  expect(String(failure)).toContain('items/sql/all.sql:4: relation "nowhere" does not exist');
});

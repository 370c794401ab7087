import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { scratchProject } from "./fixture.ts";
import { migrateUp, newMigration, schemaDrift } from "./index.ts";

const SCHEMA = `
model Item {
  id     Int     @id
  name   String
  words  Unsupported("tsvector")?
  @@map("item")
}`;
const TABLE = `CREATE TABLE item (id integer NOT NULL, name text NOT NULL CHECK (name <> ''),
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED,
  CONSTRAINT item_pkey PRIMARY KEY (id));`;
/** What Prisma's schema language has no words for. */
const SHAPES = `
  CREATE INDEX item_words ON item USING gin (words);
  CREATE UNIQUE INDEX item_name_partial ON item (name) WHERE id > 0;
  CREATE INDEX item_name_lower ON item (lower(name));
  CREATE SCHEMA aside; CREATE TABLE aside.run (id int, kind "char");`;
const PROGRAM = `
  CREATE VIEW names AS SELECT name FROM item;
  CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER noop BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION noop();
  ALTER TABLE item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY owner ON item TO sheaf_owner USING (true);`;
const INEXPRESSIBLE = SHAPES + PROGRAM;

it("is silent about what the schema can't express", async () => {
  const project = await scratchProject(SCHEMA);
  await project.write("20260101000000_first", TABLE + INEXPRESSIBLE);
  await migrateUp(project.target);
  expect(await schemaDrift(project.target)).toBe("");
});

it("names what differs: columns, plain indexes, tables", async () => {
  const project = await scratchProject(SCHEMA.replace("name   String", "name   String?\n  rank   Int"));
  await project.write(
    "20260101000000_first",
    `${TABLE}${INEXPRESSIBLE} CREATE INDEX item_name ON item (name); CREATE TABLE extra (id int);`,
  );
  await migrateUp(project.target);
  const drift = await schemaDrift(project.target);
  expect(drift).toContain('ADD COLUMN     "rank" INTEGER NOT NULL');
  expect(drift).toContain('ALTER COLUMN "name" DROP NOT NULL');
  expect(drift).toContain('DROP INDEX "item_name";');
  expect(drift).toContain('DROP TABLE "extra";');
  expect(drift).not.toContain("words");
});

it("writes a migration and its way back from what changed in the schema", async () => {
  const project = await scratchProject(SCHEMA.replace("name   String", "name   String\n  rank   Int?"));
  await project.write("20260101000000_first", TABLE + INEXPRESSIBLE);
  await project.writeSource("items", PROGRAM);
  const folder = await newMigration("add_rank", project.target);
  expect(path.basename(folder)).toMatch(/^\d{14}_add_rank$/);
  const up = await readFile(path.join(folder, "migration.sql"), "utf8");
  const down = await readFile(path.join(folder, "down.sql"), "utf8");
  expect(up).toBe('-- AlterTable\nALTER TABLE "item" ADD COLUMN     "rank" INTEGER;\n');
  expect(down).toBe('-- AlterTable\nALTER TABLE "public"."item" DROP COLUMN "rank";\n');
  expect(await migrateUp(project.target)).toEqual({ applied: [path.basename(folder)] });
  expect(await schemaDrift(project.target)).toBe("");
});

it.each(["", "Add", "a-b", "../up"])("refuses %j as a migration's name", async (name) => {
  const project = await scratchProject(SCHEMA);
  await expect(newMigration(name, project.target)).rejects.toThrow("is no migration name");
});

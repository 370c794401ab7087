import { cp } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { scratchProject } from "./fixture.ts";
import { diagnoseHistory } from "./engine.ts";
import { migrateDown, MigrationError, migrateUp } from "./index.ts";

const FIRST = "20260101000000_first";
const SECOND = "20260102000000_second";

const TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
const RECORDED = "SELECT migration_name FROM _prisma_migrations ORDER BY 1";

/** What Prisma's adapter alone stumbles over: `;` in bodies and the `"char"` type. */
const DIFFICULT = `
  CREATE TABLE item (id int PRIMARY KEY, kind "char", note text);
  CREATE FUNCTION note_item() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.note := 'a;b';
    RETURN NEW;
  END $$;
  CREATE TRIGGER note_item BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION note_item();`;
const DIFFICULT_DOWN = "DROP TABLE item; DROP FUNCTION note_item;";

describe("migrateUp", () => {
  it("applies in order, runs function bodies whole, and then has nothing to do", async () => {
    const project = await scratchProject();
    await project.write(SECOND, "INSERT INTO item VALUES (1, 'x')");
    await project.write(FIRST, DIFFICULT);
    expect(await migrateUp(project.target)).toEqual({ applied: [FIRST, SECOND] });
    expect(await project.column("SELECT note FROM item")).toEqual(["a;b"]);
    expect(await migrateUp(project.target)).toEqual({ applied: [] });
  });

  it("leaves a history that Prisma itself finds complete", async () => {
    const project = await scratchProject();
    await project.write(FIRST, DIFFICULT);
    await migrateUp(project.target);
    expect(await diagnoseHistory(project.target)).toEqual({
      editedMigrationNames: [],
      failedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
    });
  });

  it("keeps nothing of a migration that fails, and names it, the reason and the line", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int)");
    await project.write(
      SECOND,
      "CREATE TABLE other (id int);\nINSERT INTO item VALUES (1);\nSELECT nothing;",
    );
    await expect(migrateUp(project.target)).rejects.toThrow(
      `Migration ${SECOND} failed: column "nothing" does not exist (line 3). Nothing of it was kept.`,
    );
    expect(await project.column(TABLES)).toEqual(["_prisma_migrations", "item"]);
    expect(await project.column("SELECT count(*)::int FROM item")).toEqual([0]);
    expect(await project.column(RECORDED)).toEqual([FIRST]);

    await project.write(SECOND, "CREATE TABLE other (id int)");
    expect(await migrateUp(project.target)).toEqual({ applied: [SECOND] });
  });

  it("leaves an empty database empty when the very first one fails", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int); CREATE TABLE item (id int)");
    await expect(migrateUp(project.target)).rejects.toThrow('relation "item" already exists');
    expect(await project.column(TABLES)).toEqual([]);
  });

  it("applies each migration once when several instances start together", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int); SELECT count(*) FROM generate_series(1, 300000)");
    await project.write(SECOND, "INSERT INTO item VALUES (1)");
    const runs = await Promise.all(Array.from({ length: 8 }, () => migrateUp(project.target)));
    expect(runs.flatMap((run) => run.applied).sort()).toEqual([FIRST, SECOND]);
    expect(await project.column("SELECT count(*)::int FROM item")).toEqual([1]);
  });

  it("starts each migration clean of settings that an earlier one made for itself", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE SCHEMA aside; SET search_path = aside; CREATE TABLE item (id int)");
    await project.write(SECOND, "CREATE TABLE item (id int)");
    await migrateUp(project.target);
    expect(await project.column(TABLES)).toEqual(["_prisma_migrations", "item"]);
  });

  it("refuses a script that was changed after it was applied, but not for its line endings", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int);\nCREATE TABLE other (id int);\n");
    await migrateUp(project.target);
    await project.write(FIRST, "CREATE TABLE item (id int);\r\nCREATE TABLE other (id int);\r\n");
    expect(await migrateUp(project.target)).toEqual({ applied: [] });
    await project.write(FIRST, "CREATE TABLE item (id bigint);");
    await expect(migrateUp(project.target)).rejects.toThrow(
      `Migration ${FIRST} was changed after it was applied`,
    );
  });

  it("refuses a database with migrations that the folder lacks, and changes nothing in it", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int)");
    await project.write(SECOND, "CREATE TABLE other (id int)");
    await migrateUp(project.target);
    const migrationsDir = path.join(project.target.migrationsDir, "..", "newer");
    await cp(path.join(project.target.migrationsDir, FIRST), path.join(migrationsDir, "20260103000000_all"), {
      recursive: true,
    });
    await expect(migrateUp({ ...project.target, migrationsDir })).rejects.toThrow(
      `The database has migrations that this version of Sheaf does not know (${FIRST} and 1 more); start the version that made it, or give this one an empty database`,
    );
    expect(await project.column(RECORDED)).toEqual([FIRST, SECOND]);
  });

  it("refuses a script that commits by itself", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "COMMIT; SELECT 1");
    await expect(migrateUp(project.target)).rejects.toThrow(
      `Migration ${FIRST} ends the transaction it runs in`,
    );
  });

  it("refuses to go on from a migration that another tool left unfinished", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int)");
    await migrateUp(project.target);
    await project.column("UPDATE _prisma_migrations SET finished_at = NULL");
    await expect(migrateUp(project.target)).rejects.toThrow(
      `Migration ${FIRST} was begun and never finished`,
    );
  });

  it("says plainly that the database cannot be reached", async () => {
    const project = await scratchProject();
    const url = "postgres://nobody@127.0.0.1:1/none";
    const failure = await migrateUp({ ...project.target, url }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(String(failure)).toContain("The database cannot be reached: connect ECONNREFUSED 127.0.0.1:1.");
  });
});

describe("migrateDown", () => {
  it("takes back the newest, or as many as asked for", async () => {
    const project = await scratchProject();
    await project.write(FIRST, DIFFICULT, DIFFICULT_DOWN);
    await project.write(SECOND, "CREATE TABLE other (id int)", "DROP TABLE other");
    await migrateUp(project.target);
    expect(await migrateDown(project.target)).toEqual({ rolledBack: [SECOND] });
    expect(await project.column(TABLES)).toEqual(["_prisma_migrations", "item"]);
    await migrateUp(project.target);
    expect(await migrateDown({ ...project.target, steps: 2 })).toEqual({ rolledBack: [SECOND, FIRST] });
    expect(await project.column(TABLES)).toEqual(["_prisma_migrations"]);
    expect(await migrateDown(project.target)).toEqual({ rolledBack: [] });
    expect(await migrateUp(project.target)).toEqual({ applied: [FIRST, SECOND] });
  });

  it("takes back all of them or none", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int)", "DROP TABLE missing");
    await project.write(SECOND, "CREATE TABLE other (id int)", "DROP TABLE other");
    await migrateUp(project.target);
    await expect(migrateDown({ ...project.target, steps: 2 })).rejects.toThrow(
      `Rolling back ${FIRST} failed: table "missing" does not exist. Nothing of it was kept.`,
    );
    expect(await project.column(TABLES)).toEqual(["_prisma_migrations", "item", "other"]);
    expect(await project.column(RECORDED)).toEqual([FIRST, SECOND]);
  });

  it("refuses without a down.sql", async () => {
    const project = await scratchProject();
    await project.write(FIRST, "CREATE TABLE item (id int)");
    await migrateUp(project.target);
    await expect(migrateDown(project.target)).rejects.toThrow(`Migration ${FIRST} has no readable down.sql.`);
  });
});

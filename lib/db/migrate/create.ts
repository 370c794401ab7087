import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { migrateUp } from "./apply.ts";
import { difference, type Difference } from "./difference.ts";
import { reverseDrift, schemaDrift } from "./drift.ts";
import { migrationsDirOf, MigrationError, type MigrationTarget } from "./folder.ts";
import { runScript, withClient } from "./history.ts";
import { type Program, readProgram, removeProgram } from "./program.ts";
import { type LoadedSources, loadSources, readSources } from "./sources.ts";

/**
 * Writes `<UTC timestamp>_<name>/` with `migration.sql` and `down.sql` (the way back), and returns the folder's path.
 * They hold what `schema.prisma` and the SQL sources have over the database: tables by Prisma's comparison, functions,
 * views, triggers, policies and rights by the catalog. Both are a draft to read: a column that is renamed, or data that has to
 * move, is for the author to write. Pending migrations are applied first.
 * Without a difference both files hold a comment, for statements that neither can express.
 *
 * @throws MigrationError if the name is not made of lower-case words, or a source can't be loaded.
 */
export async function newMigration(name: string, target: MigrationTarget): Promise<string> {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) {
    throw new MigrationError(`"${name}" is no migration name; write it like add_share_links.`);
  }
  await migrateUp(target);
  const { before, after, loaded } = await comparePrograms(target);
  const up = script(difference(before, after, loaded), await schemaDrift(target));
  const down = script(difference(after, before), await reverseDrift(target), UNCHECKED);
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = path.join(migrationsDirOf(target), `${stamp}_${name}`);
  await mkdir(folder);
  await writeFile(path.join(folder, "migration.sql"), `${up || "-- The change goes here."}\n`);
  await writeFile(path.join(folder, "down.sql"), `${down || "-- What takes the change back goes here."}\n`);
  return folder;
}

/** What would bring the database's program to its sources; empty when both say the same. The database stays as it is. */
export async function programDrift(target: MigrationTarget): Promise<string> {
  const { before, after, loaded } = await comparePrograms(target);
  return script(difference(before, after, loaded), "");
}

/** Bodies that the catalog holds as text don't say what they call: they come back in any order. */
const UNCHECKED = "SET LOCAL check_function_bodies = off";

/** The program as it is and as the sources make it, on tables as `schema.prisma` has them. All of it is rolled back. */
async function comparePrograms(
  target: MigrationTarget,
): Promise<{ before: Program; after: Program; loaded: LoadedSources }> {
  const tables = await schemaDrift(target);
  const sources = await readSources(target);
  return withClient(target.url, async (client) => {
    const before = await readProgram(client);
    await client.query("BEGIN");
    try {
      await removeProgram(client);
      await runScript(client, "What changed in schema.prisma", tables);
      const loaded = await loadSources(client, sources);
      return { before, after: await readProgram(client), loaded };
    } finally {
      await client.query("ROLLBACK");
    }
  });
}

/** Tables change after what stands on them is gone, and before what needs them comes. */
function script({ drops, creates, grants }: Difference, tables: string, first?: string): string {
  const part = (statements: string[], between: string) =>
    statements.length > 0 ? `${statements.join(between)};` : "";
  const parts = [part(drops, ";\n"), tables, part(creates, ";\n\n"), part(grants, ";\n")].filter(Boolean);
  return first && creates.length > 0 ? [`${first};`, ...parts].join("\n\n") : parts.join("\n\n");
}

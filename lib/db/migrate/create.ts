import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { migrateUp } from "./apply.ts";
import { reverseDrift, schemaDrift } from "./drift.ts";
import { migrationsDirOf, MigrationError, type MigrationTarget } from "./folder.ts";

/**
 * Writes `<UTC timestamp>_<name>/` with `migration.sql` (what `schema.prisma` has over the database) and
 * `down.sql` (the way back, a starting point to read and correct), and returns the folder's path.
 * Pending migrations are applied first: the difference is taken from a database that has them all.
 * Without a difference both files hold a comment, for statements that the schema can't express.
 *
 * @throws MigrationError if the name is not made of lower-case words.
 */
export async function newMigration(name: string, target: MigrationTarget): Promise<string> {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) {
    throw new MigrationError(`"${name}" is no migration name; write it like add_share_links.`);
  }
  await migrateUp(target);
  const up = await schemaDrift(target);
  const down = await reverseDrift(target);
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = path.join(migrationsDirOf(target), `${stamp}_${name}`);
  await mkdir(folder);
  await writeFile(path.join(folder, "migration.sql"), `${up || "-- The change goes here."}\n`);
  await writeFile(path.join(folder, "down.sql"), `${down || "-- What takes the change back goes here."}\n`);
  return folder;
}

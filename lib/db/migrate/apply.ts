import { migrationsDirOf, readMigrations, readScript, type MigrationTarget } from "./folder.ts";
import {
  forgetApplied,
  inLockedTransaction,
  pendingOf,
  readApplied,
  recordApplied,
  runScript,
  withClient,
} from "./history.ts";

/**
 * Applies every pending migration, oldest first, and returns their names.
 *
 * Each one runs in a transaction together with its row in `_prisma_migrations` (the ordinary table, so Prisma's
 * own CLI can go on from here): a failure keeps the earlier ones and nothing of its own. Instances that start
 * together take turns under an advisory lock. With nothing pending it costs one connection and one query.
 *
 * @throws MigrationError naming the migration and the database's words.
 */
export async function migrateUp(target: MigrationTarget): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(migrationsDirOf(target));
  return withClient(target.url, async (client) => {
    const applied: string[] = [];
    while (pendingOf(migrations, await readApplied(client)).length > 0) {
      const done = await inLockedTransaction(client, async () => {
        // Looked up again: another instance may have applied it while this one waited for the lock.
        const [next] = pendingOf(migrations, await readApplied(client));
        if (!next) return null;
        const startedAt = new Date();
        await runScript(client, `Migration ${next.name}`, next.sql);
        await recordApplied(client, next, startedAt);
        return next.name;
      });
      if (done) applied.push(done);
    }
    return { applied };
  });
}

/**
 * Takes back the newest applied migrations (`steps`, one by default) by their `down.sql`, newest first, and
 * returns their names. All of it is one transaction: it happens whole or not at all.
 *
 * @throws MigrationError if a `down.sql` is missing or fails.
 */
export async function migrateDown(
  target: MigrationTarget & { steps?: number },
): Promise<{ rolledBack: string[] }> {
  const dir = migrationsDirOf(target);
  return withClient(target.url, (client) =>
    inLockedTransaction(client, async () => {
      const applied = await readApplied(client);
      const names = applied.map((row) => row.migration_name).reverse();
      const rolledBack = names.slice(0, target.steps ?? 1);
      for (const name of rolledBack) {
        await runScript(client, `Rolling back ${name}`, await readScript(dir, name, "down.sql"));
        await forgetApplied(client, name);
      }
      return { rolledBack };
    }),
  );
}

import type { Database } from "./database.ts";
import type { JobTuning } from "./options.ts";

/**
 * Removes runs and events that ended more than `keepDays` ago, in small transactions, by one server at a time.
 * @returns how many rows were removed
 */
export async function prune(
  database: Database,
  { keepDays, pruneBatch }: JobTuning,
  goOn: () => boolean,
): Promise<number> {
  const statements = [
    `delete from jobs.run where id in (
       select id from jobs.run where ended_at < now() - $1 * interval '1 day' order by ended_at limit $2)`,
    `delete from jobs.event where seq in (
       select seq from jobs.event where handled_at < now() - $1 * interval '1 day' order by handled_at limit $2)`,
  ];
  let removed = 0;
  for (const statement of statements) {
    for (let count = pruneBatch; count >= pruneBatch && goOn(); removed += count) {
      count = await database.transaction(async (db) => {
        const { rows } = await db.query<{ mine: boolean }>(
          "select pg_try_advisory_xact_lock(hashtext('sheaf jobs prune')) as mine",
        );
        if (!rows[0]?.mine) return 0;
        return (await db.query(statement, [keepDays, pruneBatch])).rowCount ?? 0;
      });
    }
  }
  return removed;
}

import type { Database } from "./database.ts";
import { lockRun, storeResult } from "./runs.ts";

const BATCH = 200;
const INVOKE_TIMED_OUT = {
  name: "InngestInvokeTimeoutError",
  message: "Timed out waiting for the invoked function.",
};

/** Ends sleeps, and waits whose time is up. Several servers may do so at once, because a result is stored only once. */
export async function fireTimers(database: Database): Promise<{ full: boolean }> {
  const { rows } = await database.pool.query<{ run: string; id: string; op: string }>(
    "select run, id, op from jobs.step where timer and due_at <= clock_timestamp() order by due_at limit $1",
    [BATCH],
  );
  for (const { run, id, op } of rows) {
    await database.transaction(async (db) => {
      if (!(await lockRun(db, run))) return;
      await storeResult(db, run, id, op === "InvokeFunction" ? { error: INVOKE_TIMED_OUT } : { data: null });
    });
  }
  return { full: rows.length === BATCH };
}

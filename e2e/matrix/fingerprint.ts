import type { Product } from "../support/product.ts";

/** Columns that tell when something was used last: looking is allowed to write these. */
const touched = new Set(["last_seen_at", "last_used_at"]);
/**
 * Counters of calls count refused ones, too; the log is sealed, and what pages hear of is told, numbered and forgotten, some
 * time after the change that it follows.
 */
const uncounted = new Set([
  ...["rate_windows", "rate_tallies", "_prisma_migrations", "live_state", "outbox"],
  ...["audit_seals", "audit_chains", "audit_blocks", "audit_checkpoints", "audit_cursor"],
]);
/** What a refusal leaves behind: that it was refused. */
const kept: Record<string, string> = { audit_events: "action <> 'access.refused'" };

/** The tables that changed between two fingerprints. */
export const changesBetween = (before: Record<string, string>, after: Record<string, string>): string[] =>
  Object.keys(after).filter((name) => after[name] !== before[name]);

/** A sum over every row of every table: equal as long as nothing at all has changed. */
export async function fingerprint(product: Product): Promise<Record<string, string>> {
  const tables = await product.query<{ name: string; columns: string[] }>(
    `SELECT table_name AS name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY table_name`,
  );
  const sums = tables
    .filter(({ name }) => !uncounted.has(name))
    .map(({ name, columns }) => {
      const lasting = columns.filter((column) => !touched.has(column)).map((column) => `"${column}"`);
      return `SELECT '${name}' AS name, count(*) || ' ' || coalesce(sum(hashtextextended(ROW(${lasting.join()})::text, 0)), 0) AS sum FROM "${name}" WHERE ${kept[name] ?? "true"}`;
    });
  const rows = await product.query<{ name: string; sum: string }>(sums.join(" UNION ALL "));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}

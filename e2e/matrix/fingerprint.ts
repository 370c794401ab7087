import type { Product } from "../support/product.ts";

/** Columns that tell when something was used last: looking is allowed to write these. */
const touched = new Set(["last_seen_at", "last_used_at"]);
/** Counters of calls count refused ones, too. */
const uncounted = new Set(["rate_windows", "_prisma_migrations"]);

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
      const kept = columns.filter((column) => !touched.has(column)).map((column) => `"${column}"`);
      return `SELECT '${name}' AS name, count(*) || ' ' || coalesce(sum(hashtextextended(ROW(${kept.join()})::text, 0)), 0) AS sum FROM "${name}"`;
    });
  const rows = await product.query<{ name: string; sum: string }>(sums.join(" UNION ALL "));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}

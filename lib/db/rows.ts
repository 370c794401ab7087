import { z } from "zod";

/**
 * Rows as a statement's schema says, or an error that names what differs (never a value): a function that changed its
 * columns fails where they enter, not where they are used. Columns that the schema does not name are dropped.
 */
export function checked<Row extends z.ZodType>(row: Row, found: unknown[]): z.output<Row>[] {
  const parsed = z.array(row).safeParse(found);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 3)
    .map(({ path, code }) => `${path.slice(1).join(".")}: ${code}`);
  throw new Error(`The database answers other rows than expected (${faults.join(", ")})`);
}

/** The one row of a statement that always has one. */
export function only<Row>(rows: Row[]): Row {
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) throw new Error(`Expected one row, got ${rows.length}`);
  return row;
}

/** Text in columns: the first aligned left, all others right. The first row is the header. */
export function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join("   ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}

/** A count with thousands separators. */
export const count = (value: number): string => Math.round(value).toLocaleString("en");
/** Three significant digits, more than a noisy machine justifies. */
export const figure = (value: number): string =>
  value >= 100 ? count(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
/** A ratio. */
export const ratio = (value: number): string => value.toFixed(2);

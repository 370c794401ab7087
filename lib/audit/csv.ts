/**
 * White space that spreadsheets skip, and what begins a formula in them, in both widths. Tab, carriage return and line
 * feed count themselves: some programs drop them and read on.
 */
const startsFormula = /^[\s\u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/**
 * One cell, quoted. What a spreadsheet would take for a formula gets an apostrophe in front, which makes it text there;
 * numbers of our own are not texts and stay as they are.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = startsFormula.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(csvCell).join(",")}\r\n`;

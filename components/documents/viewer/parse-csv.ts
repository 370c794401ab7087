const delimiters = [",", ";", "\t", "|"] as const;

/** The separator that gives the first lines the most, and the same number of, columns. */
export function delimiterOf(text: string): string {
  const sample = text
    .slice(0, 64 * 1024)
    .split(/\r\n|\r|\n/, 20)
    .filter(Boolean);
  let best: { delimiter: string; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of delimiters) {
    const counts = sample.map((line) => line.replace(/"(?:[^"]|"")*"/g, "").split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    const score = first * counts.filter((count) => count === first).length;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Rows and cells by RFC 4180, forgiving: quotes that never end, lines of differing lengths and other separators. */
export function parseCsv(text: string): string[][] {
  const source = text.replace(/^\ufeff/, "");
  const delimiter = delimiterOf(source);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell !== "") rows.push(row);
    row = [];
    cell = "";
  };
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at]!;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === "") isQuoted = true;
    else if (char === delimiter) {
      row.push(cell);
      cell = "";
    } else if (char === "\n" || char === "\r") {
      if (char === "\r" && source[at + 1] === "\n") at += 1;
      endRow();
    } else cell += char;
  }
  if (cell !== "" || row.length > 0) endRow();
  return rows;
}

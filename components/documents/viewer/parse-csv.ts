import Papa from "papaparse";

const delimiters = [",", ";", "\t", "|"];

/** Rows and cells by RFC 4180, forgiving: quotes that never end, lines of differing lengths and other separators. */
export function parseCsv(text: string): string[][] {
  // the parser takes one kind of line end in a text
  const source = text.replaceAll(/\r\n?/g, "\n");
  return Papa.parse<string[]>(source, { delimitersToGuess: delimiters, newline: "\n", skipEmptyLines: true })
    .data;
}

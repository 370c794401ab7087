import fc from "fast-check";
import papaparse from "papaparse";
import { expect, test } from "vitest";
import { csvLine } from "./csv.ts";

const first = (text: string) => (papaparse.parse<string[]>(csvLine([text])).data[0] ?? [""])[0]!;

test.each([
  "=1+1",
  "+1",
  "-1",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "\tx",
  "\rx",
  "  =1",
  "\u00a0=1",
  "\ufeff=1",
  "＝1",
  "＋1",
  "－1",
  "＠x",
  '=HYPERLINK("http://x","y")',
  '="a""b"',
])("%j is text to a spreadsheet", (text) => {
  expect(first(text)).toBe(`'${text}`);
});

test("other texts come out as they went in, whatever is in them", () => {
  for (const text of ["", "Anna", "a,b", 'a "quote"', "two\nlines", "a=b", "5-3", " spaces ", "'=1"])
    expect(first(text)).toBe(text);
  const unit = fc.constantFrom(..."=+-@＝＋－＠\t\r\n\",;' aé😀\u00a0\ufeff".split(""));
  fc.assert(
    fc.property(fc.array(fc.string({ unit }), { minLength: 2, maxLength: 5 }), (cells) => {
      const read = papaparse.parse<string[]>(csvLine(cells), { delimiter: ",", newline: "\r\n" }).data[0]!;
      expect(read.map((cell, i) => (cell === `'${cells[i]}` ? cells[i] : cell))).toEqual(cells);
      for (const cell of read) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
    }),
  );
});

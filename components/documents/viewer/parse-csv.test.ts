import { describe, expect, it } from "vitest";
import { parseCsv } from "./parse-csv.ts";

describe("parseCsv", () => {
  it.each<[string, string, string[][]]>([
    [
      "plain rows",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "quotes, separators and lines inside cells",
      'a,b\n"x,\n""y""",2',
      [
        ["a", "b"],
        ['x,\n"y"', "2"],
      ],
    ],
    [
      "Windows and old Mac line ends",
      "a,b\r\n1,2\r3,4",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    [
      "a byte order mark",
      "\ufeffa,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "semicolons",
      "a;b\n1,5;2",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      "empty cells, kept",
      "a,,c\n,,",
      [
        ["a", "", "c"],
        ["", "", ""],
      ],
    ],
    [
      "empty lines, dropped",
      "a,b\n\n1,2\n\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "separators of another kind inside quotes",
      '"a,b,c";x\n"d,e,f";y',
      [
        ["a,b,c", "x"],
        ["d,e,f", "y"],
      ],
    ],
    [
      "tabs",
      "a\tb\tc\n1\t2\t3",
      [
        ["a", "b", "c"],
        ["1", "2", "3"],
      ],
    ],
    ["one column", "a\nb", [["a"], ["b"]]],
    ["a quote that never ends", 'a,b\n"open,2\n3', [["a", "b"], ["open,2\n3"]]],
    ["nothing", "", []],
  ])("reads %s", (_name, text, rows) => expect(parseCsv(text)).toEqual(rows));
});

import { expect, it } from "vitest";
import { splitStatements } from "./statements.ts";

it("splits at semicolons that end a statement, and keeps comments with what they precede", () => {
  const script = `-- About a; and more
CREATE FUNCTION a() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;
/* two
lines; */ CREATE FUNCTION b() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;

SELECT 'it''s; fine', "odd;name", $tag$ ; $$ ; $tag$ -- the end;
;
-- nothing follows`;
  expect(splitStatements(script)).toEqual([
    {
      text: "-- About a; and more\nCREATE FUNCTION a() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$",
      line: 2,
    },
    {
      text: "/* two\nlines; */ CREATE FUNCTION b() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
      line: 4,
    },
    { text: `SELECT 'it''s; fine', "odd;name", $tag$ ; $$ ; $tag$ -- the end;`, line: 6 },
  ]);
});

it("finds nothing in an empty script", () => {
  expect(splitStatements("")).toEqual([]);
  expect(splitStatements(" ;;\n-- only words\n;")).toEqual([]);
});

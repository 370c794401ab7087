import { expect, test } from "vitest";
import { cleanText } from "./text-output.ts";

test("joins words the page had broken", () => {
  expect(cleanText("docu\u0002\r\nments, self\uFFFEmade")).toBe("documents, selfmade");
});

test("leaves line feeds and tabs, nothing else below space", () => {
  expect(cleanText("a\r\nb\rc\td\f\0e\u001b")).toBe("a\nb\nc\tde");
});

test("replaces half characters, which no database takes", () => {
  expect(cleanText("x\ud800y")).toBe("x\ufffdy");
});

import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { languages } from "#lib/accounts/values.ts";
import { type Locale, locales } from "../locales.ts";
import { messages } from "./index.ts";

/** Every message by its full name. */
function flatten(node: unknown, path = ""): [string, unknown][] {
  if (typeof node !== "object" || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([key, child]) => flatten(child, path ? `${path}.${key}` : key));
}

/** What a message takes: values with their kind, tags, and the cases a choice must have. */
function placeholders(elements: MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        return [];
      case TYPE.tag:
        return [`<${element.value}>`, ...placeholders(element.children)];
      case TYPE.select:
      case TYPE.plural: {
        const kind = element.type === TYPE.plural ? "plural" : "select";
        // languages differ in their plural cases, but not in what a select tells apart
        const cases = kind === "select" ? Object.keys(element.options).toSorted().join("|") : "";
        return [
          `${element.value}:${kind}:${cases}`,
          ...Object.values(element.options).flatMap((option) => placeholders(option.value)),
        ];
      }
      default:
        return [`${element.value}:${TYPE[element.type]}`];
    }
  });
}

const distinct = (list: string[]) => [...new Set(list)].toSorted();
const texts = (locale: Locale) => new Map(flatten(messages[locale]));
const english = texts("en");

test("the settings offer the languages there are messages for", () => {
  expect([...languages]).toEqual([...locales]);
});

test.each(locales)("%s: every message file is merged", (locale) => {
  const files = readdirSync(new URL(`./${locale}`, import.meta.url)).map((name) => name.replace(".json", ""));
  expect(Object.keys(messages[locale]).toSorted()).toEqual(files.toSorted());
});

test.each(locales)("%s: has the keys of the English messages", (locale) => {
  expect([...texts(locale).keys()].toSorted()).toEqual([...english.keys()].toSorted());
});

test.each(locales)("%s: no message is empty or carries stray white space", (locale) => {
  const faulty = [...texts(locale)].filter(
    ([, text]) => typeof text === "string" && (text === "" || text !== text.trim() || / {2}/.test(text)),
  );
  expect(faulty).toEqual([]);
  expect([...texts(locale)].filter(([, text]) => typeof text !== "string")).toEqual([]);
});

test.each(locales)("%s: every message parses and takes what the English one takes", (locale) => {
  const different = [...texts(locale)].flatMap(([key, text]) => {
    const pattern = english.get(key);
    if (typeof text !== "string" || typeof pattern !== "string") return [];
    const [own, expected] = [text, pattern].map((message) => distinct(placeholders(parse(message))));
    return own!.join() === expected!.join() ? [] : [{ key, own, expected }];
  });
  expect(different).toEqual([]);
});

test("no message raises its voice or shows a status code", () => {
  const loud = locales.flatMap((locale) =>
    [...texts(locale)].filter(([, text]) => typeof text === "string" && /!|\b(4\d\d|5\d\d)\b/.test(text)),
  );
  expect(loud).toEqual([]);
});

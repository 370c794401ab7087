import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { locales } from "#lib/i18n/locales.ts";
import { messages } from "#lib/i18n/messages/index.ts";
import { actionsIn, auditActions, auditTopics } from "./values.ts";

const root = path.resolve(import.meta.dirname, "../..");

test.each(locales)("there is a sentence for everything the log tells of, in %s", (locale) => {
  expect(Object.keys(messages[locale].audit.actions).toSorted()).toEqual(
    auditActions.map((action) => action.replace(".", "_")).toSorted(),
  );
});

test("whatever the database's functions write is known", () => {
  const written = globSync("lib/*/sql/*.sql", { cwd: root }).flatMap((file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    const calls = [...text.matchAll(/(?:app\.audit\w*\(|'action', )[^;]{0,160}/g)].map(([call]) => call);
    return calls.flatMap((call) => [...call.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, action]) => action!));
  });
  expect(written.length).toBeGreaterThan(15);
  const known = new Set<string>(auditActions);
  expect(
    [...new Set(written)].filter((action) => !known.has(action) && !/^(app|sheaf)\./.test(action)),
  ).toEqual([]);
});

test("a filter is an action or a topic", () => {
  expect(actionsIn("links")).toEqual(auditTopics.links);
  expect(actionsIn("link.opened")).toEqual(["link.opened"]);
  for (const other of ["", "link", "constructor", "link.", "toString"]) expect(actionsIn(other)).toBeNull();
});

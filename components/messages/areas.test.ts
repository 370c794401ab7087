import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Area, areas, loadArea } from "#lib/i18n/areas/index.ts";
import { locales } from "#lib/i18n/locales.ts";
import { messages } from "#lib/i18n/messages/index.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(file, "utf8");
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!);

/** The file an import of the project's own names. */
function resolve(from: string, specifier: string): string | null {
  if (!/\.tsx?$/.test(specifier)) return null;
  if (specifier.startsWith("#")) return path.join(root, specifier.slice(1));
  return specifier.startsWith(".") ? path.resolve(path.dirname(from), specifier) : null;
}

/** What a file brings along at once; types are gone by then. */
const importsOf = (file: string) =>
  all(read(file), /^(?:import|export|\}) (?!type\b)(?:[^"\n]* )?(?:from )?"([^"]+)";/gm)
    .map((specifier) => resolve(file, specifier))
    .filter((found) => found !== null);

/** The parts it loads later, each with the area that comes with it. */
const partsOf = (file: string) =>
  [
    ...read(file).matchAll(
      /lazy(?:Part|Layer)\(\s*\(\) =>\s*import\("([^"]+)"\)[^,;]*?(?:,\s*"(\w+)")?,?\s*\);/g,
    ),
  ].map(([, specifier, area]) => ({ file: resolve(file, specifier!)!, area: area as Area | undefined }));

const namespacesOf = (area: Area) => loadArea(area, "en").then((found) => Object.keys(found));

/** The areas that a file draws something in. */
const areasIn = (source: string) => all(source, /<AreaMessages area="(\w+)"/g) as Area[];

/** Every use of a namespace that is not there when it is used, below a file that is drawn within these areas. */
async function missing(
  entry: string,
  given: ReadonlySet<string>,
  seen = new Set<string>(),
  startsInBrowser = false,
): Promise<string[]> {
  const faults: string[] = [];
  const queue = [{ file: entry, isInBrowser: startsInBrowser }];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { file } = next;
    // what the server alone draws has all messages there
    const isInBrowser = next.isInBrowser || read(file).startsWith('"use client"');
    const key = `${isInBrowser} ${file} ${[...given].toSorted().join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const used = all(read(file), /useTranslations\((?:"(\w+)[\w.]*")?\)/g);
    for (const namespace of used)
      if (isInBrowser && (namespace === undefined || !given.has(namespace)))
        faults.push(
          `${path.relative(root, file)} uses ${namespace ?? "all"}, below ${path.relative(root, entry)}`,
        );
    for (const { file: part, area } of partsOf(file)) {
      const own = area ? await namespacesOf(area) : [];
      faults.push(...(await missing(part, new Set([...given, ...own]), seen, true)));
    }
    // what a part of a page stands in holds for all that it draws
    const around = file === entry ? [] : await Promise.all(areasIn(read(file)).map(namespacesOf));
    if (around.length === 0) queue.push(...importsOf(file).map((found) => ({ file: found, isInBrowser })));
    for (const below of around.length > 0 ? importsOf(file) : [])
      faults.push(...(await missing(below, new Set([...given, ...around.flat()]), seen, isInBrowser)));
  }
  return faults;
}

/** The areas that a page stands in: its own and those of the layouts around it. */
function areasAround(file: string): Area[] {
  const sources = [read(file)];
  for (
    let folder = path.dirname(file);
    folder.startsWith(path.join(root, "app"));
    folder = path.dirname(folder)
  ) {
    const layout = path.join(folder, "layout.tsx");
    if (existsSync(layout)) sources.push(read(layout));
  }
  if (sources.some((source) => source.includes("<Providers>")))
    sources.push(read(path.join(root, "app/providers.tsx")));
  return sources.flatMap(areasIn);
}

const pages = readdirSync(path.join(root, "app"), { recursive: true, encoding: "utf8" })
  .filter((name) => /(^|\/)(page|layout|error|not-found)\.tsx$/.test(name))
  .map((name) => path.join(root, "app", name));

test("whatever a page draws, now or later, has its messages by then", async () => {
  const faults: string[] = [];
  for (const page of pages) {
    const given = await Promise.all(areasAround(page).map(namespacesOf));
    faults.push(...(await missing(page, new Set(given.flat()))));
  }
  expect([...new Set(faults)]).toEqual([]);
  expect(pages.length).toBeGreaterThan(15);
});

test("no part that loads later escapes the test above", () => {
  const components = readdirSync(path.join(root, "components"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsx"))
    .map((name) => path.join(root, "components", name));
  const unread = components.filter(
    (file) => all(read(file), /(= lazy(?:Part|Layer)\(\s*\()/g).length !== partsOf(file).length,
  );
  expect(unread.map((file) => path.relative(root, file))).toEqual([]);
});

test.each(areas)("%s holds the messages of each language", async (area) => {
  const namespaces = await namespacesOf(area);
  expect(namespaces).not.toEqual([]);
  for (const locale of locales) {
    const expected = Object.fromEntries(
      Object.entries(messages[locale]).filter(([namespace]) => namespaces.includes(namespace)),
    );
    expect(await loadArea(area, locale)).toEqual(expected);
  }
});

test("texts for mails and for the API's answers stay on the server", async () => {
  const given = (await Promise.all(areas.map(namespacesOf))).flat();
  expect(given).not.toContain("mail");
  expect(given).not.toContain("problems");
});

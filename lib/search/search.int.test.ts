import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, makeText, type Person } from "#prisma/factories.ts";
import { createCollection, trashCollection, updateCollection } from "#lib/collections/index.ts";
import { trashDocument, updateDocument } from "#lib/documents/index.ts";

import { grant, revoke } from "#lib/sharing/index.ts";
import { foldedWord } from "./marks.ts";
import { search } from "./index.ts";
import { giveText, nameOf, searchAll } from "./test-support.ts";

/** A word that nothing else has. */
const fresh = () => `q${randomBytes(6).toString("hex")}`;

async function setUp(name = "Papers") {
  const person = await makePerson();
  const { id } = await createCollection(person, { name, description: "" });
  const file = (filename: string, type = "text/plain") =>
    makeDocument(person, id, makeText(), filename, type);
  return { person, collectionId: id, file };
}
const namesOf = async (person: Person, q: string, more = {}) =>
  (await searchAll(person, { q, ...more })).map(nameOf);

describe("names", () => {
  it.each([
    ["Ärger.txt", ["Ärger", "A\u0308rger", "ärger", "ARGER", "a\u0308r"]],
    ["José.txt", ["josé", "jose", "JOSÉ", "jose\u0301", "jos"]],
    ["Shot 3.45.12\u202fPM.png", ["3.45.12 PM", "3.45.12\u00a0pm", "shot 3.45"]],
    ["my_report-final.pdf", ["report", "final report", "my-report", "report.pdf"]],
    ["Straße nach Köln.txt", ["strasse", "STRASSE koln", "Stra\u00adße"]],
    ["年次会議資料.txt", ["会議", "会議資料", "年"]],
    ["Ｆｕｌｌ ｗｉｄｔｈ.txt", ["full width", "Ｆｕｌｌ"]],
    ["Œuvre complète.txt", ["oeuvre", "complete", "compl"]],
  ])("%s is found by each spelling", async (name, queries) => {
    const { person, file } = await setUp();
    await file(name);
    await file("Something else.txt");
    for (const q of queries) expect([q, await namesOf(person, q)]).toEqual([q, [name]]);
  });

  it("come before texts, the newest first, and each document once", async () => {
    const { person, file } = await setUp();
    const word = fresh();
    const first = await file(`${word} one.txt`);
    const second = await file("two.txt");
    await file(`three ${word}.txt`);
    await giveText(first.id, `also ${word}`);
    await giveText(second.id, `only ${word}`);
    expect(await namesOf(person, word)).toEqual([`three ${word}.txt`, `${word} one.txt`, "two.txt"]);
  });

  it("of collections and people are found, too, and can be asked for alone", async () => {
    const word = fresh();
    const { person, collectionId } = await setUp(`Field ${word}`);
    const colleague = await makePerson({ workspaceId: person.workspaceId, name: `Ida ${word}` });
    const found = await search(person, { q: word });
    expect(found.items).toMatchObject([
      {
        kind: "collection",
        collection: { id: collectionId, name: { text: `Field ${word}`, marks: [[6, 6 + word.length]] } },
      },
      { kind: "person", person: { id: colleague.id, email: colleague.email } },
    ]);
    expect(await namesOf(person, word, { type: "collection" })).toEqual([`Field ${word}`]);
    expect(await namesOf(person, word, { type: "person" })).toEqual([`Ida ${word}`]);
    expect(await namesOf(person, colleague.email)).toEqual([`Ida ${word}`]);
  });

  it("follow a rename", async () => {
    const { person, collectionId, file } = await setUp();
    const [before, after] = [fresh(), fresh()];
    const { id, version } = await file(`${before}.txt`);
    await updateDocument(person, id, { version, name: `${after}.txt` });
    await updateCollection(person, collectionId, { version: 1, name: after });
    expect(await namesOf(person, before)).toEqual([]);
    expect(await namesOf(person, after)).toEqual([after, `${after}.txt`]);
  });
});

describe("texts", () => {
  it("are found with the page that has most of the words, and a marked passage", async () => {
    const { person, file } = await setUp();
    const [one, two] = [fresh(), fresh()];
    const { id } = await file("Report.txt");
    await giveText(id, `Alone ${one}\fNothing here\fThe ${two} of the\n${one.toUpperCase()}, together`);
    const { items } = await search(person, { q: `${one} ${two}` });
    expect(items).toMatchObject([{ kind: "document", document: { id }, page: 3 }]);
    const [hit] = items;
    if (hit?.kind !== "document" || !hit.passage) throw new Error("No passage");
    const { text, marks } = hit.passage;
    expect(text).toBe(`The ${two} of the ${one.toUpperCase()}, together`);
    expect(marks.map(([start, end]) => text.slice(start, end))).toEqual([two, one.toUpperCase()]);
  });

  it("are found by beginnings, other forms and near spellings of words", async () => {
    const { person, file } = await setUp();
    const english = await file("en.txt");
    await giveText(
      english.id,
      "The committees were discussing all of the houses that they had seen in the town",
      false,
    );
    const german = await file("de.txt");
    await giveText(
      german.id,
      "Der Ausschuss und die Häuser, die wir in der Stadt mit den anderen gesehen haben",
      false,
    );
    expect(await namesOf(person, "discus")).toEqual(["en.txt"]);
    expect(await namesOf(person, "committee discussion")).toEqual(["en.txt"]);
    expect(await namesOf(person, "haus")).toEqual(["de.txt"]);
    expect(await namesOf(person, "Häuser Stadt")).toEqual(["de.txt"]);
    const close = await search(person, { q: "comittees" });
    expect(close).toMatchObject({ isClose: true, nextCursor: null });
    expect(close.items.map(nameOf)).toEqual(["en.txt"]);
  });

  it("are found in each spelling of an accent", async () => {
    const { person, file } = await setUp();
    await giveText((await file("a.txt")).id, "A\u0308rger mit José", false);
    for (const q of ["Ärger", "A\u0308rger jose", "ARGER"])
      expect(await namesOf(person, q)).toEqual(["a.txt"]);
  });

  it("need every word, wherever in the document it stands", async () => {
    const { person, file } = await setUp();
    const [named, one, two] = [fresh(), fresh(), fresh()];
    const { id } = await file(`${named}.txt`);
    await giveText(id, `${one}\f${two}`);
    expect(await namesOf(person, `${two} ${named} ${one}`)).toEqual([`${named}.txt`]);
    expect(await namesOf(person, `${one} ${fresh()}`)).toEqual([]);
  });

  it("of any length are kept in parts, and found to their end", async () => {
    const { person, file } = await setUp();
    const { id } = await file("long.txt");
    const word = fresh();
    await giveText(id, `${"lorem ipsum dolor ".repeat(60_000)}${word}`, false);
    await giveText((await file("unbroken.txt")).id, "x".repeat(300_000), false);
    const { items } = await search(person, { q: word });
    expect(items).toMatchObject([{ document: { id }, page: null }]);
    const [{ most }] = (await asOwner<{ most: number }>(
      "SELECT max(length(body)) AS most FROM document_pages",
    )) as [{ most: number }];
    expect(most).toBeLessThanOrEqual(8000);
  });

  it("of more words than one row holds are found by the first ones", async () => {
    const { person, file } = await setUp();
    const { id } = await file("codes.csv", "text/csv");
    const codes = Array.from({ length: 150_000 }, () => fresh());
    await giveText(id, codes.join("\n"), false);
    expect(await namesOf(person, codes[10]!)).toEqual(["codes.csv"]);
  });

  it("replace what was read before, also when two runs write at once", async () => {
    const { person, file } = await setUp();
    const { id } = await file("a.txt");
    const [before, after] = [fresh(), fresh()];
    await giveText(id, before);
    await Promise.all([giveText(id, after), giveText(id, after)]);
    expect(await namesOf(person, before)).toEqual([]);
    expect(await namesOf(person, after)).toEqual(["a.txt"]);
  });
});

describe("what may not be seen is not found", () => {
  it("nothing of others, in the trash, or taken back", async () => {
    const word = fresh();
    const { person, collectionId, file } = await setUp(`${word} all`);
    const doc = await file(`${word}.txt`);
    const other = await makePerson({ workspaceId: person.workspaceId });
    expect(await namesOf(other, word)).toEqual([]);
    const ref = { type: "collection", id: collectionId } as const;
    const given = await grant(person, ref, { email: other.email, role: "viewer" });
    expect(await namesOf(other, word)).toEqual([`${word} all`, `${word}.txt`]);
    await revoke(person, ref, given.id);
    expect(await namesOf(other, word)).toEqual([]);
    await trashDocument(person, doc.id);
    expect(await namesOf(person, word)).toEqual([`${word} all`]);
    await trashCollection(person, collectionId);
    expect(await namesOf(person, word)).toEqual([]);
  });

  it("guests find neither people nor what is around a single document", async () => {
    const word = fresh();
    const { person, file } = await setUp(`${word} all`);
    const doc = await file(`${word}.txt`);
    await file(`${word} hidden.txt`);
    await makePerson({ workspaceId: person.workspaceId, name: word });
    const guest = await makePerson({ role: "guest", name: "Guest" });
    await grant(person, { type: "document", id: doc.id }, { email: guest.email, role: "viewer" });
    const { items } = await search(guest, { q: word });
    expect(items).toMatchObject([{ kind: "document", document: { id: doc.id, collection: { name: null } } }]);
    expect(items).toHaveLength(1);
    expect(await namesOf(guest, word, { type: "person" })).toEqual([]);
  });

  it("people of one's workspace alone, while they can be given something", async () => {
    const word = fresh();
    const person = await makePerson();
    await makePerson({ name: word });
    await makePerson({ name: word, workspaceId: person.workspaceId, isVerified: false });
    await makePerson({ name: word, workspaceId: person.workspaceId, role: "guest" });
    const suspended = await makePerson({ name: word, workspaceId: person.workspaceId });
    expect(await namesOf(person, word)).toEqual([word]);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended.id]);
    expect(await namesOf(person, word)).toEqual([]);
    expect(await namesOf(suspended, word)).toEqual([]);
  });

  it("a collection that is not seen is refused as one that is not there", async () => {
    const { collectionId } = await setUp();
    const other = await makePerson();
    const refused = { code: "forbidden", reason: "collection" };
    await expect(search(other, { q: "a", collectionId })).rejects.toMatchObject(refused);
    await expect(
      search(other, { q: "a", collectionId: "00000000-0000-7000-8000-00000000ffff" }),
    ).rejects.toMatchObject(refused);
  });

  it("a public collection is found in itself, and in no list", async () => {
    const word = fresh();
    const { person, collectionId, file } = await setUp(word);
    await file(`${word}.txt`);
    await asOwner(
      `INSERT INTO permissions (is_everyone, collection_id, role_id)
       SELECT true, $1, id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
      [collectionId],
    );
    const other = await makePerson();
    expect(await namesOf(other, word)).toEqual([]);
    expect(await namesOf(other, word, { collectionId })).toEqual([`${word}.txt`]);
    expect(await namesOf(person, word)).toHaveLength(2);
  });
});

describe("pages", () => {
  it("hold everything once, across names and texts, by kind and collection", async () => {
    const { person, collectionId, file } = await setUp();
    const word = fresh();
    const made: string[] = [];
    for (let n = 0; n < 47; n += 1) {
      const isNamed = n % 2 === 0;
      const doc = await file(isNamed ? `${word} ${n}.txt` : `${n}.csv`, isNamed ? "text/plain" : "text/csv");
      await giveText(doc.id, isNamed ? "no" : word, false);
      made.push(doc.name);
    }
    const found = await namesOf(person, word);
    expect(found.toSorted()).toEqual(made.toSorted());
    expect(found[0]).toBe(`${word} 46.txt`);
    expect((await search(person, { q: word })).items).toHaveLength(20);
    expect(await namesOf(person, word, { type: "table" })).toHaveLength(23);
    expect(await namesOf(person, word, { collectionId })).toHaveLength(47);
    const elsewhere = await createCollection(person, { name: "Empty", description: "" });
    expect(await namesOf(person, word, { collectionId: elsewhere.id })).toEqual([]);
  });

  it("go on for nobody else, and from no made-up place", async () => {
    const { person, file } = await setUp();
    const word = fresh();
    for (let n = 0; n < 21; n += 1) await file(`${word} ${n}.txt`);
    const { nextCursor } = await search(person, { q: word });
    const other = await makePerson();
    for (const [who, cursor] of [
      [other, nextCursor!],
      [person, "AAAA"],
      [person, ""],
    ] as const)
      await expect(search(who, { q: word, cursor })).rejects.toMatchObject({ code: "invalid_input" });
  });
});

const nothing = { items: [], nextCursor: null, isClose: false };
it.each([
  "",
  "   ",
  "\u00a0\u3000",
  "&|!()<->:*",
  "'\"\\",
  "' OR true --",
  "...",
  "%_",
  "!!! ???",
  "\u200b",
  "😀",
])("asked for %j finds nothing", async (q) => {
  const { person, file } = await setUp();
  await file("Something.txt");
  expect(await search(person, { q })).toEqual(nothing);
});

it("answers quickly whatever is asked", async () => {
  const { person, file } = await setUp();
  for (let n = 0; n < 30; n += 1)
    await giveText((await file(`a ${n}.txt`)).id, "a b c d e f g h of the", false);
  for (const q of [
    "a ".repeat(100),
    "a".repeat(200),
    "\ufdfa".repeat(200),
    "会".repeat(200),
    "🦀".repeat(100),
    "z9".repeat(100),
    "e\u0301".repeat(100),
  ]) {
    const at = performance.now();
    await search(person, { q });
    expect([q, performance.now() - at < 1500]).toEqual([q, true]);
  }
});

it("folds words in the interface as the database does", async () => {
  const words = [
    "Ärger",
    "A\u0308rger",
    "JOSÉ",
    "Straße",
    "ẞ",
    "Œuvre",
    "Æther",
    "Øre",
    "Łódź",
    "İstanbul",
    "ﬁne",
    "Ｆｕｌｌ",
    "Ёлка",
    "ĐẶNG",
    "naïve",
    "Þór",
    "½",
  ];
  const rows = await asOwner<{ folded: string }>(
    "SELECT app.searchable(word) AS folded FROM unnest($1::text[]) WITH ORDINALITY w (word, n) ORDER BY n",
    [words.slice(0, -1)],
  );
  expect(words.slice(0, -1).map(foldedWord)).toEqual(rows.map(({ folded }) => folded));
});

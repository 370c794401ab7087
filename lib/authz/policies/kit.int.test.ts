import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asOwner, missingId } from "#prisma/factories.ts";
import { actorIdOf } from "../actor.ts";
import { builtInRoles, fullMask, type Permission, permissionBits } from "../permissions.ts";
import {
  asker,
  type Asked,
  type Cast,
  type ContextName,
  contexts,
  type DocumentName,
  documentNames,
  makeCast,
} from "./cast.ts";

/** Tables as they will come, made by one line each, against rules written out here in full. */

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
let cast: Cast;
let ask: Asked;

beforeAll(async () => {
  await client.connect();
  ask = asker(client);
  cast = await makeCast();
  await asOwner(`
    CREATE TABLE threads (id uuid PRIMARY KEY DEFAULT uuidv7(), document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
      author_id uuid REFERENCES users, author_link_id uuid REFERENCES public_links, visibility text NOT NULL DEFAULT 'external', body text NOT NULL DEFAULT '');
    CALL app.protect_remarks('threads', '{body}', author_link => 'author_link_id');
    -- a rule of its own on top: visitors see external threads alone
    CREATE POLICY threads_visible ON threads AS RESTRICTIVE TO sheaf_app USING (visibility = 'external' OR NOT (SELECT app.is_visitor()));
    CREATE TABLE suggestions (id uuid PRIMARY KEY DEFAULT uuidv7(), document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
      author_id uuid NOT NULL REFERENCES users, body text NOT NULL DEFAULT '');
    CALL app.protect_remarks('suggestions', '{body}', needed => 256);
    CREATE TABLE branches (id uuid PRIMARY KEY DEFAULT uuidv7(), document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
      author_id uuid NOT NULL REFERENCES users, name text NOT NULL DEFAULT '');
    CALL app.protect_versions('branches', '{name}');
    CREATE TABLE decisions (id uuid PRIMARY KEY DEFAULT uuidv7(), collection_id uuid NOT NULL REFERENCES collections ON DELETE CASCADE, body text NOT NULL DEFAULT '');
    CALL app.protect_log('decisions');
    CREATE TABLE histories (id uuid PRIMARY KEY DEFAULT uuidv7(), document_id uuid NOT NULL REFERENCES documents ON DELETE CASCADE, body text NOT NULL DEFAULT '');
    CALL app.protect_log('histories', 'document_id')`);
});
afterAll(() => client.end());

const REFUSED = "42501";
const authors = ["owner", "editor", "commenter", "viewer", "guest", "manager", "suspended"] as const;
const visitors = ["linkViewer", "linkCommenter", "documentVisitor", "suspendedLink", "revokedLink", "expiredLink"] as const; // prettier-ignore
const isVisitor = (name: ContextName): name is (typeof visitors)[number] =>
  (visitors as readonly string[]).includes(name);

/** What everybody may on every document of the cast, said once more and not asked of anything under test. */
function masks(name: ContextName): Record<DocumentName, number> {
  const { owner, editor, commenter, viewer } = builtInRoles;
  const none = { own: 0, editors: 0, secret: 0, invited: 0, linked: 0, trashed: 0, pending: 0 };
  const everywhere = (mask: number) => ({ ...none, own: mask, editors: mask, linked: mask, trashed: mask, pending: mask }); // prettier-ignore
  switch (name) {
    case "owner":
      return { ...everywhere(owner), invited: 9 };
    case "editor":
      return { ...everywhere(editor), secret: editor };
    case "commenter":
      return { ...everywhere(commenter), invited: editor };
    case "viewer":
      return everywhere(viewer);
    case "guest":
      return everywhere(commenter);
    case "manager":
      return { ...none, linked: owner };
    case "linkViewer":
      return { ...none, own: viewer, editors: viewer, linked: viewer };
    case "linkCommenter":
      return { ...none, own: commenter, editors: commenter, linked: commenter };
    case "documentVisitor":
      return { ...none, linked: commenter };
    case "system":
      return { own: fullMask, editors: fullMask, secret: fullMask, invited: fullMask, linked: fullMask, trashed: fullMask, pending: fullMask }; // prettier-ignore
    default:
      return none;
  }
}
const has = (mask: number, permission: Permission) => (mask & permissionBits[permission]) !== 0;
/** As `masks`, but nothing on what lies in the trash or is not there yet: nothing new is said about those. */
const liveMask = (name: ContextName, document: DocumentName) =>
  document === "trashed" || document === "pending" ? 0 : masks(name)[document];

const idOf = (name: ContextName) => {
  const actor = cast.actors[name];
  return (actor && actorIdOf(actor)) || missingId();
};
/** Everything a context gets out of a table, document by document, author by author. */
type Row = Record<string, number | string>;
async function grid(
  cell: (
    name: ContextName,
    document: DocumentName,
  ) => Promise<[found: number | string, expected: number | string]>,
) {
  for (const name of contexts) {
    const [found, expected]: [Row, Row] = [{}, {}];
    for (const document of documentNames) {
      const [done, wanted] = await cell(name, document);
      found[document] = done;
      expected[document] = wanted;
    }
    expect({ context: name, ...found }).toEqual({ context: name, ...expected });
  }
}

/** A row by everybody on every document. */
async function fill(table: string, byLinks: boolean): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const document of documentNames)
    for (const author of byLinks ? [...authors, ...visitors] : authors) {
      const [row] = await asOwner<{ id: string }>(
        `INSERT INTO ${table} (document_id, ${isVisitor(author) ? "author_link_id" : "author_id"}) VALUES ($1, $2) RETURNING id`,
        [cast.documents[document], idOf(author)],
      );
      ids.set(`${document} ${author}`, row!.id);
    }
  return ids;
}

describe.each([
  { table: "threads", needed: "add_comments", byLinks: true },
  { table: "suggestions", needed: "suggest_changes", byLinks: false },
] as const)("protect_remarks: $table", ({ table, needed, byLinks }) => {
  let rows: Map<string, string>;
  beforeAll(async () => {
    rows = await fill(table, byLinks);
  });
  const everybody = byLinks ? [...authors, ...visitors] : authors;
  const on = (name: ContextName, text: string, document: DocumentName, author: string) =>
    ask(cast.actors[name], text, [rows.get(`${document} ${author}`)]);

  it("shows rows to those who see the document", () =>
    grid(async (name, document) => [
      await ask(cast.actors[name], `SELECT FROM ${table} WHERE document_id = $1`, [cast.documents[document]]),
      has(masks(name)[document], "view_documents") ? everybody.length : 0,
    ]));

  it("takes rows by oneself from those with the right, on live documents", () =>
    grid(async (name, document) => [
      await ask(
        cast.actors[name],
        `INSERT INTO ${table} (document_id, ${byLinks && isVisitor(name) ? "author_link_id" : "author_id"}) VALUES ($1, $2) RETURNING id`,
        [cast.documents[document], name === "system" ? cast.people.owner.id : idOf(name)],
      ),
      // a table without a column for links has no resource for visitors
      name === "system"
        ? 1
        : !has(liveMask(name, document), needed)
          ? REFUSED
          : byLinks || !isVisitor(name)
            ? 1
            : "23503",
    ]));

  it("takes no row in another's name", () =>
    grid(async (name, document) => [
      await ask(cast.actors[name], `INSERT INTO ${table} (document_id, author_id) VALUES ($1, $2)`, [
        cast.documents[document],
        cast.people.outsider.id,
      ]),
      name === "system" ? 1 : REFUSED,
    ]));

  it.each(everybody.filter((author) => author !== "suspended"))("by %s is changed by its author", (author) =>
    grid(async (name, document) => [
      await on(name, `UPDATE ${table} SET body = 'new' WHERE id = $1`, document, author),
      name === "system" || (name === author && has(liveMask(name, document), needed)) ? 1 : 0,
    ]),
  );

  it.each(everybody)("by %s is deleted by its author or those who delete any", (author) =>
    grid(async (name, document) => {
      const mask = liveMask(name, document);
      const may = has(mask, "delete_any_comments") || (name === author && has(mask, "delete_own_comments"));
      return [
        await on(name, `DELETE FROM ${table} WHERE id = $1`, document, author),
        name === "system" || may ? 1 : 0,
      ];
    }),
  );

  it("keeps document and author", async () => {
    for (const name of contexts)
      for (const column of ["document_id", "author_id"])
        expect(await ask(cast.actors[name], `UPDATE ${table} SET ${column} = ${column}`)).toBe(REFUSED);
  });
});

describe("a rule of a table's own", () => {
  it("comes on top: visitors see, change and write no internal thread", async () => {
    const { linkCommenter, owner } = cast.actors;
    const [internal] = await asOwner<{ id: string }>(
      "INSERT INTO threads (document_id, author_link_id, visibility) VALUES ($1, $2, 'internal') RETURNING id",
      [cast.documents.own, actorIdOf(linkCommenter!)],
    );
    for (const text of [
      "SELECT FROM threads WHERE id = $1",
      "UPDATE threads SET body = 'x' WHERE id = $1",
      "DELETE FROM threads WHERE id = $1",
    ])
      expect(await ask(linkCommenter!, text, [internal!.id])).toBe(0);
    expect(await ask(owner!, "SELECT FROM threads WHERE id = $1", [internal!.id])).toBe(1);
    const write = "INSERT INTO threads (document_id, author_link_id, visibility) VALUES ($1, $2, $3)";
    const values = [cast.documents.own, actorIdOf(linkCommenter!)];
    expect(await ask(linkCommenter!, write, [...values, "internal"])).toBe(REFUSED);
    expect(await ask(linkCommenter!, write, [...values, "external"])).toBe(1);
  });

  it("a visitor's row names nobody beside the link", async () => {
    const { linkCommenter } = cast.actors;
    const both = "INSERT INTO threads (document_id, author_link_id, author_id) VALUES ($1, $2, $3)";
    const values = [cast.documents.own, actorIdOf(linkCommenter!), cast.people.owner.id];
    expect(await ask(linkCommenter!, both, values)).toBe(REFUSED);
  });
});

describe("protect_versions: branches", () => {
  let rows: Map<string, string>;
  beforeAll(async () => {
    rows = await fill("branches", false);
  });

  it("shows rows to those who see the document", () =>
    grid(async (name, document) => [
      await ask(cast.actors[name], "SELECT FROM branches WHERE document_id = $1", [cast.documents[document]]),
      has(masks(name)[document], "view_documents") ? authors.length : 0,
    ]));

  it("takes rows by oneself from those who create or edit", () =>
    grid(async (name, document) => {
      const mask = liveMask(name, document);
      const may = has(mask, "create_documents") || has(mask, "edit_documents");
      return [
        await ask(
          cast.actors[name],
          "INSERT INTO branches (document_id, author_id) VALUES ($1, $2) RETURNING id",
          [cast.documents[document], name === "system" ? cast.people.owner.id : idOf(name)],
        ),
        name === "system" || may ? 1 : REFUSED,
      ];
    }));

  it.each(["owner", "editor", "viewer"] as const)("by %s is changed by those who edit", (author) =>
    grid(async (name, document) => [
      await ask(cast.actors[name], "UPDATE branches SET name = 'x' WHERE id = $1", [
        rows.get(`${document} ${author}`),
      ]),
      name === "system" || has(liveMask(name, document), "edit_documents") ? 1 : 0,
    ]),
  );

  it.each(["owner", "editor", "viewer"] as const)("by %s is deleted as documents are", (author) =>
    grid(async (name, document) => {
      const mask = liveMask(name, document);
      const may = has(mask, "delete_any_documents") || (name === author && has(mask, "delete_own_documents"));
      return [
        await ask(cast.actors[name], "DELETE FROM branches WHERE id = $1", [
          rows.get(`${document} ${author}`),
        ]),
        name === "system" || may ? 1 : 0,
      ];
    }),
  );
});

describe("protect_log", () => {
  beforeAll(async () => {
    await asOwner("INSERT INTO decisions (collection_id) VALUES ($1)", [cast.collectionId]);
    for (const id of Object.values(cast.documents))
      await asOwner("INSERT INTO histories (document_id) VALUES ($1)", [id]);
  });
  const readers: ContextName[] = ["owner", "editor", "commenter", "viewer", "guest", "linkViewer", "linkCommenter", "system"]; // prettier-ignore

  it("shows rows to those who see the resource", async () => {
    for (const name of contexts)
      expect([name, await ask(cast.actors[name], "SELECT FROM decisions")]).toEqual([
        name,
        readers.includes(name) ? 1 : 0,
      ]);
    await grid(async (name, document) => [
      await ask(cast.actors[name], "SELECT FROM histories WHERE document_id = $1", [
        cast.documents[document],
      ]),
      has(masks(name)[document], "view_documents") ? 1 : 0,
    ]);
  });

  it("takes rows from the system, and lets nobody change or delete them", async () => {
    for (const name of contexts) {
      const found = [
        await ask(cast.actors[name], "INSERT INTO decisions (collection_id) VALUES ($1)", [
          cast.collectionId,
        ]),
        await ask(cast.actors[name], "UPDATE decisions SET body = 'x'"),
        await ask(cast.actors[name], "DELETE FROM decisions"),
        await ask(cast.actors[name], "TRUNCATE decisions"),
      ];
      expect([name, ...found]).toEqual([name, name === "system" ? 1 : REFUSED, REFUSED, REFUSED, REFUSED]);
    }
    for (const text of ["UPDATE decisions SET body = 'x'", "DELETE FROM decisions", "TRUNCATE decisions"])
      await expect(asOwner(text), text).rejects.toMatchObject({ code: REFUSED });
  });

  it("goes with what it belongs to", async () => {
    const [resource] = await asOwner<{ id: string }>(
      "INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'Gone') RETURNING id",
      [cast.workspaceId, cast.people.owner.id],
    );
    await asOwner("INSERT INTO decisions (collection_id) VALUES ($1)", [resource!.id]);
    await asOwner("DELETE FROM collections WHERE id = $1", [resource!.id]);
    expect(await asOwner("SELECT FROM decisions WHERE collection_id = $1", [resource!.id])).toEqual([]);
  });
});

it("is not for the application to call", async () => {
  for (const call of [
    "protect('users')",
    "protect_remarks('users', '{name}')",
    "protect_versions('users', '{name}')",
    "protect_log('users')",
  ])
    // prettier-ignore
    expect(await ask({ kind: "system" }, `CALL app.${call}`)).toBe(REFUSED);
});

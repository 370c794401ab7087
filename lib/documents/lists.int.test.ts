import { randomInt, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Actor, system } from "#lib/authz/actor.ts";
import { beginAs } from "#lib/db/context.ts";
import { planned } from "#lib/db/testing/planned.ts";

const { DATABASE_URL, DATABASE_OWNER_URL } = process.env;
const app = new pg.Client({ connectionString: DATABASE_URL });
const owner = new pg.Client({ connectionString: DATABASE_OWNER_URL });
beforeAll(() => Promise.all([app.connect(), owner.connect()]));
afterAll(() => Promise.all([app.end(), owner.end()]));

const oneOf = <Item>(items: readonly Item[]): Item => items[randomInt(items.length)]!;
const chance = (part: number) => randomInt(1000) < part * 1000;
const LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const words = [
  "Notes",
  "NOTES",
  "Übersicht",
  "überblick",
  "İstanbul",
  "100%",
  "a_b",
  "back\\slash",
  "🦀",
  "会议记录",
  "Straße",
  "x",
];
const searches = [
  "",
  "notes",
  "ü",
  "ÜBER",
  "i̇s",
  "%",
  "_",
  "\\",
  "🦀",
  "会议",
  "SS",
  "ß",
  "x",
  "o",
  "es 1",
  "nothing has this",
  "' OR true",
];

interface World {
  actors: [name: string, actor: Actor][];
  collections: string[];
}

/** People, groups in groups, collections and documents in every state, and grants of every kind, at random. */
async function makeWorld(): Promise<World> {
  const insert = async (table: string, row: Record<string, unknown>): Promise<string> => {
    const id =
      (row.id as string | undefined) ??
      (await owner.query<{ id: string }>("SELECT uuidv7() AS id")).rows[0]!.id;
    const all = Object.entries({ ...row, ...(table !== "user_quotas" && { id }) });
    await owner.query(
      `INSERT INTO ${table} (${all.map(([column]) => column).join(", ")}) VALUES (${all.map((_, i) => `$${i + 1}`).join(", ")})`,
      all.map(([, value]) => value),
    );
    return id;
  };
  const past = new Date(Date.now() - 60_000);
  const later = new Date(Date.now() + 3_600_000);
  const workspaces = [await insert("workspaces", { name: "a" }), await insert("workspaces", { name: "b" })];
  const people: string[] = [];
  for (const kind of ["member", "member", "member", "member", "guest", "suspended", "member", "member"]) {
    const address = `${randomUUID()}@example.org`;
    people.push(
      await insert("users", {
        workspace_id: oneOf(workspaces),
        email: address,
        email_normalized: address,
        name: kind,
        email_verified_at: past,
        is_external: kind === "guest",
        workspace_role: kind === "guest" ? "guest" : "member",
        suspended_at: kind === "suspended" ? past : null,
      }),
    );
  }
  const groups: string[] = [];
  for (let i = 0; i < 5; i++) {
    const workspace_id = i < 4 ? workspaces[0]! : workspaces[1]!;
    const id = await insert("groups", { workspace_id, name: `g${randomUUID()}` });
    if (i > 0 && i < 4 && chance(0.7))
      await owner.query("INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2)", [
        oneOf(groups),
        id,
      ]);
    groups.push(id);
    for (const person of people)
      if (chance(0.3))
        await owner.query("INSERT INTO group_memberships (group_id, user_id) VALUES ($1, $2)", [id, person]);
  }
  const builtIn = (
    await owner.query<{ id: string; name: string }>("SELECT id, name FROM roles WHERE workspace_id IS NULL")
  ).rows;
  const roles = builtIn.map(({ id }) => id);
  // one that does not even let its holder look, and some in between
  for (const mask of [2, 17, 513, 529])
    roles.push(await insert("roles", { workspace_id: workspaces[0], name: randomUUID(), mask }));
  const ownerRole = builtIn.find(({ name }) => name === "owner")!.id;
  const collections: string[] = [];
  const documents: string[] = [];
  for (let i = 0; i < 14; i++) {
    const owner_id = oneOf(people);
    const id = await insert("collections", {
      workspace_id: oneOf(workspaces),
      owner_id,
      name: oneOf(words),
      deleted_at: chance(0.2) ? past : null,
    });
    await insert("permissions", {
      user_id: owner_id,
      collection_id: id,
      role_id: ownerRole,
      opened_at: past,
      granted_at: past,
    });
    collections.push(id);
  }
  for (let i = 0; i < 160; i++) {
    const owner_id = oneOf(people);
    const isPending = chance(0.1);
    const sha256 = Buffer.from(randomUUID().replaceAll("-", "").repeat(2), "hex");
    let blob_id: string | null = null;
    if (!isPending) {
      const object_id = await insert("objects", { owner_id, key: randomUUID(), state: "stored" });
      blob_id = await insert("blobs", { owner_id, sha256, size_bytes: 1, object_id, refs: 1 });
    }
    documents.push(
      await insert("documents", {
        // a few collections have most of them
        collection_id: collections[Math.floor((randomInt(1000) / 1000) ** 2 * collections.length)],
        owner_id,
        blob_id,
        sha256,
        name: `${oneOf(words)} ${oneOf(words)} ${i % 10}`,
        content_type: "text/plain",
        size_bytes: 1,
        status: isPending ? "pending" : "ready",
        deleted_at: chance(0.15) ? past : null,
        access_mode: oneOf(["collection", "collection", "collection", "private", "invite", "link"]),
      }),
    );
  }
  const grant = (place: Record<string, string>, subject: Record<string, unknown>) =>
    owner.query(
      `INSERT INTO permissions (role_id, expires_at, deleted_at, opened_at, granted_at, ${Object.keys({ ...place, ...subject }).join(", ")})
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        oneOf(roles),
        chance(0.15) ? past : chance(0.2) ? later : null,
        chance(0.1) ? past : null,
        chance(0.6) ? past : null,
        new Date(Date.now() - randomInt(5) * 1000),
        ...Object.values(place),
        ...Object.values(subject),
      ],
    );
  const subject = () =>
    oneOf<() => Record<string, unknown>>([
      () => ({ user_id: oneOf(people) }),
      () => ({ user_id: oneOf(people) }),
      () => ({ group_id: oneOf(groups) }),
      () => ({ subject_workspace_id: oneOf(workspaces) }),
      () => ({ is_everyone: true }),
    ])();
  for (let i = 0; i < 60; i++) await grant({ collection_id: oneOf(collections) }, subject());
  for (let i = 0; i < 60; i++) await grant({ document_id: oneOf(documents) }, subject());
  const link = (place: Record<string, string>) =>
    insert("public_links", {
      ...place,
      role_id: builtIn.find(({ name }) => name === "viewer")!.id,
      token_hash: Buffer.from(randomUUID().replaceAll("-", "").repeat(2), "hex"),
      token_sealed: Buffer.from("x"),
    });
  return {
    collections,
    actors: [
      ...people.map((id, i): [string, Actor] => [`person ${i}`, { kind: "user", id }]),
      ["everyone", { kind: "everyone" }],
      ["a person who is nobody", { kind: "user", id: randomUUID() }],
      [
        "visitor of a collection",
        { kind: "visitor", linkId: await link({ collection_id: oneOf(collections) }) },
      ],
      ["visitor of a document", { kind: "visitor", linkId: await link({ document_id: oneOf(documents) }) }],
    ],
  };
}

async function ask(
  actor: Actor,
  text: string,
  values: unknown[],
): Promise<Record<string, unknown>[] | string> {
  await app.query(beginAs(actor));
  try {
    return (await app.query<Record<string, unknown>>(planned(text, values))).rows;
  } catch (error) {
    return (error as { detail?: string }).detail ?? String(error);
  } finally {
    await app.query("ROLLBACK");
  }
}

/** The rows of a page as plain statements find them, which the policies filter. */
const plainDocuments = (which: string) => `
  SELECT d.id, d.collection_id, d.name, d.content_type, d.size_bytes, d.status, d.problem, d.progress, d.page_count,
         d.thumbnail_object_id IS NOT NULL AS has_thumbnail, d.access_mode, d.owner_id, app.person_name(d.owner_id) AS owner_name,
         app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) AS mask, d.version, d.created_at, d.updated_at, d.deleted_at
    FROM documents d
   WHERE ($1::uuid IS NULL OR d.collection_id = $1) AND ($2 = '' OR strpos(lower(d.name), lower($2)) > 0) AND d.id < $3 AND ${which}
   ORDER BY d.id DESC LIMIT $4`;
const live = "d.deleted_at IS NULL AND d.status <> 'pending'";
const given = `${live} AND app.is_collection_live(d.collection_id)
  AND (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = d.collection_id AND g.mask & 1 <> 0 AND NOT g.is_everyone)
    OR EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = d.id AND g.mask & 1 <> 0 AND NOT g.is_everyone))`;
const trashed = `d.deleted_at IS NOT NULL AND app.is_collection_live(d.collection_id)
  AND (d.owner_id = app.actor_id() OR d.collection_id IN (SELECT g.collection_id FROM app.my_collection_grants g WHERE g.mask & 16 <> 0))
  AND app.can_delete(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), d.owner_id)`;
const scopes = { live: given, shared: `${given} AND d.owner_id <> app.actor_id()`, trashed };

async function compareDocuments({ actors, collections }: World, bounds: string) {
  let compared = 0;
  for (const [name, actor] of actors)
    for (const collection of [
      null,
      oneOf(collections),
      oneOf(collections),
      collections[0]!,
      oneOf([randomUUID(), null]),
    ])
      for (const [scope, which] of Object.entries(scopes)) {
        if (collection && scope === "shared") continue;
        const q = oneOf(searches);
        const place = collection && scope === "live" ? live : which;
        const refused = collection
          ? (await ask(actor, "SELECT FROM collections WHERE id = $1 AND deleted_at IS NULL", [collection]))
              .length === 0
          : false;
        let before = LAST;
        // page after page, to the last
        for (let pages = 0; pages < 12; pages++) {
          const values = [collection, q, before, oneOf([3, 8, 20])];
          const found = await ask(actor, "SELECT * FROM app.list_documents($1, $5, $2, $3, $4)", [
            ...values,
            scope,
          ]);
          const expected = refused ? "collection" : await ask(actor, plainDocuments(place), values);
          expect(found, `${bounds}: ${name}, ${scope}, collection ${collection}, "${q}"`).toEqual(expected);
          compared++;
          if (typeof found === "string" || found.length === 0) break;
          before = found.at(-1)!.id as string;
        }
      }
  return compared;
}

const granted =
  "c.id IN (SELECT g.collection_id FROM app.my_collection_grants g WHERE g.mask & 1 <> 0 AND NOT g.is_everyone)";
const shelves = {
  owned: "c.owner_id = app.actor_id() AND c.deleted_at IS NULL",
  shared: `${granted} AND c.owner_id <> app.actor_id() AND c.deleted_at IS NULL`,
  all: `${granted} AND c.deleted_at IS NULL`,
  trashed: `${granted} AND c.deleted_at IS NOT NULL AND app.collection_mask(c.id) & 528 = 528`,
};
const plainCollections = (which: string) => `
  SELECT c.id, c.name, c.description, c.visibility, c.owner_id, app.person_name(c.owner_id) AS owner_name, c.version, c.created_at, c.updated_at,
         c.deleted_at, app.collection_mask(c.id) AS mask,
         (SELECT count(*)::int FROM (SELECT FROM documents d WHERE d.collection_id = c.id AND ${live} LIMIT 6) d) AS document_count,
         (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name)), '[]') FROM app.plain_people(c.id, 3) p) AS people,
         coalesce(c.workspace_id = app.actor_workspace(), false) AS is_own_workspace, app.plain_is_shared(c.id) AS is_shared
    FROM collections c WHERE ${which} AND c.id < $1 ORDER BY c.id DESC LIMIT $2`;

/** The same functions with bounds that small worlds go beyond. */
async function shrinkBounds(replacements: [name: string, from: RegExp, to: string][]) {
  for (const [name, from, to] of replacements) {
    const { rows } = await owner.query<{ text: string }>("SELECT pg_get_functiondef($1::regproc) AS text", [
      `app.${name}`,
    ]);
    expect(rows[0]!.text, name).toMatch(from);
    await owner.query(rows[0]!.text.replace(from, to));
  }
}

describe("lists", () => {
  const worlds: World[] = [];
  beforeAll(async () => {
    await owner.query(`CREATE FUNCTION app.plain_people(collection uuid, at_most integer) RETURNS TABLE (id uuid, name text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT u.id, u.name FROM permissions p JOIN users u ON u.id = p.user_id JOIN collections c ON c.id = p.collection_id
       WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
         AND app.collection_mask(collection) & 1 <> 0 AND NOT app.is_visitor()
         AND (u.id = c.owner_id OR u.id = app.actor_id() OR (p.opened_at IS NOT NULL AND app.collection_mask(collection) & 516 <> 0))
       ORDER BY u.id <> c.owner_id, p.granted_at, u.id LIMIT at_most $$`);
    await owner.query(`CREATE FUNCTION app.plain_is_shared(collection uuid) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT count(*) FILTER (WHERE p.user_id IS DISTINCT FROM c.owner_id AND NOT p.is_everyone AND p.subject_workspace_id IS NULL) > 0
             OR c.owner_id <> app.actor_id()
        FROM collections c LEFT JOIN permissions p ON p.collection_id = c.id AND p.deleted_at IS NULL AND coalesce(p.expires_at > now(), true)
       WHERE c.id = collection GROUP BY c.id $$`);
    for (let i = 0; i < 2; i++) worlds.push(await makeWorld());
  });

  it("of collections show what plain statements find under the policies, page after page", async () => {
    let compared = 0;
    for (const { actors } of worlds)
      for (const [name, actor] of actors)
        for (const [scope, which] of Object.entries(shelves)) {
          let before = LAST;
          for (let pages = 0; pages < 20; pages++) {
            const values = [before, oneOf([1, 3, 20])];
            const found = await ask(
              actor,
              "SELECT * FROM app.collection_cards(app.list_collections($3, $1, $2), 6, 3)",
              [...values, scope],
            );
            expect(found, `${name}, ${scope}`).toEqual(await ask(actor, plainCollections(which), values));
            compared++;
            if (found.length === 0) break;
            before = (found as { id: string }[]).at(-1)!.id;
          }
        }
    expect(compared).toBeGreaterThan(worlds.length * 50);
  });

  it("show one collection to those who see it", async () => {
    for (const { actors, collections } of worlds)
      for (const [name, actor] of [...actors, ["system", system] as const])
        expect(
          await ask(actor, "SELECT id, mask, document_count FROM app.collection_cards($1, 6, 3)", [
            // they come in the order of the ids
            collections.toSorted().reverse(),
          ]),
          name,
        ).toEqual(
          await ask(
            actor,
            `SELECT id, mask, document_count FROM (${plainCollections("c.id = ANY ($3)")}) c`,
            [LAST, 100, collections],
          ),
        );
  });

  it.each<[string, [string, RegExp, string][]]>([
    ["one by one", []],
    [
      "walking",
      [
        ["given_documents", /few CONSTANT integer := 100/, "few CONSTANT integer := 0"],
        ["given_documents", /THEN 8000 ELSE 4000 END/, "THEN 400 ELSE 400 END"],
        ["collection_documents", /walked CONSTANT integer := 500/, "walked CONSTANT integer := 2"],
      ],
    ],
    [
      "walking a little, then asking or looking up",
      [
        ["given_documents", /THEN 400 ELSE 400 END/, "THEN 16 ELSE 12 END"],
        ["given_documents", /at_most \* 4/g, "at_most * 1"],
      ],
    ],
    [
      "walking past too many collections to read",
      [["given_documents", /hashed CONSTANT integer := 4000/, "hashed CONSTANT integer := 2"]],
    ],
    [
      "one by one, names looked up",
      [["given_documents", /few CONSTANT integer := 0/, "few CONSTANT integer := 100"]],
    ],
  ])("of documents show what plain statements find under the policies: %s", async (bounds, replacements) => {
    await shrinkBounds(replacements);
    let compared = 0;
    for (const world of worlds) compared += await compareDocuments(world, bounds);
    expect(compared).toBeGreaterThan(worlds.length * 100);
  });

  it("answer nobody, nor the system", async () => {
    for (const text of [
      "SELECT * FROM app.list_documents(NULL, 'live', NULL, $1, 5)",
      "SELECT app.list_collections('all', $1, 5)",
    ]) {
      await expect(app.query(text, [LAST])).rejects.toMatchObject({ code: "SH003", detail: "actor" });
      expect(await ask(system, text, [LAST])).toBe("actor");
    }
    const cards = await app.query("SELECT FROM app.collection_cards($1, 6, 3)", [
      worlds.flatMap(({ collections }) => collections),
    ]);
    expect(cards.rowCount).toBe(0);
    await expect(app.query("SELECT app.document_cards('{}')")).rejects.toMatchObject({ code: "42501" });
  });
});

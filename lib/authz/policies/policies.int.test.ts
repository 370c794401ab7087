import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginAs } from "#lib/db/context.ts";
import { asOwner, missingId } from "#prisma/factories.ts";
import { actorIdOf } from "../actor.ts";
import { asker, type Asked, type Cast, type ContextName, contexts, documentNames, makeCast } from "./cast.ts";

/** What each context may do to each table when nothing but the database stands in the way: docs/row-level-security.md. */

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
let cast: Cast;
let ask: Asked;
beforeAll(async () => {
  await client.connect();
  ask = asker(client);
  cast = await makeCast();
});
afterAll(() => client.end());

const REFUSED = "42501";
/** Every context with what is expected of it: those not named get the rest's. */
type Expected<Value> = Partial<Record<ContextName, Value>>;
const cells = <Value>(expected: Expected<Value>, rest: Value) =>
  contexts.map((name) => [name, name in expected ? expected[name]! : rest] as [ContextName, Value]);

/** Asks in every context, and demands exactly what is expected: the whole column at once, so that a failure shows it. */
async function column<Value>(
  expected: Expected<Value>,
  rest: Value,
  value: (name: ContextName) => Promise<Value>,
): Promise<void> {
  const found: [ContextName, Value][] = [];
  for (const name of contexts) found.push([name, await value(name)]);
  expect(found).toEqual(cells(expected, rest));
}
const as = (name: ContextName, text: string, values: unknown[] = []) => ask(cast.actors[name], text, values);
/** The names of the rows that a statement yields. */
async function named(
  name: ContextName,
  ids: Record<string, string>,
  text: (id: string) => [string, unknown[]],
) {
  const seen: string[] = [];
  for (const [key, id] of Object.entries(ids)) {
    const done = await as(name, ...text(id));
    if (done !== 0 && typeof done === "number") seen.push(key);
    else if (typeof done === "string" && done !== "SH002" && done !== "SH003") seen.push(`${key}:${done}`);
  }
  return seen.join(" ");
}
const own = (name: ContextName) => {
  const actor = cast.actors[name];
  return (actor && actorIdOf(actor)) || missingId();
};

describe("documents", () => {
  const inCollection = "own editors linked trashed pending";
  it("are seen by those who may view them; by visitors only while they are live", () =>
    column<string>(
      {
        owner: "own editors invited linked trashed pending",
        editor: "own editors secret linked trashed pending",
        commenter: "own editors invited linked trashed pending",
        viewer: inCollection,
        guest: inCollection,
        manager: "linked",
        linkViewer: "own editors linked",
        linkCommenter: "own editors linked",
        documentVisitor: "linked",
        system: documentNames.join(" "),
      },
      "",
      (name) => named(name, cast.documents, (id) => ["SELECT FROM documents WHERE id = $1", [id]]),
    ));

  it("count the same in a list as one by one", async () => {
    for (const name of contexts) {
      const one = await named(name, cast.documents, (id) => ["SELECT FROM documents WHERE id = $1", [id]]);
      const listed = await as(name, "SELECT FROM documents WHERE collection_id = $1", [cast.collectionId]);
      expect([name, listed]).toEqual([name, one === "" ? 0 : one.split(" ").length]);
    }
  });

  it("are added in their own name by those who may create, and as pending alone", async () => {
    const insert = `INSERT INTO documents (collection_id, owner_id, name, content_type, size_bytes, sha256)
      VALUES ($1, $2, 'x.txt', 'text/plain', 1, decode(repeat('00', 32), 'hex'))`;
    await column<number | string>({ owner: 1, editor: 1 }, REFUSED, (name) =>
      as(name, insert, [cast.collectionId, own(name)]),
    );
    await column<number | string>({}, REFUSED, (name) =>
      as(name, insert, [cast.collectionId, cast.people[name === "viewer" ? "owner" : "viewer"].id]),
    );
    const [theirs] = await asOwner<{ id: string }>("SELECT id FROM objects WHERE owner_id = $1 LIMIT 1", [
      cast.people.owner.id,
    ]);
    for (const [column_, expected] of [
      ["upload_object_id", { owner: 1 }],
      ["thumbnail_object_id", {}],
    ] as const)
      await column<number | string>(expected, REFUSED, (name) =>
        as(name, insert.replace("sha256)", `sha256, ${column_})`).replace("'hex'))", "'hex'), $3)"), [
          ...[cast.collectionId, own(name), theirs!.id],
        ]),
      );
  });

  it("are changed by those who may edit them", () =>
    column<string>(
      {
        owner: inCollection,
        editor: "own editors secret linked trashed pending",
        commenter: "invited",
        manager: "linked",
        system: documentNames.join(" "),
      },
      "",
      (name) =>
        named(name, cast.documents, (id) => ["UPDATE documents SET name = 'new.txt' WHERE id = $1", [id]]),
    ));

  it("are deleted through functions alone, any or one's own", async () => {
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "DELETE FROM documents WHERE id = $1", [cast.documents.own]),
    );
    await column<string>(
      {
        owner: "own editors invited linked trashed",
        editor: "editors secret pending",
        manager: "linked",
        system: documentNames.join(" "),
      },
      "",
      (name) => named(name, cast.documents, (id) => ["SELECT app.set_document_trashed($1, true)", [id]]),
    );
  });

  it("keep their texts and keys with them", async () => {
    for (const id of Object.values(cast.documents))
      await asOwner("INSERT INTO document_pages VALUES ($1, 1, 1, 'body') ON CONFLICT DO NOTHING", [id]);
    for (const name of contexts) {
      const rows = (text: string) => named(name, cast.documents, (id) => [text, [id]]);
      const visible = await rows("SELECT FROM documents WHERE id = $1");
      expect([name, await rows("SELECT FROM document_pages WHERE document_id = $1")]).toEqual([
        name,
        visible,
      ]);
      const keys = await rows("SELECT WHERE app.document_key($1, 'blob') IS NOT NULL");
      // what is pending has no bytes yet; who owns what they were suspended from has none either
      expect([name, keys]).toEqual([name, visible.replace(/ ?pending/, "")]);
    }
  });
});

describe("collections", () => {
  it("are seen by those who may view them, visitors of a single document not among them", () =>
    column<number | string>(
      { owner: 1, editor: 1, commenter: 1, viewer: 1, guest: 1, linkViewer: 1, linkCommenter: 1, system: 1 },
      0,
      (name) => as(name, "SELECT FROM collections WHERE id = $1", [cast.collectionId]),
    ));

  it("are made through a function alone, by members in their own workspace and name", async () => {
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "INSERT INTO collections (workspace_id, owner_id, name) VALUES ($1, $2, 'New')", [
        cast.workspaceId,
        own(name),
      ]),
    );
    const member = { owner: 1, editor: 1, commenter: 1, viewer: 1, manager: 1, outsider: 1 };
    await column<number | string>({ ...member, elsewhereAdmin: 1 }, "SH003", (name) =>
      as(name, "SELECT app.create_collection('New', '')"),
    );
  });

  it("are changed by those who may edit", () =>
    column<number | string>({ owner: 1, editor: 1, system: 1 }, 0, (name) =>
      as(name, "UPDATE collections SET name = 'x' WHERE id = $1", [cast.collectionId]),
    ));

  it("are deleted by nobody directly, and trashed by who manages all of it", async () => {
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "DELETE FROM collections WHERE id = $1", [cast.collectionId]),
    );
    await column<number | string>({ owner: 1, system: 1 }, "SH003", (name) =>
      as(name, "SELECT app.set_collection_trashed($1, true)", [cast.collectionId]),
    );
  });
});

describe("permissions", () => {
  const all = "owner editor commenter viewer guest suspended";
  it("are seen by those who edit or share the resource, and by each their own", () =>
    column<string>(
      {
        owner: `managerOnLinked ${all}`,
        editor: `managerOnLinked ${all}`,
        commenter: "commenterOnInvited commenter",
        viewer: "viewer",
        guest: "guest",
        manager: "managerOnLinked",
        system: `commenterOnInvited managerOnLinked ${all}`,
      },
      "",
      (name) => named(name, cast.grants, (id) => ["SELECT FROM permissions WHERE id = $1", [id]]),
    ));

  const role = (name: string) => `(SELECT id FROM roles WHERE name = '${name}' AND workspace_id IS NULL)`;
  it("are written through functions alone, whoever asks and whatever for", async () => {
    const given = { user_id: cast.people.outsider.id, group_id: missingId(), is_everyone: true };
    for (const [subject, value] of Object.entries(given))
      for (const [resource, id] of [
        ["collection_id", cast.collectionId],
        ["document_id", cast.documents.linked],
      ])
        await column<number | string>({}, REFUSED, (name) =>
          as(
            name,
            `INSERT INTO permissions (${subject}, ${resource}, role_id) SELECT $1, $2, ${role("viewer")}`,
            [value, id],
          ),
        );
    for (const change of [
      `role_id = ${role("owner")}`,
      "expires_at = now() + interval '1 day'",
      "deleted_at = NULL",
      "mask = 8191",
    ])
      await column<number | string>({}, REFUSED, (name) => as(name, `UPDATE permissions SET ${change}`));
  });

  it("are given by those who manage, and not above their own", async () => {
    const give = (name: ContextName, document: string | null, wanted: string) =>
      as(name, `SELECT app.grant_access($1, $2, $3, NULL, ${role(wanted)}, NULL)`, [
        document === null ? cast.collectionId : null,
        document,
        cast.people.outsider.email,
      ]);
    await column<number | string>({ owner: 1, system: 1 }, "SH003", (name) => give(name, null, "viewer"));
    const unseen = ["outsider", "elsewhereAdmin", "suspended", "suspendedLink", "revokedLink", "expiredLink"];
    const hidden = Object.fromEntries([...unseen, "everyone", "nobody"].map((name) => [name, "SH002"]));
    await column<number | string>({ owner: 1, manager: 1, system: 1, ...hidden }, "SH003", (name) =>
      give(name, cast.documents.linked, "owner"),
    );
  });

  it("are taken back by those who manage, given up by oneself, and a link's by nobody", async () => {
    const revoke = (name: ContextName, resource: [string | null, string | null], id: string) =>
      as(name, "SELECT app.revoke_access($1, $2, $3)", [...resource, id]);
    // who is not the owner of a document for invited people does not manage it through the collection
    for (const [document, grant, expected] of [
      ["linked", "managerOnLinked", { owner: 1, system: 1, manager: 1 }],
      ["invited", "commenterOnInvited", { system: 1, commenter: 1 }],
    ] as const) {
      const done = async (name: ContextName) =>
        (await revoke(name, [null, cast.documents[document]], cast.grants[grant]!)) === 1 ? 1 : 0;
      await column<number>(expected, 0, done);
    }
    const [grant] = await asOwner<{ id: string }>("SELECT id FROM permissions WHERE link_id = $1", [
      cast.links.linkCommenter.linkId,
    ]);
    await column<number | string>({ owner: "SH002", system: "SH002" }, "SH003", (name) =>
      revoke(name, [cast.collectionId, null], grant!.id),
    );
  });

  it("are deleted by nobody", () =>
    column<number | string>({}, REFUSED, (name) =>
      as(name, "DELETE FROM permissions WHERE id = $1", [cast.grants.viewer]),
    ));
});

describe("jobs", () => {
  let job: string;
  beforeAll(async () => {
    const [made] = await asOwner<{ id: string }>(
      "INSERT INTO pdf_jobs (kind, user_id, collection_id, document_id) VALUES ('process', $1, $2, $3) RETURNING id",
      [cast.people.editor.id, cast.collectionId, cast.documents.editors],
    );
    job = made!.id;
    await asOwner("INSERT INTO pdf_jobs (kind, user_id, collection_id) VALUES ('binder', $1, $2)", [
      cast.people.suspended.id,
      cast.collectionId,
    ]);
  });

  it("are seen by whoever started them", async () => {
    await column<number | string>({ editor: 1, system: 1 }, 0, (name) =>
      as(name, "SELECT FROM pdf_jobs WHERE id = $1", [job]),
    );
    await column<number | string>({ editor: 1, system: 2 }, 0, (name) =>
      as(name, "SELECT FROM pdf_jobs WHERE collection_id = $1", [cast.collectionId]),
    );
  });

  it("are started through functions, moved on by the system, and deleted by nobody", async () => {
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "INSERT INTO pdf_jobs (kind, user_id) VALUES ('binder', $1)", [own(name)]),
    );
    await column<number | string>({ system: 1 }, 0, (name) =>
      as(name, "UPDATE pdf_jobs SET progress = 1 WHERE id = $1", [job]),
    );
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "DELETE FROM pdf_jobs WHERE id = $1", [job]),
    );
  });
});

describe("links", () => {
  const ids = () =>
    Object.fromEntries(Object.entries(cast.links).map(([name, { linkId }]) => [name, linkId]));
  const all = "linkViewer linkCommenter documentVisitor suspendedLink revokedLink expiredLink";

  it("are seen by those who manage what they open", () =>
    column<string>({ owner: all, manager: "documentVisitor", system: all }, "", (name) =>
      named(name, ids(), (id) => ["SELECT id, name, use_count FROM public_links WHERE id = $1", [id]]),
    ));

  it("show their secrets to nobody", async () => {
    for (const secret of ["token_hash", "token_sealed", "password_hash", "*"])
      await column<number | string>({}, REFUSED, (name) => as(name, `SELECT ${secret} FROM public_links`));
  });

  it("are written through functions alone", async () => {
    for (const [resource, id] of [
      ["collection_id", cast.collectionId],
      ["document_id", cast.documents.linked],
    ])
      await column<number | string>({}, REFUSED, (name) =>
        as(
          name,
          `INSERT INTO public_links (${resource}, role_id, token_hash, token_sealed, created_by_id)
           SELECT $1, id, sha256(uuidv7()::text::bytea), '', $2 FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
          [id, own(name)],
        ),
      );
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "DELETE FROM public_links WHERE id = $1", [cast.links.linkViewer.linkId]),
    );
    for (const assignment of ["name = 'x'", "revoked_at = NULL", "token_hash = ''", "use_count = 0"])
      await column<number | string>({}, REFUSED, (name) => as(name, `UPDATE public_links SET ${assignment}`));
  });

  it("are revoked by those who manage what they open", async () => {
    await column<string>(
      {
        owner: "linkViewer linkCommenter documentVisitor suspendedLink expiredLink",
        manager: "documentVisitor",
        system: "linkViewer linkCommenter documentVisitor suspendedLink expiredLink",
      },
      "",
      (name) => named(name, ids(), (id) => ["SELECT * FROM app.revoke_link($1)", [id]]),
    );
  });
});

describe("invitations", () => {
  it("are seen by those who edit or share the resource, and written through functions alone", async () => {
    const [made] = await asOwner<{ id: string }>(
      `INSERT INTO invitations (email, email_normalized, collection_id, role_id)
       SELECT 'new@example.org', 'new@example.org', $1, id FROM roles WHERE name = 'viewer' AND workspace_id IS NULL RETURNING id`,
      [cast.collectionId],
    );
    await column<number | string>({ owner: 1, editor: 1, system: 1 }, 0, (name) =>
      as(name, "SELECT FROM invitations WHERE id = $1", [made!.id]),
    );
    await column<number | string>({}, REFUSED, (name) =>
      as(
        name,
        `INSERT INTO invitations (email, email_normalized, collection_id, role_id, invited_by_id)
         SELECT 'x@example.org', 'x@example.org', $1, id, $2 FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
        [cast.collectionId, own(name)],
      ),
    );
    for (const change of [
      "deleted_at = NULL",
      "accepted_at = NULL",
      "expires_at = NULL",
      "email = 'me@example.org'",
    ])
      await column<number | string>({}, REFUSED, (name) => as(name, `UPDATE invitations SET ${change}`));
    await column<number | string>({}, REFUSED, (name) => as(name, "DELETE FROM invitations"));
  });
});

describe("principals", () => {
  it("have ids that nobody chooses", async () => {
    const { workspaceId } = cast;
    await asOwner("UPDATE users SET workspace_role = 'admin' WHERE id = $1", [cast.people.outsider.id]);
    const victim = cast.people.owner.id;
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "INSERT INTO groups (id, workspace_id, name) VALUES ($1, $2, 'Me')", [victim, workspaceId]),
    );
    await column<number | string>({ outsider: 1, system: 1 }, REFUSED, (name) =>
      as(name, "INSERT INTO groups (workspace_id, name) VALUES ($1, 'Ours')", [workspaceId]),
    );
    await column<number | string>({}, REFUSED, (name) =>
      as(name, "INSERT INTO workspaces (id, name) VALUES ($1, 'Ours')", [victim]),
    );
    await column<number | string>({}, REFUSED, (name) =>
      as(
        name,
        "INSERT INTO users (id, workspace_id, email, email_normalized, name) VALUES ($1, $2, 'x@example.org', 'x@example.org', 'X')",
        [missingId(), workspaceId],
      ),
    );
    await asOwner("UPDATE users SET workspace_role = 'member' WHERE id = $1", [cast.people.outsider.id]);
  });

  it("are derived from rows that come and go, and are not changed", async () => {
    for (const text of [
      "UPDATE group_memberships SET user_id = user_id",
      "UPDATE group_nestings SET child_id = child_id",
      "UPDATE groups SET workspace_id = workspace_id",
    ])
      await expect(asOwner(text), text).rejects.toMatchObject({ code: "0A000" });
  });
});

describe("the audit log", () => {
  const entries: Record<string, string> = {};
  const add = `INSERT INTO audit_events (action, actor_kind, actor_id, resource_type, resource_id) VALUES ('tried.out', $1, $2, $3, $4) RETURNING id`;
  beforeAll(async () => {
    for (const [name, type, id] of [
      ["collection", "collection", cast.collectionId],
      ["linked", "document", cast.documents.linked],
      ["secret", "document", cast.documents.secret],
      ["person", "user", cast.people.owner.id],
    ] as const)
      entries[name] = (await asOwner<{ id: string }>(add, ["user", cast.people.owner.id, type, id]))[0]!.id;
  });

  it("is read by those who manage what it tells of", () =>
    column<string>(
      { owner: "collection linked", manager: "linked", system: "collection linked secret person" },
      "",
      (name) => named(name, entries, (id) => ["SELECT FROM audit_events WHERE id = $1", [id]]),
    ));

  it("is written through its function alone, in one's own name", async () => {
    await column<number | string>({}, REFUSED, (name) =>
      as(name, add, ["user", own(name), "collection", cast.collectionId]),
    );
    const record = 'SELECT app.record_audit(\'[{"action": "tried.out"}]\', $1, $2, NULL, NULL)';
    const idOf = (name: ContextName) => (["everyone", "nobody", "system"].includes(name) ? null : own(name));
    await column<number | string>({ nobody: "23502" }, 1, (name) =>
      as(name, record, [cast.actors[name]?.kind ?? null, idOf(name)]),
    );
    // the system names whom it proved; nobody else names another
    await column<number | string>({ system: 1 }, REFUSED, (name) => as(name, record, ["user", missingId()]));
    await column<number | string>({ system: 1 }, REFUSED, (name) => as(name, record, ["system", null]));
  });

  it("is changed and deleted by nobody, the tables' owner included", async () => {
    await column<number | string>({}, REFUSED, (name) => as(name, "UPDATE audit_events SET action = 'x'"));
    await column<number | string>({}, REFUSED, (name) => as(name, "DELETE FROM audit_events"));
    for (const text of [
      `UPDATE audit_events SET action = 'x' WHERE id = '${entries.person}'`,
      `DELETE FROM audit_events WHERE id = '${entries.person}'`,
      "TRUNCATE audit_events",
    ])
      await expect(asOwner(text), text).rejects.toMatchObject({ code: REFUSED });
  });
});

describe("a visitor", () => {
  const visitors = [
    "linkViewer",
    "linkCommenter",
    "documentVisitor",
    "suspendedLink",
    "revokedLink",
  ] as const;

  it("sees rows of documents, their texts and collections, names of roles and limits of tiers, and nothing else", async () => {
    const tables = await asOwner<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND relname <> '_prisma_migrations'",
    );
    const shown = ["documents", "document_pages", "collections", "roles", "tiers"];
    const own = ["user_principals"]; // the link itself
    // to everyone: functions read and write them
    const closed = [
      ...[
        "live_state",
        "rate_windows",
        "rate_tallies",
        "recent_documents",
        "audit_cursor",
        "mail_deliveries",
        "notifications",
      ],
      ...[
        "notified_events",
        "notification_preferences",
        "notification_settings",
        "notification_mails",
        "mail_refusals",
        "ownership_transfers",
        "hidden_shares",
        "search_entries",
        "search_words",
      ],
    ];
    for (const { name } of tables.filter((table) => !shown.includes(table.name)))
      for (const visitor of visitors) {
        const found = await as(visitor, `SELECT 1 FROM ${name}`);
        const expected = closed.includes(name)
          ? "42501"
          : own.includes(name) && visitor !== "revokedLink"
            ? 1
            : 0;
        expect([visitor, name, found]).toEqual([visitor, name, expected]);
      }
  });

  it("changes nothing through any function the application may call", async () => {
    const functions = await asOwner<{ name: string; arguments: string[]; types: string[] }>(
      `SELECT p.proname AS name, p.proargnames AS arguments,
              ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY a (t, n) ORDER BY n) AS types
         FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
          AND has_function_privilege('sheaf_app', p.oid, 'EXECUTE')`,
    );
    expect(functions.length).toBeGreaterThan(40);
    // counters of calls belong to nobody; an entry of the log says who wrote it; a visit is written down at its link
    const mayWrite = ["count_call", "return_call", "record_audit", "begin_visit", "note_visit"];
    for (const { name, arguments: names, types } of functions.filter((f) => !mayWrite.includes(f.name)))
      for (const visitor of ["linkCommenter", "documentVisitor"] as const) {
        // both kinds of resource at once where a function takes either: by turns
        for (const isDocument of [true, false]) {
          const values = types.map((type, at) => plausible(names?.[at] ?? "", type, isDocument));
          const call = `${values.map((value, at) => `${value}::${types[at]}`).join(", ")}`;
          const done = await changes(cast.links[visitor], `SELECT * FROM app.${name}(${call})`);
          expect([visitor, name, isDocument, done]).toEqual([visitor, name, isDocument, false]);
        }
      }
  }, 60_000);

  const plausible = (name: string, type: string, isDocument: boolean): string => {
    if (name === "document") return isDocument ? `'${cast.documents.linked}'` : "NULL";
    if (name === "collection") return isDocument ? "NULL" : `'${cast.collectionId}'`;
    if (name === "link") return `'${cast.links.linkViewer.linkId}'`;
    if (name === "person" || name === "owner") return `'${cast.people.owner.id}'`;
    if (type === "uuid")
      return name.includes("role")
        ? "'00000000-0000-7000-8000-000000000004'"
        : `'${isDocument ? cast.grants.managerOnLinked : cast.grants.viewer}'`;
    if (type === "bytea") return "sha256('x')";
    if (type === "integer") return "1";
    if (type === "boolean") return "true";
    if (type.startsWith("timestamp")) return "'2100-01-01'";
    if (type === "text")
      return name === "address" ? "'someone@example.org'" : name === "wanted" ? "'private'" : "'viewer'";
    if (type === "jsonb") return "'[]'";
    return type.endsWith("[]") ? "'{}'" : "NULL";
  };

  /** Whether a statement that went through left rows changed: locked rows are not. */
  async function changes(actor: Parameters<Asked>[0], text: string): Promise<boolean> {
    await client.query(beginAs(actor!));
    try {
      const before = await written();
      await client.query(text);
      return (await written()) !== before;
    } catch (error) {
      // refused, by a rule or because what it is about is not there; anything else is a mistake in the call
      expect((error as { code: string }).code, `${text}: ${String(error)}`).toMatch(
        /^(SH00\d|42501|23\d\d\d)$/,
      );
      return false;
    } finally {
      await client.query("ROLLBACK");
    }
  }
  async function written(): Promise<string> {
    const { rows } = await client.query<{ n: string }>(
      "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::text AS n FROM pg_stat_xact_user_tables",
    );
    return rows[0]!.n;
  }
});

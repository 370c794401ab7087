import { beforeAll, describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, type Person } from "#prisma/factories.ts";
import { createCollection, updateCollection } from "#lib/collections/index.ts";
import { deleteDocument, updateDocument } from "#lib/documents/index.ts";
import { grant, setAccessMode } from "#lib/sharing/index.ts";
import { makeShared, outcome } from "#lib/sharing/test-support.ts";
import { changeAuditSeal, exportAudit, getAuditSeal, listAudit } from "./index.ts";
import { type ListAuditInput } from "./schema.ts";
import { sealEverything } from "./test-support.ts";
import { verifyFile } from "./verify/file.ts";

const actions = async (actor: Person, input: ListAuditInput) =>
  (await listAudit(actor, input)).items.map(({ action }) => action);
const inWorkspace = { workspace: "" } as const;

describe("the log of a collection", () => {
  let shared: Awaited<ReturnType<typeof makeShared>>;
  let editor: Person;
  let manager: Person;
  beforeAll(async () => {
    shared = await makeShared();
    editor = await shared.colleague();
    manager = await shared.colleague();
    await grant(shared.owner, shared.collection, { email: editor.email, role: "editor" });
    await grant(shared.owner, shared.collection, { email: manager.email, role: "owner" });
  });
  const log = (actor: Person, input: ListAuditInput = {}) =>
    listAudit(actor, { collectionId: shared.collection.id, ...input });

  it("is for those who manage its permissions", async () => {
    const outsider = await makePerson({ role: "admin" });
    const admin = await shared.colleague({ role: "admin" });
    expect(await outcome(log(shared.owner))).toBe("ok");
    expect(await outcome(log(manager))).toBe("ok");
    expect(await outcome(log(editor))).toBe("forbidden:action");
    // who does not see the collection hears the same of one that is not there
    for (const person of [outsider, admin]) expect(await outcome(log(person))).toBe("forbidden:collection");
    expect(await outcome(listAudit(outsider, { collectionId: outsider.id }))).toBe("forbidden:collection");
  });

  it("says who did what to whom, with what was before and after", async () => {
    const { version } = await updateCollection(shared.owner, shared.collection.id, {
      version: 1,
      name: "Letters of 1912",
    });
    await updateDocument({ ...editor, ip: "10.1.2.3" }, shared.document.id, { version: 1, name: "May.txt" });
    const { items } = await log(shared.owner);
    expect(version).toBe(2);
    expect(items[0]).toMatchObject({
      action: "document.renamed",
      actor: { kind: "user", id: editor.id, email: editor.email, name: editor.name },
      resource: { type: "document", id: shared.document.id, name: "May.txt" },
      collection: { id: shared.collection.id, name: "Letters of 1912" },
      metadata: { previous: "page.txt", new: "May.txt" },
      ip: "10.1.2.3",
    });
    expect(items.find(({ action }) => action === "permission.granted")).toMatchObject({
      actor: { id: shared.owner.id },
      subject: { type: "user", id: manager.id, email: manager.email, name: manager.name },
      resource: { type: "collection", id: shared.collection.id },
      metadata: { new: { role: "owner" } },
    });
  });

  it("says nothing of documents that are closed to whoever reads it, before they were closed and after they are gone", async () => {
    const { id: secret } = await makeDocument(editor, shared.collection.id);
    const [now] = await asOwner<{ version: number }>("SELECT version FROM documents WHERE id = $1", [secret]);
    const { version } = now!;
    await updateDocument(editor, secret, { version, name: "Payroll.txt" });
    expect((await log(manager)).items[0]).toMatchObject({ resource: { id: secret } });
    await setAccessMode(editor, secret, "private");
    await updateDocument(editor, secret, { version: version + 2, name: "Payroll 2.txt" });
    const about = async () =>
      (await log(manager, { resourceId: secret })).items.length +
      (await log(manager)).items.filter(({ resource }) => resource?.id === secret).length;
    expect(await about()).toBe(0);
    await deleteDocument(editor, secret);
    expect(await about()).toBe(0);
    expect(JSON.stringify(await log(manager))).not.toContain("Payroll");
    // what was open until its end is told of
    const { id: open } = await makeDocument(editor, shared.collection.id);
    await deleteDocument(editor, open);
    expect((await log(manager)).items[0]).toMatchObject({
      action: "document.deleted",
      resource: { id: open },
    });
  });

  it("finds by action, topic, person, thing and time, a page at a time", async () => {
    const all = (await log(shared.owner)).items;
    expect(
      await actions(shared.owner, { collectionId: shared.collection.id, action: "permission.granted" }),
    ).toEqual(all.map(({ action }) => action).filter((action) => action === "permission.granted"));
    expect(
      (await log(shared.owner, { action: "sharing" })).items.every(({ action }) =>
        action.startsWith("permission."),
      ),
    ).toBe(true);
    expect((await log(shared.owner, { actorId: editor.id })).items.map(({ id }) => id)).toEqual(
      all.filter(({ actor }) => actor.id === editor.id).map(({ id }) => id),
    );
    expect(
      (await log(shared.owner, { resourceId: shared.document.id })).items.map(({ resource }) => resource?.id),
    ).toEqual([shared.document.id]);
    const middle = all[3]!;
    expect((await log(shared.owner, { from: middle.timestamp })).items.map(({ id }) => id)).toEqual(
      all.filter(({ timestamp }) => timestamp >= middle.timestamp).map(({ id }) => id),
    );
    expect((await log(shared.owner, { to: middle.timestamp })).items.map(({ id }) => id)).toEqual(
      all.filter(({ timestamp }) => timestamp < middle.timestamp).map(({ id }) => id),
    );
    expect((await log(shared.owner, { cursor: middle.id })).items[0]?.id).toBe(all[4]!.id);
    expect((await log(shared.owner, { action: "link.opened" })).items).toEqual([]);
  });
});

describe("the log of a workspace", () => {
  it("is for its admins, and knows no other workspace", async () => {
    const admin = await makePerson({ role: "admin" });
    const member = await makePerson({ workspaceId: admin.workspaceId });
    const guest = await makePerson({ workspaceId: admin.workspaceId, role: "guest" });
    const elsewhere = await makePerson({ role: "admin" });
    const { id } = await createCollection(member, { name: "Diaries", description: "" });
    await createCollection(elsewhere, { name: "Theirs", description: "" });
    for (const person of [member, guest])
      expect(await outcome(listAudit(person, inWorkspace))).toBe("forbidden:workspace_admin");
    const { items } = await listAudit(admin, inWorkspace);
    expect(items.map(({ resource }) => resource?.id)).toEqual([id]);
    expect(await actions(elsewhere, inWorkspace)).toEqual(["collection.created"]);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [admin.id]);
    expect(await outcome(listAudit(admin, inWorkspace))).toBe("forbidden:workspace_admin");
  });

  it("tells of what people of elsewhere do in it", async () => {
    const { owner, workspaceId, collection, document } = await makeShared();
    const admin = await makePerson({ workspaceId, role: "admin" });
    const outsider = await makePerson({ role: "admin" });
    await grant(owner, collection, { email: outsider.email, role: "editor" });
    await updateDocument(outsider, document.id, { version: 1, name: "Seen.txt" });
    const { items } = await listAudit(admin, { ...inWorkspace, actorId: outsider.id });
    expect(items).toMatchObject([
      { action: "document.renamed", actor: { email: outsider.email, name: null } },
    ]);
    expect(await actions(outsider, inWorkspace)).toEqual([]);
  });

  it("keeps names and texts of what its admins may not open to itself", async () => {
    const { owner, workspaceId, collection, document } = await makeShared();
    const admin = await makePerson({ workspaceId, role: "admin" });
    await updateDocument(owner, document.id, { version: 1, name: "Secret.txt" });
    await updateCollection(owner, collection.id, { version: 1, description: "A secret purpose" });
    await grant(owner, document, { email: admin.email, role: "viewer" });
    await asOwner("UPDATE permissions SET deleted_at = now() WHERE document_id = $1", [document.id]);
    const told = JSON.stringify(await listAudit(admin, inWorkspace));
    expect(told).not.toMatch(/Secret|secret purpose/);
    const { items } = await listAudit(admin, { ...inWorkspace, resourceId: document.id });
    expect(items).toMatchObject([
      // who got what is no name
      {
        action: "permission.granted",
        isHidden: true,
        resource: { name: null },
        metadata: { new: { role: "viewer" } },
      },
      { action: "document.renamed", isHidden: true, resource: { name: null }, metadata: null },
    ]);
    await grant(owner, collection, { email: admin.email, role: "viewer" });
    expect(JSON.stringify(await listAudit(admin, inWorkspace))).toMatch(
      /Secret\.txt.*secret purpose|secret purpose.*Secret\.txt/,
    );
  });

  it("looks at a bounded number of entries for each page", async () => {
    const admin = await makePerson({ role: "admin" });
    const rare = await makePerson({ workspaceId: admin.workspaceId });
    await asOwner(
      `INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, created_at)
         SELECT $1, CASE WHEN n = 1 THEN 'group.deleted' ELSE 'session.opened' END, 'user', $2, now() FROM generate_series(1, 12001) n`,
      [admin.workspaceId, rare.id],
    );
    const wanted = { ...inWorkspace, actorId: rare.id, action: "group.deleted" };
    const first = await listAudit(admin, wanted);
    expect(first).toMatchObject({ items: [], nextCursor: expect.any(String) });
    const second = await listAudit(admin, { ...wanted, cursor: first.nextCursor! });
    expect(second).toMatchObject({ items: [], nextCursor: expect.any(String) });
    const third = await listAudit(admin, { ...wanted, cursor: second.nextCursor! });
    expect(third).toMatchObject({ items: [{ action: "group.deleted" }], nextCursor: null });
    // alone it has an index
    expect(await listAudit(admin, { ...inWorkspace, action: "group.deleted" })).toMatchObject({
      items: [{}],
      nextCursor: null,
    });
    expect((await listAudit(admin, { ...inWorkspace, action: "accounts" })).items).toHaveLength(50);
  });
});

async function* linesIn(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
async function read(text: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const piece of text) whole += piece;
  return whole;
}

describe("an export", () => {
  it("as JSON Lines is verified by itself: a whole workspace, and a selection that hides what its reader may not know", async () => {
    const { owner, workspaceId, collection, document } = await makeShared();
    const admin = await makePerson({ workspaceId, role: "admin" });
    await asOwner(
      `INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, resource_type, resource_id, resource_name, collection_id)
         SELECT $1, 'document.renamed', 'user', $2, 'document', $3, 'Secret ' || n || '.txt', $4 FROM generate_series(1, 300) n`,
      [workspaceId, owner.id, document.id, collection.id],
    );
    await sealEverything();
    const { verifierKeys } = await getAuditSeal(admin);
    const whole = await exportAudit(admin, { ...inWorkspace, format: "jsonl" });
    const text = await read(whole.text);
    expect(text).not.toContain("Secret");
    expect(await verifyFile(linesIn(once(text)), { verifierKeys })).toMatchObject({
      ...{ faults: [], checkpoints: 1, notes: [] },
      entries: expect.any(Number),
    });
    expect((await verifyFile(linesIn(once(text)), { verifierKeys })).proven).toBeGreaterThan(300);
    const changed = text.replace('"action":"document.renamed"', '"action":"document.viewed"');
    expect((await verifyFile(linesIn(once(changed)), { verifierKeys })).faults).toMatchObject([
      { kind: "changed" },
    ]);
    const selection = await exportAudit(owner, {
      collectionId: collection.id,
      format: "jsonl",
      action: "document.renamed",
    });
    const selected = await read(selection.text);
    expect(selected).toContain("Secret 42.txt");
    const report = await verifyFile(linesIn(once(selected)), { verifierKeys });
    expect(report).toMatchObject({ faults: [], entries: 300, proven: 300 });
    // the exports are entries themselves
    expect(await actions(admin, { ...inWorkspace, action: "audit.exported" })).toHaveLength(2);
  });

  it("as CSV is safe to open, and refused to whoever may not read the log, without an entry", async () => {
    const admin = await makePerson({ role: "admin" });
    const member = await makePerson({ workspaceId: admin.workspaceId });
    for (const name of ["=1+1", "+1", "-1", "@x", "＝1", 'a "b", c'])
      await createCollection(admin, { name, description: "" });
    const { text, filename } = await exportAudit(admin, { ...inWorkspace, format: "csv" });
    expect(filename).toMatch(/^audit-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await read(text)).split("\r\n");
    expect(lines[0]).toMatch(/^\ufefftimestamp,action,actor_kind/);
    for (const cell of ["'=1+1", "'+1", "'-1", "'@x", "'＝1", '"a ""b"", c"'])
      expect(lines.some((line) => line.includes(`,${cell},`))).toBe(true);
    expect(await outcome(exportAudit(member, { ...inWorkspace, format: "csv" }))).toBe(
      "forbidden:workspace_admin",
    );
    expect(await actions(admin, { ...inWorkspace, action: "audit.exported" })).toHaveLength(1);
  });
});

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

describe("the state of the seal", () => {
  it("is told to admins, who choose whether they get checkpoints by mail", async () => {
    const admin = await makePerson({ role: "admin" });
    expect(await getAuditSeal(admin)).toMatchObject({ sealedCount: 0, checkpoint: null, isMailed: false });
    // repeating changes nothing, before anything is sealed either
    await changeAuditSeal(admin, { isMailed: false });
    await createCollection(admin, { name: "Diaries", description: "" });
    await sealEverything();
    expect(await getAuditSeal(admin)).toMatchObject({ sealedCount: 1, checkpoint: null, isMailed: false });
    const member = await makePerson({ workspaceId: admin.workspaceId });
    expect(await getAuditSeal(admin)).toMatchObject({ isMailed: true });
    expect(await changeAuditSeal(admin, { isMailed: false })).toMatchObject({ isMailed: false });
    expect(await changeAuditSeal(admin, { isMailed: false })).toMatchObject({ isMailed: false });
    expect(await actions(admin, inWorkspace)).toEqual(["audit.mail_changed", "collection.created"]);
    expect(await outcome(getAuditSeal(member))).toBe("forbidden:workspace_admin");
    expect(await outcome(changeAuditSeal(member, { isMailed: true }))).toBe("forbidden:workspace_admin");
  });
});

import { describe, expect, it } from "vitest";
import { asOwner, makeDocument } from "#prisma/factories.ts";
import { makeShared, outcome, tally } from "#lib/sharing/test-support.ts";
import {
  changeLink,
  createLink,
  enterLink,
  getMarkedThumbnail,
  getSharedPage,
  getSharedThumbnailUrl,
  listLinks,
  meetLink,
  meetShared,
  regenerateLink,
  revokeLink,
  unlockLink,
} from "./index.ts";
import { type CreateLinkInput } from "./schema.ts";
import { passerBy } from "./test-support.ts";

const cookieOf = (cookies: string[]) => cookies.map((cookie) => cookie.split(";")[0]).join("; ");

async function makeLink(input: CreateLinkInput = {}) {
  const { owner, collection } = await makeShared();
  const document = await makeDocument(owner, collection.id);
  const link = await createLink(owner, collection, input);
  const at = (cookies: string[] = [], isPreview = false) => ({
    ...{ caller: passerBy("10.1.2.3"), token: link.token, isPreview },
    cookies: cookieOf(cookies),
  });
  return {
    ...{ owner, collection, document, link, at },
    uses: async () => (await listLinks(owner, collection)).items[0]!.useCount,
    log: () =>
      asOwner<{ action: string; metadata: object }>(
        "SELECT action, metadata FROM audit_events WHERE actor_id = $1 AND actor_kind = 'visitor' ORDER BY id",
        [link.id],
      ),
  };
}

describe("a link that asks who is reading", () => {
  it("lets nobody in without a name, and keeps the name with the visit and in the log", async () => {
    const { link, at, uses, log } = await makeLink({ allowDownload: false });
    expect(link).toMatchObject({ allowDownload: false, watermark: true });
    expect(await outcome(enterLink(at()))).toBe("forbidden:link_name");
    expect(await outcome(unlockLink(at(), {}))).toBe("invalid_input:");
    expect((await meetShared(at())).told).toMatchObject({ needsPassword: false, needsName: true });
    expect(await uses()).toBe(0);
    const cookies = await unlockLink(at(), { name: "Carla Ito" });
    expect((await enterLink(at(cookies))).visitorName).toBe("Carla Ito");
    expect([await uses(), await log()]).toEqual([
      1,
      [{ action: "link.opened", metadata: { password: false, name: "Carla Ito" } }],
    ]);
    // another name is no other visit, and is told of
    const renamed = await unlockLink(at(cookies), { name: "Ben Klein" });
    expect((await enterLink(at(renamed))).visitorName).toBe("Ben Klein");
    expect([await uses(), (await log()).at(-1)]).toEqual([
      1,
      { action: "link.visitor_named", metadata: { previous: "Carla Ito", name: "Ben Klein" } },
    ]);
  });

  it("and for a password, wants both; the longest name fits into the visit", async () => {
    const password = "correct horse battery";
    const { at } = await makeLink({ allowDownload: false, password });
    const { told } = await meetShared(at());
    expect(told).toEqual({ needsPassword: true, needsName: true });
    expect(await outcome(unlockLink(at(), { password }))).toBe("invalid_input:");
    expect(await outcome(unlockLink(at(), { name: "Carla" }))).toBe("forbidden:link_password_wrong");
    const name = "𝔐".repeat(30);
    const cookies = await unlockLink(at(), { password, name });
    expect((await enterLink(at(cookies))).visitorName).toBe(name);
    // a wrong password is no way to another name
    expect(await outcome(unlockLink(at(cookies), { password: "a wrong one", name: "X" }))).toBe(
      "forbidden:link_password_wrong",
    );
  });

  it("asks those who were in before it did, and nobody any more when downloads are allowed", async () => {
    const { owner, link, at, uses } = await makeLink();
    const { setCookies } = await enterLink(at());
    await changeLink(owner, link.id, { allowDownload: false });
    expect(await outcome(enterLink(at(setCookies)))).toBe("forbidden:link_name");
    const named = await unlockLink(at(setCookies), { name: "Carla" });
    expect([(await enterLink(at(named))).visitorName, await uses()]).toEqual(["Carla", 1]);
    const changed = await changeLink(owner, link.id, { allowDownload: true, watermark: true });
    expect(changed.watermark).toBe(false);
    expect(await outcome(enterLink(at(setCookies)))).toBe("ok");
  });

  it("gives neither the stored thumbnail nor, to whoever is not let in, a picture", async () => {
    const { document, at } = await makeLink({ allowDownload: false });
    const visit = await enterLink(at(await unlockLink(at(), { name: "Carla" })));
    await asOwner(
      `WITH o AS (INSERT INTO objects (owner_id, key, state) SELECT owner_id, owner_id || '/' || id || '/' || gen_random_uuid() || '.webp', 'stored' FROM documents WHERE id = $1 RETURNING id)
       UPDATE documents SET thumbnail_object_id = (SELECT id FROM o) WHERE id = $1`,
      [document.id],
    );
    expect(await outcome(getSharedThumbnailUrl(visit, document.id))).toBe("not_found:document");
    const other = await makeShared();
    expect(await outcome(getSharedPage(visit, other.document.id, 1))).toBe("not_found:document");
    expect(await outcome(getMarkedThumbnail(visit, other.document.id))).toBe("not_found:document");
  });
});

describe("a preview", () => {
  it("is no use, and gets no further than the card", async () => {
    const { owner, at, uses, log } = await makeLink({ maxUses: 1 });
    expect((await meetLink(at([], true))).kind).toBe("preview");
    expect((await meetShared(at([], true))).told).toMatchObject({
      needsPassword: false,
      ownerName: owner.name,
    });
    expect(await outcome(enterLink(at([], true)))).toBe("forbidden:link_preview");
    expect([await uses(), await log()]).toEqual([0, []]);
    // with a visit it is read by a person's browser, whatever that calls itself
    const { setCookies } = await enterLink(at());
    expect(await outcome(enterLink(at(setCookies, true)))).toBe("ok");
  });

  it("of a protected link tells nothing", async () => {
    const { at } = await makeLink({ password: "correct horse battery" });
    expect((await meetShared(at([], true))).told).toEqual({ needsPassword: true, needsName: false });
  });
});

describe("races", () => {
  it("regenerating while somebody reads: the old address opens nothing once it returned", async () => {
    for (let round = 0; round < 5; round++) {
      const { owner, link, at } = await makeLink();
      const { setCookies } = await enterLink(at());
      let isDone = false;
      const readers = Array.from({ length: 6 }, async () => {
        for (let turn = 0; turn < 4; turn++) {
          const startedAfter = isDone;
          const said = await outcome(enterLink(at(setCookies)));
          if (startedAfter) expect(said).toBe("not_found:link");
          else expect(["ok", "not_found:link"]).toContain(said);
        }
      });
      await regenerateLink(owner, link.id).then(() => (isDone = true));
      await Promise.all(readers);
    }
  });

  it("switching downloads off while files are asked for: none is given once it returned", async () => {
    const { getSharedContentUrl } = await import("./index.ts");
    for (let round = 0; round < 5; round++) {
      const { owner, link, document, at } = await makeLink();
      const visit = await enterLink(at());
      let isDone = false;
      const readers = Array.from({ length: 6 }, async () => {
        for (let turn = 0; turn < 4; turn++) {
          const startedAfter = isDone;
          const said = await outcome(getSharedContentUrl(visit, document.id, "inline"));
          if (startedAfter) expect(said).toBe("forbidden:link_download");
          // between the two questions that are asked of the database there is no file any more
          else expect(["ok", "forbidden:link_download", "not_found:document"]).toContain(said);
        }
      });
      await changeLink(owner, link.id, { allowDownload: false }).then(() => (isDone = true));
      await Promise.all(readers);
    }
  });

  it("naming oneself and revoking: nobody is let in once it returned", async () => {
    const { owner, link, at, uses } = await makeLink({ allowDownload: false, maxUses: 10 });
    const counts = await tally([
      ...Array.from({ length: 50 }, (_, visitor) => unlockLink(at(), { name: `Visitor ${visitor}` })),
    ]);
    expect(counts).toEqual({ ok: 10, "link_expired:link_used_up": 40 });
    expect(await uses()).toBe(10);
    await revokeLink(owner, link.id);
    expect(await outcome(unlockLink(at(), { name: "Late" }))).toBe("link_revoked:");
  });
});

import { randomInt } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { asOwner, makeDocument } from "#prisma/factories.ts";
import { transaction } from "#lib/db/index.ts";
import { setAccessMode, setVisibility } from "#lib/sharing/index.ts";
import { makeShared, outcome, tally } from "#lib/sharing/test-support.ts";
import {
  changeLink,
  createLink,
  describeShared,
  enterLink,
  getSharedContentUrl,
  meetLink,
  listLinks,
  regenerateLink,
  revokeLink,
  unlockLink,
} from "./index.ts";
import { type CreateLinkInput } from "./schema.ts";
import { passerBy } from "./test-support.ts";
import { findVisit } from "./visit-cookie.ts";

const password = "correct horse battery";
const anyAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

let shared: Awaited<ReturnType<typeof makeShared>>;
beforeAll(async () => {
  shared = await makeShared();
});

/** A link to the shared collection, and its visitors. */
async function makeLink(input: CreateLinkInput = {}) {
  const link = await createLink(shared.owner, shared.collection, input);
  const at = (cookies: string[] | null, ip = anyAddress(), token = link.token) => ({
    caller: passerBy(ip),
    token,
    // as a browser sends back what was set
    cookies: cookies && cookies.map((cookie) => cookie.split(";")[0]).join("; "),
  });
  return {
    ...link,
    at,
    enter: (cookies: string[] | null = null) => enterLink(at(cookies)),
    unlock: (guess = password, ip?: string, cookies: string[] | null = null) =>
      unlockLink(at(cookies, ip), { password: guess }),
    uses: async () =>
      (await listLinks(shared.owner, shared.collection)).items.find(({ id }) => id === link.id)!.useCount,
    log: async () =>
      (
        await asOwner<{ action: string }>(
          "SELECT action FROM audit_events WHERE actor_id = $1 AND actor_kind = 'visitor' ORDER BY id",
          [link.id],
        )
      ).map(({ action }) => action),
  };
}

describe("a visit", () => {
  it("is one browser's for a while: one use, one entry in the log, however often it reads", async () => {
    const link = await makeLink();
    const first = await link.enter();
    expect(first.setCookies).toHaveLength(1);
    expect(first.setCookies[0]).toMatch(
      /^sheaf-visit-[0-9a-f-]{36}=[\w-]{51}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    for (let count = 0; count < 3; count++)
      expect((await link.enter(first.setCookies)).setCookies).toEqual([]);
    expect([await link.uses(), await link.log()]).toEqual([1, ["link.opened"]]);
    expect((await link.enter()).setCookies).toHaveLength(1);
    expect([await link.uses(), await link.log()]).toEqual([2, ["link.opened", "link.opened"]]);
    const [row] = await asOwner<{ recent: boolean }>(
      "SELECT last_accessed_at > now() - interval '1 minute' AS recent FROM public_links WHERE id = $1",
      [link.id],
    );
    expect(row!.recent).toBe(true);
  });

  it("of one link is worth nothing at another, and what was changed in it nothing at all", async () => {
    const [one, other] = [await makeLink({ password }), await makeLink({ password })];
    const [cookie] = await one.unlock();
    expect(await outcome(one.enter([cookie!]))).toBe("ok");
    expect(await outcome(other.enter([cookie!.replace(one.id, other.id)]))).toBe("forbidden:link_password");
    const value = /=([\w-]{51})/.exec(cookie!)![1]!;
    for (const changed of [
      value.replace(/^./, (letter) => (letter === "A" ? "B" : "A")),
      value.slice(1),
      `${value}A`,
      "",
      "true",
    ])
      expect(await outcome(one.enter([cookie!.replace(value, changed)]))).toBe("forbidden:link_password");
  });

  it("takes the oldest ones of other links back where a browser has many", async () => {
    const cookies: string[] = [];
    let back: string[] = [];
    for (let count = 0; count < 18; count++) {
      const [fresh, ...rest] = (await (await makeLink()).enter([...cookies, "theme=dark"])).setCookies;
      cookies.push(fresh!);
      back = [...back, ...rest];
    }
    const named = (text: string) => text.split("=")[0];
    expect([...new Set(back.map(named))]).toEqual(cookies.slice(0, 2).map(named));
    for (const text of back) expect(text).toContain("=; Max-Age=0; Path=/");
  });

  it("ends with another token or another password, and not with what else is changed", async () => {
    const link = await makeLink({ password });
    const visit = await link.unlock();
    await changeLink(shared.owner, link.id, {
      name: "B",
      allowDownload: false,
      watermark: false,
      maxUses: 1,
      role: "commenter",
    });
    expect(await outcome(link.enter(visit))).toBe("ok");
    await changeLink(shared.owner, link.id, { password: "another password" });
    expect(await outcome(link.enter(visit))).toBe("link_expired:link_used_up");
    await changeLink(shared.owner, link.id, { maxUses: null });
    expect(await outcome(link.enter(visit))).toBe("forbidden:link_password");
    expect(await outcome(link.unlock(password))).toBe("forbidden:link_password_wrong");
    const second = await link.unlock("another password");
    const { token } = await regenerateLink(shared.owner, link.id);
    expect(await outcome(link.enter(second))).toBe("not_found:link");
    expect(await outcome(enterLink(link.at(second, undefined, token)))).toBe("forbidden:link_password");
    const third = await unlockLink(link.at(null, undefined, token), { password: "another password" });
    expect(await outcome(enterLink(link.at(third, undefined, token)))).toBe("ok");
    // uses are counted anew with the new address
    expect(await link.uses()).toBe(1);
    await changeLink(shared.owner, link.id, { password: null });
    expect((await enterLink(link.at(third, undefined, token))).setCookies).toHaveLength(1);
  });

  it("ends when it is old, whatever the browser keeps", async () => {
    const link = await makeLink({ password });
    const visit = await link.unlock();
    const now = Date.now();
    const { cookies } = link.at(visit);
    const found = { id: link.id, generation: 1 };
    expect(findVisit(found, cookies, now + 12 * 3_600_000 - 60_000)).not.toBeNull();
    expect(findVisit(found, cookies, now + 12 * 3_600_000 + 60_000)).toBeNull();
  });

  it("ends with its link: expired, revoked, in the trash, out of the mode link, protected", async () => {
    const { owner, collection, document } = await makeShared();
    await setAccessMode(owner, document.id, "link");
    const make = async (resource: typeof collection | typeof document) => {
      const link = await createLink(owner, resource, { password });
      const arrival = { caller: passerBy(anyAddress()), token: link.token, cookies: null };
      const [cookie] = await unlockLink(arrival, { password });
      return {
        id: link.id,
        enter: () => outcome(enterLink({ ...arrival, cookies: cookie!.split(";")[0]! })),
      };
    };
    const [expiring, revoked, single, around] = [
      ...[await make(collection), await make(collection), await make(document), await make(collection)],
    ] as const;
    expect(await Promise.all([expiring!, revoked!, single!, around!].map((link) => link.enter()))).toEqual(
      Array(4).fill("ok"),
    );
    await asOwner("UPDATE public_links SET expires_at = now() WHERE id = $1", [expiring!.id]);
    expect(await expiring!.enter()).toBe("link_expired:");
    await revokeLink(owner, revoked!.id);
    expect(await revoked!.enter()).toBe("link_revoked:");
    await setAccessMode(owner, document.id, "collection");
    expect(await single!.enter()).toBe("not_found:link");
    await asOwner("UPDATE collections SET deleted_at = now() WHERE id = $1", [collection.id]);
    expect(await around!.enter()).toBe("not_found:link");
    await asOwner("UPDATE collections SET deleted_at = NULL WHERE id = $1", [collection.id]);
    expect(await around!.enter()).toBe("ok");
    await setVisibility(owner, collection.id, { visibility: "private", isProtected: true });
    expect(await around!.enter()).toBe("link_revoked:");
  });
});

describe("uses", () => {
  it("are no more than there are, however many come at once", async () => {
    const link = await makeLink({ maxUses: 10 });
    const counts = await tally(Array.from({ length: 50 }, () => link.enter()));
    expect(counts).toEqual({ ok: 10, "link_expired:link_used_up": 40 });
    expect(await link.uses()).toBe(10);
    expect(await link.log()).toEqual(Array(10).fill("link.opened"));
    const listed = (await listLinks(shared.owner, shared.collection)).items.find(({ id }) => id === link.id);
    expect(listed).toMatchObject({ state: "used_up", maxUses: 10, useCount: 10 });
  });

  it("stay those who are in, and grow with the link's", async () => {
    const link = await makeLink({ maxUses: 1, password });
    const visit = await link.unlock();
    expect(await outcome(link.unlock())).toBe("link_expired:link_used_up");
    expect(await outcome(meetLink(link.at(null)))).toBe("link_expired:link_used_up");
    expect(await outcome(link.enter(visit))).toBe("ok");
    // whoever is in unlocks again for nothing
    expect(await link.unlock(password, undefined, visit)).toHaveLength(1);
    expect(await link.uses()).toBe(1);
    await changeLink(shared.owner, link.id, { maxUses: 2 });
    expect(await link.unlock()).toHaveLength(1);
    expect(await outcome(link.unlock())).toBe("link_expired:link_used_up");
  });

  it("are not taken by those who are refused", async () => {
    const link = await makeLink({ maxUses: 1, password });
    expect(await outcome(link.enter())).toBe("forbidden:link_password");
    expect(await meetLink(link.at(null))).toMatchObject({ kind: "locked", needsPassword: true });
    expect(await outcome(link.unlock("a wrong one"))).toBe("forbidden:link_password_wrong");
    expect([await link.uses(), await link.log()]).toEqual([0, ["link.password_refused"]]);
  });

  it("and revoking at the same moment: nobody is let in once it returned", async () => {
    for (let round = 0; round < 5; round++) {
      const link = await makeLink();
      let isRevoked = false;
      const visitors = Array.from({ length: 6 }, async () => {
        for (let turn = 0; turn < 4; turn++) {
          const startedAfter = isRevoked;
          const said = await outcome(link.enter());
          if (startedAfter) expect(said).toBe("link_revoked:");
          else expect(["ok", "link_revoked:"]).toContain(said);
        }
      });
      await revokeLink(shared.owner, link.id).then(() => (isRevoked = true));
      await Promise.all(visitors);
      expect(await outcome(link.enter())).toBe("link_revoked:");
    }
  });

  it("and changing the password at the same moment: the old one lets nobody in once it returned", async () => {
    for (let round = 0; round < 3; round++) {
      const link = await makeLink({ password });
      const opened = Array.from({ length: 5 }, () => link.unlock().catch(() => []));
      await changeLink(shared.owner, link.id, { password: "another password" });
      for (const visit of await Promise.all(opened)) expect(await outcome(link.enter(visit))).not.toBe("ok");
    }
  });
});

/** Calls counted before, in the window that runs and in the next one. */
const spend = (bucket: string, count: number, seconds: number) =>
  asOwner(
    `INSERT INTO rate_windows (key, started_at, count)
     SELECT $1, to_timestamp((floor(extract(epoch FROM clock_timestamp()) / $3::int) + n) * $3::int), $2 FROM generate_series(0, 1) n
     ON CONFLICT (key, started_at) DO UPDATE SET count = excluded.count`,
    [bucket, count, seconds],
  );

describe("guesses", () => {
  const spoil = (id: string) =>
    asOwner("UPDATE public_links SET password_hash = 'no hash: comparing with it fails' WHERE id = $1", [id]);

  it("end for a network at a link, at once, unhashed, and for nobody else", async () => {
    const [link, other] = [await makeLink({ password }), await makeLink({ password })];
    const ip = anyAddress();
    const counts = await tally(Array.from({ length: 25 }, () => link.unlock("a wrong one", ip)));
    expect(counts).toEqual({ "forbidden:link_password_wrong": 10, "rate_limited:link_guesses": 15 });
    expect(await outcome(link.unlock(password, ip))).toBe("rate_limited:link_guesses");
    // from elsewhere, and at another link, it goes on
    expect(await outcome(link.unlock(password))).toBe("ok");
    expect(await outcome(other.unlock(password, ip))).toBe("ok");
    await spoil(link.id);
    expect(await outcome(link.unlock(password, ip))).toBe("rate_limited:link_guesses");
    await expect(link.unlock(password)).rejects.toThrow();
  });

  it("of a whole IPv6 network are one caller's", async () => {
    const link = await makeLink({ password });
    const network = `2001:db8:${randomInt(65536).toString(16)}:${randomInt(65536).toString(16)}`;
    const counts = await tally(
      Array.from({ length: 14 }, (_, host) => link.unlock("a wrong one", `${network}::${host.toString(16)}`)),
    );
    expect(counts).toEqual({ "forbidden:link_password_wrong": 10, "rate_limited:link_guesses": 4 });
  });

  it("of one network at all links end, and those links stay open to others", async () => {
    const [link, other] = [await makeLink({ password }), await makeLink({ password })];
    const ip = anyAddress();
    await spend(`linkGuess:network:${ip}`, 28, 900);
    const counts = await tally([link, other, link, other].map((one) => one.unlock("a wrong one", ip)));
    expect(counts).toEqual({ "forbidden:link_password_wrong": 2, "rate_limited:link_guesses": 2 });
    for (const one of [link, other]) expect(await outcome(one.unlock())).toBe("ok");
  });

  it("of all networks at one link end, and other links stay open", async () => {
    const [link, other] = [await makeLink({ password }), await makeLink({ password })];
    const visit = await link.unlock();
    await spend(`linkGuess:link:${link.id}`, 118, 3600);
    const counts = await tally(Array.from({ length: 4 }, () => link.unlock("a wrong one")));
    expect(counts).toEqual({ "forbidden:link_password_wrong": 2, "rate_limited:link_guesses": 2 });
    expect(await outcome(link.unlock())).toBe("rate_limited:link_guesses");
    expect(await outcome(other.unlock())).toBe("ok");
    // whoever is in stays in
    expect(await outcome(link.enter(visit))).toBe("ok");
  });

  it("that are right cost nothing: a hall full of people gets in from one address", async () => {
    const link = await makeLink({ password });
    const ip = anyAddress();
    await spend(`linkGuess:network:${ip}`, 29, 900);
    for (let visitor = 0; visitor < 12; visitor++)
      expect(await outcome(link.unlock(password, ip))).toBe("ok");
    expect(await outcome(link.unlock("a wrong one", ip))).toBe("forbidden:link_password_wrong");
    expect(await outcome(link.unlock(password, ip))).toBe("rate_limited:link_guesses");
  });
});

describe("a link for looking alone", () => {
  it("gives nobody the file, whoever asks with the visitor's hand and however", async () => {
    const { owner, collection } = await makeShared();
    const document = await makeDocument(owner, collection.id);
    const link = await createLink(owner, collection, { allowDownload: false, watermark: false });
    const visit = await enterLink({ caller: passerBy(), token: link.token, cookies: null });
    expect(await describeShared(visit)).toMatchObject({
      allowDownload: false,
      resource: { type: "collection" },
    });
    const outcomes = () =>
      Promise.all(
        (["inline", "attachment"] as const).map((way) =>
          outcome(getSharedContentUrl(visit, document.id, way)),
        ),
      );
    expect(await outcomes()).toEqual(Array(2).fill("forbidden:link_download"));
    await changeLink(owner, link.id, { allowDownload: true });
    expect(await outcomes()).toEqual(["ok", "ok"]);
    const log = await asOwner<{ action: string }>(
      "SELECT action FROM audit_events WHERE actor_id = $1 AND resource_id = $2 ORDER BY id",
      [link.id, document.id],
    );
    expect(log.map(({ action }) => action)).toHaveLength(2);
  });
});

it("nothing of a visit is anybody's but the visitor's", async () => {
  const link = await makeLink({ password });
  for (const actor of [shared.owner, { kind: "everyone" }, { kind: "system" }] as const) {
    const asked = await transaction(actor, async (tx) => ({
      begun: await tx.$queryRaw`SELECT app.begin_visit(1) AS begun`,
      secret: await tx.$queryRaw`SELECT * FROM app.link_password()`,
    }));
    expect(asked).toEqual({ begun: [{ begun: false }], secret: [] });
  }
  expect(await link.uses()).toBe(0);
});

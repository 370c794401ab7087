import { beforeAll, describe, expect, it } from "vitest";
import { createCollection } from "#lib/collections/index.ts";
import { outcome } from "#lib/sharing/test-support.ts";
import { asOwner, makeDocument, makePerson, missingId, type Person, quotaTruth } from "#prisma/factories.ts";
import { exportQuotas, listQuotas, quotaHistory, setQuota, summarizeQuotas } from "./admin.ts";
import type { ListQuotasInput } from "./schema.ts";
import { getQuota } from "./index.ts";

let admin: Person;
let member: Person;
const list = (input: Partial<ListQuotasInput> = {}) =>
  listQuotas(admin, { state: "all", sort: "storage", ...input });
const found = async (id: string) => {
  const { email } = (await asOwner<{ email: string }>("SELECT email FROM users WHERE id = $1", [id]))[0]!;
  return (await list({ q: email })).items.find((person) => person.id === id)!;
};
/** Sets a counter and its ledger as if it had been charged. */
const use = async ({ id }: Person, bytes: number) => {
  await asOwner("UPDATE user_quotas SET storage_bytes_used = storage_bytes_used + $2 WHERE user_id = $1", [
    id,
    bytes,
  ]);
  await asOwner(
    "INSERT INTO quota_ledger (user_id, cause, storage_bytes) VALUES ($1, gen_random_uuid()::text, $2)",
    [id, bytes],
  );
};
const freeBytes = 5 * 1024 ** 3;

beforeAll(async () => {
  admin = await makePerson({ role: "admin" });
  await asOwner("UPDATE users SET is_system_admin = true WHERE id = $1", [admin.id]);
  member = await makePerson({ role: "admin" });
});

describe("everybody's quotas", () => {
  it("are for who runs the instance alone", async () => {
    const suspended = await makePerson({ role: "admin" });
    await asOwner("UPDATE users SET is_system_admin = true, suspended_at = now() WHERE id = $1", [
      suspended.id,
    ]);
    for (const person of [member, suspended]) {
      for (const call of [
        () => listQuotas(person, { state: "all", sort: "storage" }),
        () => summarizeQuotas(person, { days: 30 }),
        () => quotaHistory(person, { days: 30 }),
        () => exportQuotas(person, { state: "all", sort: "name" }),
        () => setQuota(person, person.id, { tier: "pro", reason: "I would like it" }),
      ])
        expect(await outcome(call())).toBe("forbidden:system_admin");
    }
    expect((await getQuota(member)).tier).toBe("free");
  });

  it("tell of a person what they use and may use, and no name of what it is", async () => {
    const collection = await createCollection(member, { name: "Secret plans", description: "" });
    const document = await makeDocument(member, collection.id);
    const person = await found(member.id);
    expect(person).toMatchObject({
      id: member.id,
      tier: "free",
      collections: { used: 1, limit: 20 },
      documents: { used: 1, limit: 500 },
      storageBytes: { used: document.sizeBytes, limit: freeBytes },
      pdfJobsPerDay: { used: 0, limit: 10 },
      collaboratorsPerCollection: { limit: 50 },
      overrides: { storageBytes: null, endsAt: null, reason: null },
    });
    const csv = await exportQuotas(admin, { state: "all", sort: "name" });
    let text = "";
    for await (const piece of csv.text) text += piece;
    expect(text).toContain(member.email);
    expect(text + JSON.stringify(await list())).not.toContain("Secret plans");
    expect(text).not.toContain(document.name);
  });

  it("are listed by what is used, how full it is or name, page by page, each person once", async () => {
    const people = [];
    for (let n = 0; n < 60; n += 1) people.push(await makePerson());
    for (const [n, person] of people.entries()) await use(person, (n % 7) * 1000);
    for (const sort of ["storage", "share", "name"] as const) {
      const seen = [];
      for (let cursor: string | undefined, first = true; first || cursor; first = false) {
        const page = await list({ sort, ...(cursor && { cursor }) });
        seen.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      }
      const [total] = await asOwner<{ count: number }>("SELECT count(*)::int FROM users");
      expect(new Set(seen.map(({ id }) => id)).size).toBe(total!.count);
      expect(seen).toHaveLength(total!.count);
      const values = seen.map((person) =>
        sort === "storage" ? person.storageBytes.used : (person.share ?? Infinity),
      );
      if (sort !== "name") expect(values).toEqual(values.toSorted((a, b) => b - a));
    }
    expect(await outcome(list({ cursor: "x" }))).toBe("invalid_input:");
    const { nextCursor } = await list({ sort: "name" });
    expect(await outcome(list({ sort: "storage", cursor: nextCursor! }))).toBe("invalid_input:");
  });

  it("are narrowed to those near a limit or over it, to a tier, and to a part of a name", async () => {
    const [near, full, over] = [await makePerson(), await makePerson(), await makePerson()];
    await use(near, freeBytes * 0.8);
    await use(full, freeBytes);
    await use(over, freeBytes + 1);
    const idsOf = async (input: Partial<ListQuotasInput>) => (await list(input)).items.map(({ id }) => id);
    expect(await idsOf({ state: "near" })).toEqual([full.id, near.id]);
    expect(await idsOf({ state: "over" })).toEqual([over.id]);
    await setQuota(admin, over.id, { tier: "pro", reason: "Paid" });
    expect(await idsOf({ state: "over" })).toEqual([]);
    expect(await idsOf({ tier: "pro" })).toEqual([over.id]);
    expect(await idsOf({ q: over.email.slice(0, 20).toUpperCase() })).toEqual([over.id]);
    expect(await idsOf({ q: "%" })).toEqual([]);
  });
});

describe("the figures of everybody", () => {
  it("are the sums of the list", async () => {
    const summary = await summarizeQuotas(admin, { days: 30 });
    const [truth] = await asOwner<{ people: number; bytes: string; documents: string }>(
      "SELECT count(*)::int AS people, sum(storage_bytes_used) AS bytes, sum(documents_used) AS documents FROM user_quotas",
    );
    expect(summary).toMatchObject({
      people: truth!.people,
      storageBytes: Number(truth!.bytes),
      documents: Number(truth!.documents),
      near: (await list({ state: "near" })).items.length,
      over: (await list({ state: "over" })).items.length,
    });
    expect(summary.distribution.reduce((sum, n) => sum + n, 0)).toBe(truth!.people);
    expect(summary.tiers.map(({ name }) => name)).toEqual(["free", "pro"]);
    expect(summary.tiers.reduce((sum, { people }) => sum + people, 0)).toBe(truth!.people);
    expect(summary.topUploaders).toHaveLength(5);
    const uploaded = summary.topUploaders.map(({ storageBytes }) => storageBytes);
    expect(uploaded).toEqual(uploaded.toSorted((a, b) => b - a));
  });

  it("grow as the ledger says, day by day, and tell what was refused", async () => {
    const person = await makePerson();
    const before = (await quotaHistory(admin, { days: 7 })).days;
    await use(person, 700);
    await asOwner(
      "INSERT INTO quota_ledger (id, user_id, cause, storage_bytes, created_at) VALUES (uuidv7(interval '-3 days'), $1, 'three days ago', 300, now() - interval '3 days')",
      [person.id],
    );
    await asOwner("UPDATE user_quotas SET storage_bytes_used = storage_bytes_used + 300 WHERE user_id = $1", [
      person.id,
    ]);
    await asOwner(
      "INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id) SELECT workspace_id, 'quota.refused', 'user', id FROM users WHERE id = $1",
      [person.id],
    );
    const { days } = await quotaHistory(admin, { days: 7 });
    expect(days).toHaveLength(7);
    expect(days.map(({ day }) => day)).toEqual(days.map(({ day }) => day).toSorted());
    const grown = days.map(({ storageBytes }, at) => storageBytes - before[at]!.storageBytes);
    expect(grown).toEqual([0, 0, 0, 300, 300, 300, 1000]);
    expect(days.at(-1)!.refusals).toBe(before.at(-1)!.refusals + 1);
    expect((await summarizeQuotas(admin, { days: 7 })).refusals).toBe(
      days.reduce((sum, { refusals }) => sum + refusals, 0),
    );
  });
});

describe("another tier, or limits of one's own", () => {
  it("hold at once, end by themselves, and are in the log with the reason", async () => {
    const person = await makePerson({ role: "admin" });
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const now = await setQuota(admin, person.id, {
      tier: "pro",
      overrides: { collections: 1, storageBytes: null },
      reason: "Pilot of the library",
      endsAt,
    });
    expect(now).toMatchObject({
      tier: "pro",
      collections: { limit: 1 },
      overrides: { collections: 1, endsAt },
    });
    expect(await getQuota(person)).toMatchObject({ tier: "pro", collections: { used: 0, limit: 1 } });
    await createCollection(person, { name: "One", description: "" });
    expect(await outcome(createCollection(person, { name: "Two", description: "" }))).toBe("quota_exceeded:");

    const [entry] = await asOwner(
      "SELECT actor_id, resource_id, workspace_id, metadata FROM audit_events WHERE action = 'quota.changed' AND subject_id = $1",
      [person.id],
    );
    expect(entry).toMatchObject({
      actor_id: admin.id,
      resource_id: person.id,
      metadata: {
        previous: { tier: "free" },
        new: { tier: "pro", collections: 1 },
        reason: "Pilot of the library",
      },
    });

    await asOwner(
      "UPDATE user_quotas SET overrides_end_at = now() - interval '1 second' WHERE user_id = $1",
      [person.id],
    );
    expect(await found(person.id)).toMatchObject({
      collections: { used: 1, limit: 500 },
      overrides: { collections: null, endsAt: null, reason: null },
    });
    await createCollection(person, { name: "Two", description: "" });
    // what ended does not come back by a change of something else
    const later = await setQuota(admin, person.id, { overrides: { documents: 7 }, reason: "Fewer" });
    expect(later.overrides).toMatchObject({ collections: null, documents: 7, endsAt: null, reason: "Fewer" });
    const bare = await setQuota(admin, person.id, { overrides: { documents: null }, reason: "As everybody" });
    expect(bare.overrides).toMatchObject({ documents: null, reason: null });
  });

  it("take nothing away: less than what is used only keeps more from coming", async () => {
    const person = await makePerson({ role: "admin" });
    const { id } = await createCollection(person, { name: "One", description: "" });
    await makeDocument(person, id);
    await setQuota(admin, person.id, { overrides: { documents: 0, storageBytes: 0 }, reason: "Closing" });
    expect(await found(person.id)).toMatchObject({ share: null, documents: { used: 1, limit: 0 } });
    const truth = await quotaTruth(person.id);
    expect(truth.counter).toEqual(truth.rows);
    await createCollection(person, { name: "Two", description: "" });
  });

  it("are given to people there are, of tiers there are", async () => {
    expect(await outcome(setQuota(admin, missingId(), { tier: "pro", reason: "x" }))).toBe(
      "not_found:person",
    );
    expect(await outcome(setQuota(admin, member.id, { tier: "gold", reason: "x" }))).toBe("not_found:tier");
  });

  it("race with what is charged: never more than one of both limits allows", async () => {
    const person = await makePerson({ role: "admin" });
    await setQuota(admin, person.id, { overrides: { collections: 30 }, reason: "Room" });
    const outcomes = await Promise.all([
      ...Array.from({ length: 12 }, (_, n) =>
        outcome(createCollection(person, { name: `C ${n}`, description: "" })),
      ),
      outcome(setQuota(admin, person.id, { overrides: { collections: 5 }, reason: "Less" })),
      ...Array.from({ length: 12 }, (_, n) =>
        outcome(createCollection(person, { name: `D ${n}`, description: "" })),
      ),
    ]);
    const made = outcomes.filter((one, at) => at !== 12 && one === "ok").length;
    const truth = await quotaTruth(person.id);
    expect(outcomes[12]).toBe("ok");
    expect(truth.counter.collections).toBe(made);
    expect(truth.rows.collections).toBe(made);
    // whoever came after the change was held to it
    expect(await outcome(createCollection(person, { name: "More", description: "" }))).toBe(
      made >= 5 ? "quota_exceeded:" : "ok",
    );
  });

  it("leave no drift behind", async () => {
    const drift = await asOwner(
      "SELECT d.* FROM set_config('app.actor_kind', 'system', true), app.quota_drift() d WHERE d.email NOT IN (SELECT email FROM users u JOIN quota_ledger l ON l.user_id = u.id WHERE l.documents = 0 AND l.storage_bytes > 0)",
    );
    expect(drift).toEqual([]);
  });
});

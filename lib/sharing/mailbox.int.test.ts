import { describe, expect, it } from "vitest";
import { randomBytes } from "node:crypto";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { grant, listGrants, revoke } from "./index.ts";
import { makeShared, outcome, tally } from "./test-support.ts";

const name = () => randomBytes(6).toString("hex");
const withEmail = async (email: string) => {
  const person = await makePerson();
  await asOwner("UPDATE users SET email = $2, email_normalized = lower($2) WHERE id = $1", [
    person.id,
    email,
  ]);
  return { ...person, email };
};

describe("a Gmail mailbox", () => {
  it("is invited once, however its address is dotted, tagged or spelled", async () => {
    const { owner, collection, document } = await makeShared();
    const box = name();
    await grant(owner, collection, { email: `${box}@gmail.com`, role: "viewer" });
    const dotted = `${box.slice(0, 3)}.${box.slice(3)}`;
    for (const email of [
      `${dotted}@gmail.com`,
      `${box}+work@gmail.com`,
      `${dotted.toUpperCase()}+a.b@GoogleMail.com`,
    ]) {
      const refusal = await grant(owner, collection, { email, role: "editor" }).catch(
        (error: unknown) => error,
      );
      expect(refusal).toMatchObject({
        code: "conflict",
        reason: "same_mailbox",
        details: { address: `${box}@gmail.com` },
      });
    }
    // the same address still changes its role, and another resource has invitations of its own
    expect(await outcome(grant(owner, collection, { email: `${box}@gmail.com`, role: "editor" }))).toBe("ok");
    expect(await outcome(grant(owner, document, { email: `${dotted}@gmail.com`, role: "viewer" }))).toBe(
      "ok",
    );
    expect((await listGrants(owner, collection)).items).toHaveLength(2);
  });

  it("answers alike whether or not either address has an account, and gives none of them the other's", async () => {
    for (const [first, second] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const { owner, collection } = await makeShared();
      const box = name();
      const [one, other] = [`${box}@gmail.com`, `${box}+x@gmail.com`];
      if (first) await withEmail(one);
      const person = second ? await withEmail(other) : null;
      await grant(owner, collection, { email: one, role: "viewer" });
      expect(await outcome(grant(owner, collection, { email: other, role: "editor" }))).toBe(
        "conflict:same_mailbox",
      );
      if (person)
        expect(await asOwner("SELECT FROM permissions WHERE user_id = $1", [person.id])).toEqual([]);
    }
  });

  it("can be invited under another address once the first has gone", async () => {
    const { owner, collection } = await makeShared();
    const box = name();
    const { id } = await grant(owner, collection, { email: `${box}@gmail.com`, role: "viewer" });
    await revoke(owner, collection, id);
    expect(await outcome(grant(owner, collection, { email: `${box}+x@gmail.com`, role: "viewer" }))).toBe(
      "ok",
    );
  });

  it("is invited once, however parallel", async () => {
    const { owner, collection } = await makeShared();
    const box = name();
    const counts = await tally(
      Array.from({ length: 8 }, (_, at) =>
        grant(owner, collection, { email: `${box}+${at}@gmail.com`, role: "viewer" }),
      ),
    );
    expect(counts).toEqual({ ok: 1, "conflict:same_mailbox": 7 });
  });
});

it("other mail servers may mean what they like by dots and plus signs", async () => {
  const { owner, collection } = await makeShared();
  const box = name();
  for (const email of [
    `${box}@example.net`,
    `${box}+x@example.net`,
    `${box.slice(0, 3)}.${box.slice(3)}@example.net`,
  ])
    expect(await outcome(grant(owner, collection, { email, role: "viewer" }))).toBe("ok");
});

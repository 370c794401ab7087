import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner, makeDocument, makePerson, missingId } from "#prisma/factories.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { createCollection, getCollection, listCollections } from "#lib/collections/index.ts";
import { transaction } from "#lib/db/index.ts";
import { getDocument } from "#lib/documents/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { addCollaborator, changeGrant, listGrants, revoke } from "./index.ts";
import { emailSchema } from "./schema.ts";
import { normalizeEmail } from "./values.ts";

const address = () => `${randomBytes(6).toString("hex")}@example.net`;
async function shared(limits?: Parameters<typeof makePerson>[0]) {
  const owner = await makePerson(limits);
  const collection = await createCollection(owner, { name: "Letters", description: "" });
  return { owner, id: collection.id };
}
const collection = (id: string) => ({ type: "collection", id }) as const;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: AppError) => error.code,
  );
const claim = (person: UserActor) =>
  transaction(system, (tx) => tx.$queryRaw`SELECT app.claim_invitations(${person.id}::uuid)`);

describe("adding", () => {
  it("answers alike for an account and for an unknown address, and the list tells neither", async () => {
    const { owner, id } = await shared();
    const known = await makePerson();
    const answers = [
      await addCollaborator(owner, id, { email: known.email, role: "viewer" }),
      await addCollaborator(owner, id, { email: address(), role: "viewer" }),
    ];
    expect(answers.map((answer) => Object.keys(answer))).toEqual([
      ["id", "email", "role", "expiresAt"],
      ["id", "email", "role", "expiresAt"],
    ]);
    const { items } = await listGrants(owner, collection(id));
    const shown = items
      .filter(({ isOwner }) => !isOwner)
      .map(({ name, userId, isPending }) => ({ name, userId, isPending }));
    expect(shown).toEqual(Array(2).fill({ name: null, userId: null, isPending: true }));
    await getCollection(known, id);
    const opened = (await listGrants(owner, collection(id))).items.find(({ email }) => email === known.email);
    expect(opened).toMatchObject({
      name: known.name,
      userId: known.id,
      isPending: false,
      grantedBy: { id: owner.id },
    });
  });

  it("keeps one live grant however parallel it is", async () => {
    const { owner, id } = await shared();
    const known = await makePerson();
    const unknown = address();
    const both = [known.email, unknown].flatMap((email) =>
      Array.from({ length: 10 }, () => addCollaborator(owner, id, { email, role: "editor" })),
    );
    const ids = (await Promise.all(both)).map((answer) => answer.id);
    expect(new Set(ids).size).toBe(2);
    expect((await listGrants(owner, collection(id))).items).toHaveLength(3);
  });

  it("turns an invitation into a grant with the same id, also when account and invitation are made at the same time", async () => {
    for (let round = 0; round < 8; round++) {
      const { owner, id } = await shared();
      const newcomer = await makePerson({ isVerified: false });
      const verify = () =>
        asOwner("UPDATE users SET email_verified_at = now() WHERE id = $1", [newcomer.id]).then(() =>
          claim(newcomer),
        );
      const [added] = await Promise.all([
        addCollaborator(owner, id, { email: newcomer.email.toUpperCase(), role: "editor" }),
        verify(),
      ]);
      await claim(newcomer);
      expect(await getCollection(newcomer, id)).toMatchObject({ role: "editor" });
      const { items } = await listGrants(owner, collection(id));
      expect(items.map((item) => item.id)).toContain(added.id);
      expect(items).toHaveLength(2);
    }
  });

  it("means the same address as the database, whatever its letters; those that could be two are none", async () => {
    const letters = Array.from({ length: 0x110000 }, (_, at) => String.fromCodePoint(at))
      .filter((letter) => letter.isWellFormed() && letter.toLowerCase() !== letter)
      .filter((letter) => emailSchema.safeParse(`a${letter}@example.net`).success);
    const addresses = [...letters.map((letter) => `a${letter}`), "ΟΔΟΣ", "ΣΑΣ.ΣΑΣ"];
    const lowered = await asOwner<{ one: string; low: string }>(
      "SELECT one, lower(one) AS low FROM unnest($1::text[]) one",
      [addresses],
    );
    // what the database's edition of Unicode takes for no letter stays apart: nobody gets what was another's
    expect(lowered.filter(({ one, low }) => normalizeEmail(one) !== low && low !== one)).toEqual([]);
    for (const unclear of ["İlker", "an\u034Fna", "an\uFE0Fna", "an\u1160na"])
      expect(emailSchema.safeParse(`${unclear}@example.net`).success, unclear).toBe(false);
  });

  it("gives nothing to an address that is not proven", async () => {
    const { owner, id } = await shared();
    const unproven = await makePerson({ isVerified: false });
    await addCollaborator(owner, id, { email: unproven.email, role: "viewer" });
    await claim(unproven);
    expect(await codeOf(getCollection(unproven, id))).toBe("forbidden");
  });

  it("stops at the owner's limit, pending ones counted, however parallel", async () => {
    const { owner, id } = await shared({ limits: { collaborators: 5 } });
    const settled = await Promise.all(
      Array.from({ length: 12 }, () =>
        codeOf(addCollaborator(owner, id, { email: address(), role: "viewer" })),
      ),
    );
    expect(settled.filter((code) => code === "ok")).toHaveLength(5);
    expect(settled.filter((code) => code === "quota_exceeded")).toHaveLength(7);
  });
});

describe("changing and removing", () => {
  it("takes effect at the next call", async () => {
    const { owner, id } = await shared();
    const document = await makeDocument(owner, id);
    const reader = await makePerson();
    const grant = await addCollaborator(owner, id, { email: reader.email, role: "viewer" });
    expect(await codeOf(getDocument(reader, document.id))).toBe("ok");
    expect((await listCollections(reader, { scope: "shared" })).items.map((item) => item.id)).toEqual([id]);
    expect((await changeGrant(owner, collection(id), grant.id, { role: "editor" })).role).toBe("editor");
    expect((await getCollection(reader, id)).abilities).toMatchObject({
      canCreateDocuments: true,
      canShare: false,
    });
    await revoke(owner, collection(id), grant.id);
    expect(await codeOf(getDocument(reader, document.id))).toBe("not_found");
    expect(await codeOf(getCollection(reader, id))).toBe("forbidden");
    expect(await codeOf(revoke(owner, collection(id), grant.id))).toBe("not_found");
  });

  it("ends by itself when the time comes", async () => {
    const { owner, id } = await shared();
    const reader = await makePerson();
    const soon = new Date(Date.now() + 60_000).toISOString();
    const grant = await addCollaborator(owner, id, { email: reader.email, role: "viewer", expiresAt: soon });
    expect(grant.expiresAt).toBe(soon);
    expect(await codeOf(getCollection(reader, id))).toBe("ok");
    await asOwner("UPDATE permissions SET expires_at = now() - interval '1 second' WHERE id = $1", [
      grant.id,
    ]);
    expect(await codeOf(getCollection(reader, id))).toBe("forbidden");
    const past = new Date(Date.now() - 1000).toISOString();
    expect(
      await codeOf(addCollaborator(owner, id, { email: reader.email, role: "viewer", expiresAt: past })),
    ).toBe("invalid_input");
  });

  it("never takes the owner's access away", async () => {
    const { owner, id } = await shared();
    const coOwner = await makePerson();
    await addCollaborator(owner, id, { email: coOwner.email, role: "owner" });
    const { items } = await listGrants(owner, collection(id));
    const own = items.find(({ isOwner }) => isOwner)!;
    for (const actor of [owner, coOwner]) {
      expect(await codeOf(revoke(actor, collection(id), own.id))).toBe("forbidden");
      expect(await codeOf(changeGrant(actor, collection(id), own.id, { role: "viewer" }))).toBe("forbidden");
    }
    expect(await codeOf(getCollection(owner, id))).toBe("ok");
  });

  it("lets people leave by themselves, and manage nobody else", async () => {
    const { owner, id } = await shared();
    const [editor, other] = [await makePerson(), await makePerson()];
    const mine = await addCollaborator(owner, id, { email: editor.email, role: "editor" });
    const theirs = await addCollaborator(owner, id, { email: other.email, role: "viewer" });
    expect(await codeOf(listGrants(editor, collection(id)))).toBe("ok");
    expect(await codeOf(listGrants(other, collection(id)))).toBe("forbidden");
    expect(await codeOf(addCollaborator(editor, id, { email: address(), role: "viewer" }))).toBe("forbidden");
    expect(await codeOf(changeGrant(editor, collection(id), theirs.id, { role: "editor" }))).toBe(
      "forbidden",
    );
    expect(await codeOf(revoke(editor, collection(id), theirs.id))).toBe("forbidden");
    expect(await codeOf(changeGrant(editor, collection(id), mine.id, { role: "owner" }))).toBe("forbidden");
    expect(await codeOf(revoke(editor, collection(id), mine.id))).toBe("ok");
    expect(await codeOf(getCollection(editor, id))).toBe("forbidden");
    expect(await codeOf(listGrants(owner, collection(missingId())))).toBe("forbidden");
  });
});

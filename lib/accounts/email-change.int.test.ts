import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { authenticate } from "#lib/auth/index.ts";
import { changeEmail, getSettings } from "./index.ts";
import { browser, eventually, mailsTo, registered, signedIn } from "./test-support.ts";

const newAddress = () => `${randomUUID()}@new.example.org`;
const subjectsTo = async (email: string) => (await mailsTo(email)).map(({ subject }) => subject);
const auditOf = (userId: string, action: string) =>
  asOwner<{ metadata: object }>("SELECT metadata FROM audit_events WHERE actor_id = $1 AND action = $2", [
    userId,
    action,
  ]);

describe("without mail", () => {
  it("holds at once, ends other sessions and tells the old address", async () => {
    const { person, client, actor, sessionId } = await signedIn();
    const other = browser();
    await other.signIn(person);
    const email = newAddress();
    await expect(changeEmail(actor, sessionId, { email, password: "not it" })).rejects.toMatchObject({
      reason: "wrong_password",
    });
    const { password } = person;
    expect(await changeEmail(actor, sessionId, { email, password })).toEqual({
      email,
      isConfirmationNeeded: false,
    });
    expect((await authenticate(client.headers())).actor.kind).toBe("user");
    expect((await authenticate(other.headers())).actor.kind).toBe("everyone");
    expect((await browser().signIn(person)).status).toBe(401);
    expect((await browser().signIn({ email: email.toUpperCase(), password })).status).toBe(200);
    await eventually(
      async () => (await subjectsTo(person.email)).includes("Your address is changed") || null,
    );
    expect(await auditOf(actor.id, "email.changed")).toEqual([
      { metadata: { from: person.email, to: email } },
    ]);
  });

  it("answers an address that is taken alike, and leaves both as they are", async () => {
    const [{ person, actor, sessionId }, taken] = [await signedIn(), await registered()];
    const { password } = person;
    const email = taken.email.toUpperCase();
    const answer = await changeEmail(actor, sessionId, { email, password });
    expect(answer).toEqual({ email, isConfirmationNeeded: false });
    expect((await getSettings(actor)).profile.email).toBe(person.email);
    expect((await browser().signIn(taken)).status).toBe(200);
    await eventually(
      async () => (await subjectsTo(taken.email)).includes("You already have an account") || null,
    );
  });

  it("gives an address to one of two who want it at once", async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    const email = newAddress();
    await Promise.all(
      [one, other].map(({ actor, sessionId, person }) =>
        changeEmail(actor, sessionId, { email, password: person.password }),
      ),
    );
    const addresses = await Promise.all(
      [one, other].map(async ({ actor }) => (await getSettings(actor)).profile.email),
    );
    expect(addresses.filter((address) => address === email)).toHaveLength(1);
  });

  it("refuses one's own address, and more than ten askings an hour", async () => {
    const { person, actor, sessionId } = await signedIn();
    const { password } = person;
    await expect(changeEmail(actor, sessionId, { email: person.email, password })).rejects.toMatchObject({
      details: { errors: [{ path: "email", message: "same_email" }] },
    });
    for (let round = 0; round < 9; round++)
      await changeEmail(actor, sessionId, { email: newAddress(), password: "no" }).catch(() => {});
    await expect(changeEmail(actor, sessionId, { email: newAddress(), password })).rejects.toMatchObject({
      code: "rate_limited",
    });
  });

  it("claims what waits for the new address", async () => {
    const { person, actor, sessionId } = await signedIn();
    const email = newAddress();
    const collectionId = await invite(email);
    await changeEmail(actor, sessionId, { email, password: person.password });
    const grants = await asOwner("SELECT FROM permissions WHERE collection_id = $1 AND user_id = $2", [
      collectionId,
      actor.id,
    ]);
    expect(grants).toHaveLength(1);
  });
});

/** Somebody else's collection that the address is invited to. */
async function invite(email: string) {
  const { actor } = await signedIn();
  const [row] = await asOwner<{ id: string }>(
    `INSERT INTO collections (workspace_id, owner_id, name) SELECT workspace_id, id, 'Shared' FROM users WHERE id = $1 RETURNING id`,
    [actor.id],
  );
  await asOwner(
    `INSERT INTO invitations (email, email_normalized, collection_id, role_id, invited_by_id)
     SELECT $1, $1, $2, id, $3 FROM roles WHERE name = 'viewer' AND workspace_id IS NULL`,
    [email, row!.id, actor.id],
  );
  return row!.id;
}

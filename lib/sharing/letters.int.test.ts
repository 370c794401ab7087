import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner, makePerson, missingId } from "#prisma/factories.ts";
import { system, type UserActor } from "#lib/authz/actor.ts";
import { getCollection } from "#lib/collections/index.ts";
import { transaction } from "#lib/db/index.ts";
import { listMails } from "#lib/mail/index.ts";
import { notify } from "#lib/notifications/index.ts";
import { forgetRefusal } from "#lib/rate-limit/memory.ts";
import { grant, listGrants, resendLetter, revoke, setAccessMode } from "./index.ts";
import { sendInvitation } from "./letters.ts";
import { grantInputSchema } from "./schema.ts";
import { address, makeGroup, makeShared, outcome, tally } from "./test-support.ts";

const message = "Please read <b>page 3</b> first.\nhttps://example.net/x & more";
const claim = (person: UserActor) =>
  transaction(system, (tx) => tx.$queryRaw`SELECT app.claim_invitations(${person.id}::uuid)`);
const mailsTo = async (email: string) => (await listMails(10_000)).filter(({ to }) => to === email);
const reminders = (id: string) =>
  asOwner<{ id: string }>(
    "SELECT data->>'reminderId' AS id FROM outbox WHERE name = 'collaborator/reminded' AND data->>'collaboratorId' = $1",
    [id],
  );
/** The letter of a while ago, so that another may go out. */
const passAMinute = (id: string) =>
  asOwner(
    "WITH p AS (UPDATE permissions SET letter_at = letter_at - interval '61 seconds' WHERE id = $1) UPDATE invitations SET letter_at = letter_at - interval '61 seconds' WHERE id = $1",
    [id],
  );
const used = async (person: UserActor) =>
  (
    await asOwner<{ count: number }>("SELECT count FROM rate_windows WHERE key = $1", [
      `invitationMail:${person.id}`,
    ])
  )[0]?.count ?? 0;

describe("a message to those who are invited", () => {
  it("is in the letter as plain text, whether or not the address has an account, and in no audit entry", async () => {
    const { owner, collection } = await makeShared();
    const reader = await makePerson();
    await asOwner("UPDATE users SET language = 'de' WHERE id = $1", [reader.id]);
    for (const email of [address(), reader.email]) {
      const { id } = await grant(owner, collection, { email, role: "viewer", message });
      expect(await sendInvitation(id, randomUUID())).toBe("sent");
      const [mail] = await mailsTo(email);
      expect(mail!.html).toContain("Please read &lt;b&gt;page 3&lt;/b&gt; first.<br>");
      expect(mail!.html).not.toContain("https://example.net");
      expect(mail!.text).toContain("> Please read <b>page 3</b> first.\n> example.net/x & more");
    }
    expect((await mailsTo(reader.email))[0]!.text).toContain("hat dich");
    const entries = await asOwner<{ metadata: { hasMessage?: boolean } }>(
      "SELECT metadata FROM audit_events WHERE resource_id = $1 AND action = 'permission.granted'",
      [collection.id],
    );
    expect(entries.map(({ metadata }) => metadata.hasMessage)).toEqual([true, true]);
    expect(JSON.stringify(entries)).not.toContain("page 3");
  });

  it("reaches the people of a group with their notice", async () => {
    const { owner, workspaceId, collection, colleague } = await makeShared();
    const reader = await colleague();
    const groupId = await makeGroup(workspaceId, { people: [reader] });
    const { id } = await grant(owner, collection, { groupId, role: "viewer", message });
    const [event] = await asOwner<{ id: string; data: object }>(
      "SELECT id, data FROM outbox WHERE name = 'grant/added' AND data->>'grantId' = $1",
      [id],
    );
    await notify({ name: "grant/added", id: event!.id, data: event!.data });
    const [told] = await asOwner<{ facts: { message?: string } }>(
      "SELECT facts FROM notifications WHERE user_id = $1 AND kind = 'shared'",
      [reader.id],
    );
    expect(told!.facts.message).toBe(message);
  });

  it("is told to those who manage access while somebody is waited for, and to nobody else", async () => {
    const { owner, collection, colleague } = await makeShared();
    const [editor, email] = [await colleague(), address()];
    await grant(owner, collection, { email: editor.email, role: "editor", message: "Welcome" });
    await grant(owner, collection, { email, role: "viewer", message });
    const rowOf = async (reader: UserActor, of: string) =>
      (await listGrants(reader, collection)).items.find((item) => item.email === of);
    expect(await rowOf(owner, email)).toMatchObject({ message, letterAt: expect.any(String) as string });
    expect(await rowOf(owner, editor.email)).toMatchObject({ message: null, letterAt: null });
    expect(await rowOf(editor, email)).toMatchObject({ message: null, letterAt: null });
  });

  it("is bounded, and there is none without a letter", async () => {
    const input = { email: address(), role: "viewer" as const };
    expect(grantInputSchema.safeParse({ ...input, message: "x".repeat(501) }).success).toBe(false);
    const { owner, collection } = await makeShared();
    const { id } = await grant(owner, collection, { ...input, message, notify: false });
    expect(await asOwner("SELECT message, letter_at FROM invitations WHERE id = $1", [id])).toEqual([
      { message: null, letter_at: null },
    ]);
  });
});

describe("an invitation sent again", () => {
  it("says the same again, once a minute at most however often it is asked for at once", async () => {
    const { owner, collection } = await makeShared();
    const reader = await makePerson();
    for (const email of [address(), reader.email]) {
      const { id } = await grant(owner, collection, { email, role: "viewer", message });
      expect(await resendLetter(owner, collection, id)).toEqual({ state: "recent" });
      await passAMinute(id);
      const before = await used(owner);
      const answers = await Promise.all(Array.from({ length: 6 }, () => resendLetter(owner, collection, id)));
      expect(answers.map(({ state }) => state).toSorted()).toEqual([...Array(5).fill("recent"), "sent"]);
      // those that sent nothing cost nothing
      expect((await used(owner)) - before).toBe(1);
      const asked = await reminders(id);
      expect(asked).toHaveLength(1);
      for (const _ of [1, 2])
        expect(await sendInvitation(id, asked[0]!.id, { isReminder: true })).toBe("sent");
      const mails = await mailsTo(email);
      expect(mails).toHaveLength(1);
      expect(mails[0]!.text).toContain("page 3");
    }
  });

  it("counts with all invitations, and says how long to wait", async () => {
    const { owner, collection } = await makeShared();
    const ids: string[] = [];
    for (let count = 0; count < 11; count++) {
      const { id } = await grant(owner, collection, { email: address(), role: "viewer", notify: false });
      ids.push(id);
    }
    expect(await tally(ids.map((id) => resendLetter(owner, collection, id)))).toEqual({
      ...{ ok: 10, "rate_limited:": 1 },
    });
    const [sent, refused] = [await Promise.all(ids.map(reminders)), []];
    expect(sent.filter((events) => events.length === 1)).toHaveLength(10);
    expect(refused).toEqual([]);
    const last = ids[sent.findIndex((events) => events.length === 0)]!;
    await expect(resendLetter(owner, collection, last)).rejects.toMatchObject({
      code: "rate_limited",
      details: { retryAfterSeconds: expect.any(Number) as number },
    });
    // an hour later
    await asOwner("DELETE FROM rate_windows WHERE key = $1", [`invitationMail:${owner.id}`]);
    forgetRefusal(`invitationMail:${owner.id}`);
    expect(await resendLetter(owner, collection, last)).toEqual({ state: "sent" });
  });

  it("goes to nobody who is in by then, nor to whom it was withdrawn", async () => {
    const { owner, collection } = await makeShared();
    const newcomer = await makePerson({ isVerified: false });
    const { id } = await grant(owner, collection, { email: newcomer.email, role: "viewer" });
    await passAMinute(id);
    expect(await resendLetter(owner, collection, id)).toEqual({ state: "sent" });
    // signed up, and not here yet: still waited for, as an address without an account is
    await asOwner("UPDATE users SET email_verified_at = now() WHERE id = $1", [newcomer.id]);
    await claim(newcomer);
    await passAMinute(id);
    expect(await resendLetter(owner, collection, id)).toEqual({ state: "sent" });
    const [first, second] = await reminders(id);
    await getCollection(newcomer, collection.id);
    for (const reminder of [first!, second!])
      expect(await sendInvitation(id, reminder.id, { isReminder: true })).toBe("nothing");
    expect(await mailsTo(newcomer.email)).toEqual([]);
    await passAMinute(id);
    expect(await outcome(resendLetter(owner, collection, id))).toBe("conflict:not_awaited");

    const withdrawn = await grant(owner, collection, { email: address(), role: "viewer" });
    await passAMinute(withdrawn.id);
    await resendLetter(owner, collection, withdrawn.id);
    const [late] = await reminders(withdrawn.id);
    await revoke(owner, collection, withdrawn.id);
    expect(await sendInvitation(withdrawn.id, late!.id, { isReminder: true })).toBe("nothing");
    expect(await outcome(resendLetter(owner, collection, withdrawn.id))).toBe("not_found:collaborator");
  });

  it("is for those who manage access; refused tries cost nothing", async () => {
    const { owner, collection, document, workspaceId, colleague } = await makeShared();
    const [editor, outsider] = [await colleague(), await makePerson()];
    await grant(owner, collection, { email: editor.email, role: "editor" });
    const { id } = await grant(owner, collection, { email: address(), role: "viewer" });
    const group = await grant(owner, collection, { groupId: await makeGroup(workspaceId), role: "viewer" });
    const ofEditor = (await listGrants(owner, collection)).items.find(({ email }) => email === editor.email)!;
    expect(await outcome(resendLetter(editor, collection, id))).toBe("forbidden:action");
    expect(await outcome(resendLetter(outsider, collection, id))).toBe("forbidden:collection");
    expect(await outcome(resendLetter(outsider, document, id))).toBe("not_found:document");
    for (const other of [id, missingId()])
      expect(await outcome(resendLetter(owner, document, other))).toBe("not_found:collaborator");
    for (const other of [group.id, ofEditor.id])
      expect(await outcome(resendLetter(owner, collection, other))).toBe("conflict:not_awaited");
    expect(await Promise.all([owner, editor, outsider].map(used))).toEqual([0, 0, 0]);
  });

  it("waits with a private document, and goes out once that is open", async () => {
    const { owner, document } = await makeShared();
    await setAccessMode(owner, document.id, "private");
    const { id } = await grant(owner, document, {
      ...{ email: address(), role: "viewer" as const, message, notify: false },
    });
    expect(await resendLetter(owner, document, id)).toEqual({ state: "waits" });
    await setAccessMode(owner, document.id, "collection");
    expect(
      await asOwner("SELECT FROM outbox WHERE name = 'collaborator/added' AND data->>'collaboratorId' = $1", [
        id,
      ]),
    ).toHaveLength(1);
  });
});

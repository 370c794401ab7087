import { expect, it } from "vitest";
import { asOwner, makePerson, missingId, type Person } from "#prisma/factories.ts";
import { listMails } from "#lib/mail/index.ts";
import {
  changeNotificationPreferences,
  listNotifications,
  mailNotifications,
} from "#lib/notifications/index.ts";
import { kindsOf, tellAll } from "#lib/notifications/test-support.ts";
import { changeGrant, grant, revoke, setAccessMode } from "#lib/sharing/index.ts";
import { sendInvitation } from "#lib/sharing/letters.ts";
import { makeShared } from "#lib/sharing/test-support.ts";
import { approveAccessRequest, askAccess, declineAccessRequest, withdrawAccessRequest } from "./index.ts";

const first = async (person: Person) => {
  await tellAll();
  return (await listNotifications(person, {})).items[0];
};
const mailsTo = async ({ email }: Person) => (await listMails(500)).filter(({ to }) => to === email);
/** Whether a letter of its own would be sent for what was granted. */
async function sendLetters({ id }: Person): Promise<void> {
  const asked = await asOwner<{ id: string }>(
    `SELECT o.data->>'collaboratorId' AS id FROM outbox o JOIN permissions p ON p.id = (o.data->>'collaboratorId')::uuid
      WHERE o.name = 'collaborator/added' AND p.user_id = $1`,
    [id],
  );
  for (const letter of asked) await sendInvitation(letter.id, crypto.randomUUID());
}

it("tells those who can answer, and mails them both answers as links to the request", async () => {
  const { owner, collection, colleague } = await makeShared();
  const [manager, reader, asker] = [await colleague(), await colleague(), await makePerson({ name: "Ann" })];
  await grant(owner, collection, { email: manager.email, role: "owner" });
  await grant(owner, collection, { email: reader.email, role: "viewer" });
  const { id } = await askAccess(asker, collection, { message: "I wrote\nthe letters" });
  for (const person of [owner, manager])
    expect(await first(person)).toMatchObject({
      ...{ kind: "accessRequested", topic: "requests", actor: { id: asker.id }, path: `/requests/${id}` },
      facts: { isMore: false },
    });
  expect(await kindsOf(reader)).toEqual(["shared"]);
  expect(await kindsOf(asker)).toEqual([]);
  expect(await mailNotifications(owner.id)).toBe("sent");
  const [mail] = await mailsTo(owner);
  expect(mail!.subject).toBe("Ann asks for access to “Letters”");
  expect(mail!.text).toContain("> I wrote\n> the letters\nAnn");
  for (const answer of ["approve", "decline"])
    expect(mail!.text).toContain(`http://localhost:3000/requests/${id}?answer=${answer}`);
  // who reads already asks for more
  await askAccess(reader, collection, {});
  expect(await first(owner)).toMatchObject({ actor: { id: reader.id }, facts: { isMore: true } });
});

it("tells nobody of what was answered, taken back or lost meanwhile, nor of what is not there", async () => {
  const { owner, collection, colleague } = await makeShared();
  const [manager, one, two, three] = [
    await colleague(),
    await makePerson(),
    await makePerson(),
    await makePerson(),
  ];
  const given = await grant(owner, collection, { email: manager.email, role: "owner" });
  const withdrawn = await askAccess(one, collection, {});
  await withdrawAccessRequest(one, withdrawn.id);
  const declined = await askAccess(two, collection, {});
  await declineAccessRequest(owner, declined.id);
  await askAccess(three, { ...collection, id: missingId() }, {});
  expect(await kindsOf(owner)).toEqual([]);
  await askAccess(three, collection, {});
  expect(await kindsOf(manager)).toEqual(["accessRequested", "shared"]);
  await changeGrant(owner, collection, given.id, { role: "editor" });
  // they can't answer it any more, whoever was told
  expect(await kindsOf(manager)).toEqual(["roleChanged", "shared"]);
  expect(await mailNotifications(manager.id)).toBe("sent");
  expect((await mailsTo(manager)).map(({ text }) => text).join()).not.toContain("/requests/");
});

it("tells of an approval once, in one mail", async () => {
  const { owner, collection, document, colleague } = await makeShared();
  // by the grant's letter
  const asker = await makePerson();
  const { id } = await askAccess(asker, collection, {});
  await approveAccessRequest(owner, id, { role: "commenter" });
  expect(await first(asker)).toMatchObject({
    ...{ kind: "accessApproved", actor: { id: owner.id }, collection: { id: collection.id } },
    ...{ facts: { role: "commenter" }, path: `/collections/${collection.id}` },
  });
  expect(await kindsOf(asker)).toEqual(["accessApproved"]);
  expect(await mailNotifications(asker.id)).toBe("nothing");
  await sendLetters(asker);
  expect(await mailsTo(asker)).toHaveLength(1);
  // whoever gets no letter for grants gets the notice's own mail
  const quiet = await makePerson();
  await changeNotificationPreferences(quiet, { kinds: [{ kind: "shared", mail: "daily" }] });
  await approveAccessRequest(owner, (await askAccess(quiet, document, {})).id, { role: "viewer" });
  expect(await kindsOf(quiet)).toEqual(["accessApproved"]);
  await sendLetters(quiet);
  expect(await mailNotifications(quiet.id)).toBe("sent");
  expect((await mailsTo(quiet)).map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/gave you access to “.*”, as you asked: you are viewer$/),
  ]);
  // more than one has, by a change
  const reader = await colleague();
  await grant(owner, collection, { email: reader.email, role: "viewer", notify: false });
  const more = await askAccess(reader, collection, {});
  await approveAccessRequest(owner, more.id, { role: "editor" });
  expect(await kindsOf(reader)).toEqual(["accessApproved", "shared"]);
  expect(await mailNotifications(reader.id)).toBe("sent");
  expect(await mailsTo(reader)).toHaveLength(1);
  // what they ask for after that is new, on the same day too
  await askAccess(asker, collection, {});
  expect(await first(owner)).toMatchObject({ kind: "accessRequested", actor: { id: asker.id } });
});

it("tells nothing of an approval that was taken back before it was told", async () => {
  const { owner, collection } = await makeShared();
  const asker = await makePerson();
  const { id } = await askAccess(asker, collection, {});
  const given = await grant(owner, collection, { email: asker.email, role: "viewer", notify: false });
  await revoke(owner, collection, given.id);
  expect(await kindsOf(asker)).toEqual(["accessRemoved"]);
  expect(id).toBeTruthy();
});

it("tells of a decline without naming who, or what is not seen", async () => {
  const { owner, collection, document, colleague } = await makeShared();
  const asker = await makePerson();
  await declineAccessRequest(owner, (await askAccess(asker, collection, {})).id);
  expect(await first(asker)).toMatchObject({
    ...{ kind: "accessDeclined", actor: null, collection: null, path: `/collections/${collection.id}` },
    facts: { type: "collection" },
  });
  expect(await mailNotifications(asker.id)).toBe("sent");
  const [mail] = await mailsTo(asker);
  expect(mail!.subject).toBe("Your request for access to a collection was declined");
  expect(`${mail!.text}${mail!.html}`).not.toContain("Letters");
  expect(`${mail!.text}${mail!.html}`).not.toContain(owner.name);
  const reader = await colleague();
  await grant(owner, document, { email: reader.email, role: "viewer", notify: false });
  await declineAccessRequest(owner, (await askAccess(reader, document, {})).id);
  expect(await first(reader)).toMatchObject({
    ...{ kind: "accessDeclined", document: { id: document.id }, path: `/documents/${document.id}` },
  });
});

it("keeps quiet about a private document until it opens", async () => {
  const { owner, document } = await makeShared();
  const asker = await makePerson();
  await setAccessMode(owner, document.id, "private");
  await approveAccessRequest(owner, (await askAccess(asker, document, {})).id, { role: "viewer" });
  expect(await kindsOf(asker)).toEqual([]);
  await setAccessMode(owner, document.id, "invite");
  expect(await kindsOf(asker)).toEqual(["shared"]);
});

it("reaches open pages of who asked and of those who can answer, and of nobody else", async () => {
  const { owner, collection, colleague } = await makeShared();
  const [reader, asker] = [await colleague(), await makePerson()];
  await grant(owner, collection, { email: reader.email, role: "viewer" });
  const audiences = (id: string) =>
    asOwner<{ audience: string[] }>(
      "SELECT audience FROM outbox WHERE name = 'request/changed' AND data->>'requestId' = $1 ORDER BY id",
      [id],
    );
  const { id } = await askAccess(asker, collection, {});
  await declineAccessRequest(owner, id);
  const told = await audiences(id);
  expect(told).toHaveLength(2);
  for (const { audience } of told) expect(audience.toSorted()).toEqual([owner.id, asker.id].toSorted());
  const unheard = await askAccess(asker, { ...collection, id: missingId() }, {});
  expect((await audiences(unheard.id)).map(({ audience }) => audience)).toEqual([[asker.id]]);
});

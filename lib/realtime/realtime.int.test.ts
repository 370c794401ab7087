import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asOwner, makeDocument, makePerson, type Person } from "#prisma/factories.ts";
import { GET } from "#app/api/v1/events/route.ts";
import { revokeSession, revokeToken } from "#lib/accounts/index.ts";
import { signedIn } from "#lib/accounts/test-support.ts";
import { createCollection, trashCollection, updateCollection } from "#lib/collections/index.ts";
import { updateDocument } from "#lib/documents/index.ts";
import { tokenOf } from "#lib/http/test-support.ts";
import { forgetOnce, tellEnded } from "#lib/jobs/relay.ts";
import { grant, listGrants, revoke, setAccessMode, setVisibility } from "#lib/sharing/index.ts";
import { makeGroup } from "#lib/sharing/test-support.ts";
import { type Listener, relayAll, startStreams } from "./test-support.ts";

let streams: Awaited<ReturnType<typeof startStreams>>;
const opened: Listener[] = [];
beforeAll(async () => void (streams = await startStreams(GET)));
afterAll(() => streams.stop());

/** A stream of the person's, by an access token. */
async function listenAs(person: Pick<Person, "id">, lastId?: string | null): Promise<Listener> {
  const listener = await streams.listen({
    authorization: `Bearer ${await tokenOf(person)}`,
    ...(lastId && { "last-event-id": lastId }),
  });
  opened.push(listener);
  return listener;
}

/** Has everything that happened sent on, and waits until it has arrived: an event of the person's own comes last. */
async function settle(people: Heard[]): Promise<void> {
  for (const { person, listener } of people) {
    listener.heard.splice(0, listener.heard.length, ...toldTo(listener));
    await asOwner("SELECT app.tell('job/changed', jsonb_build_object('jobId', $1::text), ARRAY[$1::uuid])", [
      person.id,
    ]);
  }
  await relayAll();
  for (const { person, listener } of people)
    await vi.waitFor(() =>
      expect(listener.heard).toContainEqual({ name: "job/changed", data: { jobId: person.id } }),
    );
}

/** What a stream was told, but for what settles it. */
const toldTo = ({ heard }: Listener) => heard.filter(({ name }) => name !== "job/changed");
const named = (listener: Listener, name: string) => toldTo(listener).filter((event) => event.name === name);

interface Heard {
  person: Person;
  listener: Listener;
}

/** People of one workspace, the first of whom administers it, each with a stream. */
async function makeAudience(count: number): Promise<Heard[]> {
  const owner = await makePerson({ role: "admin" });
  const people = [owner];
  for (let number = 1; number < count; number += 1)
    people.push(await makePerson({ workspaceId: owner.workspaceId }));
  await relayAll();
  return Promise.all(people.map(async (person) => ({ person, listener: await listenAs(person) })));
}

describe("who hears", () => {
  it("is who may see: of a hundred listeners three, and nobody else anything", async () => {
    const all = await makeAudience(100);
    const [owner, viewer, member] = all as [Heard, Heard, Heard];
    await settle(all);
    for (const { listener } of all) listener.heard.length = 0;

    const { id } = await createCollection(owner.person, { name: "Three", description: "" });
    await grant(owner.person, { type: "collection", id }, { email: viewer.person.email, role: "viewer" });
    const groupId = await makeGroup(owner.person.workspaceId, { people: [member.person] });
    await grant(owner.person, { type: "collection", id }, { groupId, role: "viewer" });
    const document = await makeDocument(owner.person, id);
    await updateCollection(owner.person, id, { version: 1, name: "Three of a hundred" });
    await updateDocument(owner.person, document.id, { version: document.version, name: "Renamed.txt" });
    await settle(all);

    const about = (listener: Listener) =>
      toldTo(listener).filter(({ data }) => data.collectionId === id || data.documentId === document.id);
    expect(all.filter(({ listener }) => about(listener).length > 0)).toEqual([owner, viewer, member]);
    for (const { listener } of [owner, viewer, member]) {
      expect(named(listener, "collection/changed")).toEqual([
        { name: "collection/changed", data: { collectionId: id } },
      ]);
      expect(named(listener, "document/changed")).toContainEqual({
        name: "document/changed",
        data: { documentId: document.id, collectionId: id },
      });
    }
    // all people of a workspace see its groups; that is all the others were told
    for (const { listener } of all.slice(3))
      expect(new Set(toldTo(listener).map(({ name }) => name))).toEqual(new Set(["group/changed"]));
  });

  it("hears that they lost what they had, and nothing of it afterwards", async () => {
    const [owner, lost] = (await makeAudience(2)) as [Heard, Heard];
    const { id } = await createCollection(owner.person, { name: "Shared", description: "" });
    const ref = { type: "collection", id } as const;
    await grant(owner.person, ref, { email: lost.person.email, role: "viewer" });
    const document = await makeDocument(owner.person, id);
    await settle([owner, lost]);
    lost.listener.heard.length = 0;

    await setAccessMode(owner.person, document.id, "private");
    await settle([lost]);
    expect(toldTo(lost.listener)).toContainEqual({
      name: "document/changed",
      data: { documentId: document.id, collectionId: id },
    });
    lost.listener.heard.length = 0;
    await updateDocument(owner.person, document.id, { version: document.version + 1, name: "Secret.txt" });
    await settle([lost]);
    expect(toldTo(lost.listener)).toEqual([]);

    const given = (await listGrants(owner.person, ref)).items.find(
      ({ email }) => email === lost.person.email,
    )!;
    await revoke(owner.person, ref, given.id);
    await settle([lost]);
    expect(toldTo(lost.listener)).toEqual([{ name: "access/changed", data: { collectionId: id } }]);
    lost.listener.heard.length = 0;
    await updateCollection(owner.person, id, { version: 1, name: "Not for them" });
    await trashCollection(owner.person, id);
    await settle([lost]);
    expect(toldTo(lost.listener)).toEqual([]);
  });

  it("is nobody for what is only unlisted", async () => {
    const [owner] = await makeAudience(1);
    const [stranger] = await makeAudience(1);
    const { id } = await createCollection(owner!.person, { name: "Public", description: "" });
    await setVisibility(owner!.person, id, { visibility: "public" });
    await makeDocument(owner!.person, id);
    await updateCollection(owner!.person, id, { version: 2, name: "Still public" });
    await settle([owner!, stranger!]);
    expect(named(owner!.listener, "collection/changed")).not.toEqual([]);
    // but for their own token, which they have just made
    expect(toldTo(stranger!.listener).filter(({ name }) => name !== "session/changed")).toEqual([]);
  });

  it("hears the end of a grant when it comes", async () => {
    const [owner, guest] = (await makeAudience(2)) as [Heard, Heard];
    const { id } = await createCollection(owner.person, { name: "For a while", description: "" });
    await grant(
      owner.person,
      { type: "collection", id },
      {
        email: guest.person.email,
        role: "viewer",
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      },
    );
    await settle([owner, guest]);
    guest.listener.heard.length = 0;
    await tellEnded();
    await settle([guest]);
    expect(toldTo(guest.listener)).toEqual([]);
    // as time goes by
    await asOwner("ALTER TABLE permissions DISABLE TRIGGER tell_grants_changed");
    await asOwner("UPDATE permissions SET expires_at = now() WHERE collection_id = $1 AND user_id = $2", [
      id,
      guest.person.id,
    ]);
    await asOwner("ALTER TABLE permissions ENABLE TRIGGER tell_grants_changed");
    await tellEnded();
    await tellEnded();
    await settle([guest]);
    expect(toldTo(guest.listener)).toEqual([{ name: "access/changed", data: { collectionId: id } }]);
  });
});

describe("a stream", () => {
  it("ends with its session, and others of the person go on", async () => {
    const { actor, client, sessionId } = await signedIn();
    const bySession = await streams.listen({ cookie: client.headers().get("cookie")! });
    const byToken = await listenAs(actor);
    await revokeSession(actor, sessionId!);
    await relayAll();
    await vi.waitFor(() => expect(bySession.isOver()).toBe(true));
    expect(bySession.said).toEqual(["open", "end"]);
    await vi.waitFor(() => expect(byToken.heard).toContainEqual({ name: "session/changed", data: {} }));
    expect(byToken.isOver()).toBe(false);
  });

  it("ends with its token, and when the person is suspended", async () => {
    const person = await makePerson();
    const one = await listenAs(person);
    const [token] = await asOwner<{ id: string }>("SELECT id FROM tokens WHERE user_id = $1", [person.id]);
    await revokeToken(person, token!.id);
    await relayAll();
    await vi.waitFor(() => expect(one.isOver()).toBe(true));
    const other = await listenAs(person);
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [person.id]);
    await relayAll();
    await vi.waitFor(() => expect(other.isOver()).toBe(true));
    expect((await listenAs(person)).status).toBe(401);
  });

  it("is refused to nobody's, and to whoever has too many it takes the oldest", async () => {
    expect((await streams.listen({})).status).toBe(401);
    const person = await makePerson();
    const all: Listener[] = [];
    for (let number = 0; number < 18; number += 1) all.push(await listenAs(person));
    await vi.waitFor(() =>
      expect(all.map((one) => one.isOver())).toEqual([true, true, ...Array<boolean>(16).fill(false)]),
    );
  });

  it("resumes after the last event, without a gap and without a repetition", async () => {
    const [owner] = (await makeAudience(1)) as [Heard];
    await settle([owner]);
    const after = owner.listener.lastId();
    owner.listener.close();
    const { id } = await createCollection(owner.person, { name: "While away", description: "" });
    await relayAll();
    const again = await listenAs(owner.person, after);
    await updateCollection(owner.person, id, { version: 1, name: "Back" });
    await settle([{ person: owner.person, listener: again }]);
    expect(again.said).toEqual(["open"]);
    expect(toldTo(again).filter(({ data }) => data.collectionId === id)).toEqual([
      { name: "access/changed", data: { collectionId: id } },
      { name: "collection/changed", data: { collectionId: id } },
    ]);
  });

  it("says when what was missed is not known any more", async () => {
    const [owner] = (await makeAudience(1)) as [Heard];
    await settle([owner]);
    const after = owner.listener.lastId()!;
    await createCollection(owner.person, { name: "Forgotten", description: "" });
    await relayAll();
    await forgetOnce(0);
    expect((await listenAs(owner.person, after)).said).toEqual(["open", "reset"]);
    // of another database
    const ahead = await listenAs(owner.person, "999999999999");
    await vi.waitFor(() => expect(ahead.said).toEqual(["open", "reset"]));
  });
});

import { expect, it } from "vitest";
import { asOwner, makePerson } from "#prisma/factories.ts";
import { grant, listGrants, revoke, setVisibility } from "#lib/sharing/index.ts";
import { address, makeGroup } from "#lib/sharing/test-support.ts";
import { createCollection, getCollection, listCollections } from "./index.ts";

it("say whether anybody but the owner was added, invited or has a link", async () => {
  const owner = await makePerson();
  const colleague = await makePerson({ workspaceId: owner.workspaceId });
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const resource = { type: "collection", id } as const;
  const isShared = async () => (await getCollection(owner, id)).isShared;
  expect(await isShared()).toBe(false);
  // how far it is open is told by its visibility
  await setVisibility(owner, id, { visibility: "workspace" });
  expect(await isShared()).toBe(false);
  expect((await getCollection(colleague, id)).isShared).toBe(true);
  await setVisibility(owner, id, { visibility: "private" });
  const ways = [
    { email: colleague.email },
    { email: address() },
    { groupId: await makeGroup(owner.workspaceId, { people: [colleague] }) },
  ];
  for (const subject of ways) {
    const given = await grant(owner, resource, { ...subject, role: "viewer" });
    expect(await isShared()).toBe(true);
    await revoke(owner, resource, given.id);
    expect(await isShared()).toBe(false);
  }
  await grant(owner, resource, { email: colleague.email, role: "viewer" });
  await asOwner("UPDATE permissions SET expires_at = now() WHERE collection_id = $1 AND user_id = $2", [
    id,
    colleague.id,
  ]);
  expect(await isShared()).toBe(false);
  expect((await listGrants(owner, resource)).items).not.toHaveLength(0);
});

it("say whose workspace it is: of elsewhere are outsiders, guests and people without an account", async () => {
  const owner = await makePerson();
  const { id } = await createCollection(owner, { name: "Letters", description: "" });
  const [colleague, guest, outsider] = [
    await makePerson({ workspaceId: owner.workspaceId }),
    await makePerson({ workspaceId: owner.workspaceId, role: "guest" }),
    await makePerson(),
  ];
  await setVisibility(owner, id, { visibility: "public" });
  const isOwn = async (actor: Parameters<typeof getCollection>[0]) =>
    (await getCollection(actor, id)).isOwnWorkspace;
  expect([await isOwn(owner), await isOwn(colleague)]).toEqual([true, true]);
  expect([await isOwn(guest), await isOwn(outsider), await isOwn({ kind: "everyone" })]).toEqual([
    false,
    false,
    false,
  ]);
  await grant(owner, { type: "collection", id }, { email: outsider.email, role: "viewer" });
  const { items } = await listCollections(outsider, { scope: "shared" });
  expect(items.map(({ isOwnWorkspace }) => isOwnWorkspace)).toEqual([false]);
});

import { beforeAll, expect, it } from "vitest";
import { hashSecret, newSecret, tokenPrefix } from "#lib/auth/index.ts";
import { grant } from "#lib/sharing/index.ts";
import { makeShared } from "#lib/sharing/test-support.ts";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { POST } from "#app/api/v1/collections/[id]/collaborators/route.ts";

let shared: Awaited<ReturnType<typeof makeShared>>;
let reader: Person;
beforeAll(async () => {
  shared = await makeShared();
  reader = await shared.colleague();
  await grant(shared.owner, shared.collection, { email: reader.email, role: "viewer" });
});

/** Tries to add somebody to the collection. */
async function tryToShare({ id }: Person): Promise<number> {
  const { secret } = newSecret(tokenPrefix);
  await asOwner(
    "INSERT INTO tokens (user_id, kind, scope, hash, expires_at) VALUES ($1, 'access', 'admin', $2, now() + interval '1 day')",
    [id, hashSecret(secret)],
  );
  const request = new Request(`http://localhost/api/v1/collections/${shared.collection.id}/collaborators`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ email: "somebody@example.org", role: "viewer" }),
  });
  return (await POST(request, { params: Promise.resolve({ id: shared.collection.id }) })).status;
}
const notes = ({ id }: Person) =>
  asOwner(
    "SELECT workspace_id, resource_id, metadata FROM audit_events WHERE action = 'access.refused' AND actor_id = $1",
    [id],
  );

it("enters what a reader was refused in the log of the collection", async () => {
  expect(await tryToShare(reader)).toBe(403);
  expect(await notes(reader)).toEqual([
    {
      workspace_id: shared.owner.workspaceId,
      resource_id: shared.collection.id,
      metadata: {
        operation: "POST /api/v1/collections/{id}/collaborators",
        reason: "action",
        permission: "manage_permissions",
      },
    },
  ]);
});

it("lets nobody write into the log of what they do not see", async () => {
  const stranger = await makePerson({ role: "admin" });
  expect(await tryToShare(stranger)).toBe(403);
  expect((await notes(stranger)).filter(({ resource_id }) => resource_id !== null)).toEqual([]);
});

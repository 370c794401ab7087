import { expect, it } from "vitest";
import { makePerson, missingId } from "#prisma/factories.ts";
import { callerFor, type Handler } from "#lib/http/test-support.ts";
import * as group from "./[id]/route.ts";
import * as members from "./[id]/members/route.ts";
import * as nestedOne from "./[id]/nested/[childId]/route.ts";
import * as nested from "./[id]/nested/route.ts";
import * as reach from "./[id]/reach/route.ts";
import * as groups from "./route.ts";

const withoutRequestId = ({ requestId: _, ...body }: { requestId: string }) => body;

it("serves a group from its making to its end", async () => {
  const admin = await makePerson({ role: "admin" });
  const member = await makePerson({ workspaceId: admin.workspaceId });
  const call = await callerFor(admin);
  const made = (await call(groups.POST, { body: { name: " Press " } })).body;
  expect(made).toMatchObject({ name: "Press", description: "", memberCount: 0, effectiveCount: 0 });
  const other = (await call(groups.POST, { body: { name: "Sales" } })).body;
  const params = { id: made.id as string };
  const people = { userIds: [missingId()], emails: [member.email] };
  expect((await call(members.POST, { params, body: people })).body).toEqual({
    changed: [member.id],
    unchanged: [],
    refused: [{ value: people.userIds[0], reason: "unknown" }],
  });
  expect(await call(nested.POST, { params, body: { groupId: other.id } })).toMatchObject({ status: 204 });
  expect(await call(nested.POST, { params: { id: other.id }, body: { groupId: made.id } })).toMatchObject({
    status: 409,
    body: { code: "conflict", path: [{ name: "Press" }, { name: "Sales" }] },
  });
  expect((await call(nested.GET, { params })).body.items).toMatchObject([{ name: "Sales" }]);
  expect((await call(group.GET, { params })).body).toMatchObject({
    memberCount: 1,
    nested: [{ id: other.id }],
  });
  expect((await call(reach.GET, { params })).body.items).toEqual([]);
  expect((await call(members.GET, { params })).body.items).toMatchObject([{ id: member.id }]);
  expect((await call(group.PATCH, { params, body: { name: "sales" } })).status).toBe(409);
  expect((await call(group.PATCH, { params, body: { name: "News" } })).body.name).toBe("News");
  expect((await call(nestedOne.DELETE, { params: { ...params, childId: other.id } })).status).toBe(204);
  expect((await call(members.DELETE, { params, body: people })).body.changed).toEqual([member.id]);
  expect((await call(groups.GET)).body.items).toMatchObject([{ name: "News" }, { name: "Sales" }]);
  for (const status of [204, 204]) expect((await call(group.DELETE, { params })).status).toBe(status);
  expect((await call(group.GET, { params })).status).toBe(403);
});

it("takes at most five hundred people, in all", async () => {
  const admin = await makePerson({ role: "admin" });
  const call = await callerFor(admin);
  const params = { id: (await call(groups.POST, { body: { name: "Press" } })).body.id as string };
  const userIds = Array.from({ length: 500 }, missingId);
  for (const handler of [members.POST, members.DELETE]) {
    expect((await call(handler, { params, body: { userIds } })).body.refused).toHaveLength(500);
    for (const body of [{ userIds: [...userIds, missingId()] }, { userIds, emails: ["a@example.org"] }, {}])
      expect((await call(handler, { params, body })).status).toBe(422);
  }
});

it("answers alike for a group elsewhere and for none", async () => {
  const admin = await makePerson({ role: "admin" });
  const there = (await (await callerFor(admin))(groups.POST, { body: { name: "Press" } })).body.id as string;
  const stranger = await callerFor(await makePerson({ role: "admin" }));
  const guest = await callerFor(await makePerson({ role: "guest", workspaceId: admin.workspaceId }));
  for (const call of [stranger, guest]) {
    for (const [handler, body] of [
      [group.GET, undefined],
      [group.PATCH, { name: "x" }],
      [group.DELETE, undefined],
      [members.GET, undefined],
      [members.POST, { userIds: [admin.id] }],
      [members.DELETE, { userIds: [admin.id] }],
      [nested.GET, undefined],
      [nested.POST, { groupId: there }],
      [nestedOne.DELETE, undefined],
      [reach.GET, undefined],
    ] as const) {
      const answerFor = (id: string) =>
        call(handler as Handler, {
          params: { id, ...(handler === nestedOne.DELETE && { childId: there }) },
          body,
        });
      const [seen, missing] = [await answerFor(there), await answerFor(missingId())];
      expect(seen.status).toBe(403);
      expect(withoutRequestId(seen.body)).toEqual(withoutRequestId(missing.body));
    }
  }
});

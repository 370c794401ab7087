import { z } from "zod";
import { route } from "#lib/http/route.ts";
import { cursorSchema } from "#lib/http/schema.ts";
import { inviteMembers, listInvitations } from "#lib/workspaces/index.ts";
import { invitedSchema, inviteMembersSchema, workspaceInvitationListSchema } from "#lib/workspaces/schema.ts";

const path = "/api/v1/workspace/invitations";

export const GET = route(
  {
    method: "GET",
    path,
    summary: "Invitations into the workspace that wait, have expired or were declined; workspace admins only",
    auth: "user",
    rate: "read",
    query: z.object({ cursor: cursorSchema }),
    answers: { 200: workspaceInvitationListSchema },
    refusals: ["forbidden"],
  },
  async ({ actor, query }) => ({ body: await listInvitations(actor, query) }),
);

export const POST = route(
  {
    method: "POST",
    path,
    summary: "Invite up to 100 addresses into the workspace; workspace admins only",
    auth: "user",
    rate: "share",
    body: inviteMembersSchema,
    answers: { 201: invitedSchema },
    refusals: ["forbidden", "conflict"],
  },
  async ({ actor, body }) => ({ status: 201, body: await inviteMembers(actor, body) }),
);

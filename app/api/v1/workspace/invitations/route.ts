import { route } from "#lib/http/route.ts";
import * as api from "#lib/workspaces/api.ts";
import { inviteMembers, listInvitations } from "#lib/workspaces/index.ts";
import {
  invitedSchema,
  inviteMembersSchema,
  workspaceInvitationListSchema,
  listInvitationsSchema,
} from "#lib/workspaces/schema.ts";

export const GET = route(
  api.listInvitations,
  { query: listInvitationsSchema, answers: { 200: workspaceInvitationListSchema } },
  async ({ actor, query }) => ({ body: await listInvitations(actor, query) }),
);

export const POST = route(
  api.inviteMembers,
  { body: inviteMembersSchema, answers: { 201: invitedSchema } },
  async ({ actor, body }) => ({ status: 201, body: await inviteMembers(actor, body) }),
);

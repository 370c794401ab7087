import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const renameWorkspace = operation<{
  body: typeof schema.renameWorkspaceSchema;
  answers: { 200: typeof schema.workspaceViewSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/workspace",
  summary: "Rename the workspace; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden"],
});

export const listOutsiders = operation<{
  query: typeof schema.listPeopleSchema;
  answers: { 200: typeof schema.outsiderListSchema };
}>()({
  method: "GET",
  path: "/api/v1/workspace/outsiders",
  summary: "Guests, people of other workspaces and invited addresses with access here; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "read",
  refusals: ["forbidden"],
});

export const listPeople = operation<{
  query: typeof schema.listPeopleSchema;
  answers: { 200: typeof schema.memberListSchema };
}>()({
  method: "GET",
  path: "/api/v1/workspace/members",
  summary: "Members of the workspace by name",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const updateMember = operation<{
  params: typeof http.idParams;
  body: typeof schema.updateMemberSchema;
  answers: { 200: typeof schema.memberSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/workspace/members/{id}",
  summary: "Change a member's role, suspend them or bring them back; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const removeMember = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/workspace/members/{id}",
  summary: "Remove a member, or leave the workspace; they go on in a workspace of their own",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "not_found", "conflict"],
});

export const getRemoval = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.removalSchema };
}>()({
  method: "GET",
  path: "/api/v1/workspace/members/{id}/removal",
  summary: "What removing a member would take from them, and what stands in the way",
  auth: "user",
  scope: "admin",
  rate: "read",
  refusals: ["not_found"],
});

export const inviteMembers = operation<{
  body: typeof schema.inviteMembersSchema;
  answers: { 201: typeof schema.invitedSchema };
}>()({
  method: "POST",
  path: "/api/v1/workspace/invitations",
  summary: "Invite up to 100 addresses into the workspace; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "share",
  refusals: ["forbidden", "conflict"],
});

export const listInvitations = operation<{
  query: typeof schema.listInvitationsSchema;
  answers: { 200: typeof schema.workspaceInvitationListSchema };
}>()({
  method: "GET",
  path: "/api/v1/workspace/invitations",
  summary: "Invitations into the workspace that wait, have expired or were declined; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "read",
  refusals: ["forbidden"],
});

export const revokeInvitation = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/workspace/invitations/{id}",
  summary: "Take an invitation back; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const renewInvitation = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/workspace/invitations/{id}/renew",
  summary: "Send an invitation once more and count its days anew, every ten minutes; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "share",
  refusals: ["forbidden", "not_found", "conflict"],
});

export const listOffers = operation<{ answers: { 200: typeof schema.offerListSchema } }>()({
  method: "GET",
  path: "/api/v1/me/workspace-invitations",
  summary: "Workspaces that one's address is invited to, and what joining would mean",
  auth: "user",
  rate: "read",
});

export const acceptOffer = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/me/workspace-invitations/{id}/accept",
  summary: "Join the workspace, with the collections one owns",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["not_found", "conflict"],
});

export const declineOffer = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/me/workspace-invitations/{id}/decline",
  summary: "Turn an invitation into a workspace down",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["not_found"],
});

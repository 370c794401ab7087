import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const listGroups = operation<{
  query: typeof schema.listGroupsSchema;
  answers: { 200: typeof schema.groupListSchema };
}>()({
  method: "GET",
  path: "/api/v1/groups",
  summary: "Groups of the workspace by name",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const createGroup = operation<{
  body: typeof schema.createGroupSchema;
  answers: { 201: typeof schema.groupViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/groups",
  summary: "Make a group; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const getGroup = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.groupDetailSchema };
}>()({
  method: "GET",
  path: "/api/v1/groups/{id}",
  summary: "A group with the groups in it and around it",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const updateGroup = operation<{
  params: typeof http.idParams;
  body: typeof schema.updateGroupSchema;
  answers: { 200: typeof schema.groupViewSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/groups/{id}",
  summary: "Rename or describe; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const deleteGroup = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/groups/{id}",
  summary: "End a group and what it was granted; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden"],
});

export const listReach = operation<{
  params: typeof http.idParams;
  query: typeof schema.pageQuerySchema;
  answers: { 200: typeof schema.reachListSchema };
}>()({
  method: "GET",
  path: "/api/v1/groups/{id}/reach",
  summary: "What the people of a group can reach through it, with the group above that holds each grant",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const listNested = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.nestedListSchema };
}>()({
  method: "GET",
  path: "/api/v1/groups/{id}/nested",
  summary: "The groups in a group, by name",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const nestGroup = operation<{
  params: typeof http.idParams;
  body: typeof schema.nestGroupSchema;
  answers: { 204: null };
}>()({
  method: "POST",
  path: "/api/v1/groups/{id}/nested",
  summary: "Put a group into a group; one that would contain itself is refused; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const unnestGroup = operation<{ params: typeof schema.nestedParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/groups/{id}/nested/{childId}",
  summary: "Take a group out of a group; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden"],
});

export const listMembers = operation<{
  params: typeof http.idParams;
  query: typeof schema.listGroupMembersSchema;
  answers: { 200: typeof schema.groupMemberListSchema };
}>()({
  method: "GET",
  path: "/api/v1/groups/{id}/members",
  summary: "People who are in a group themselves, by name, or by a part of name or address",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const addMembers = operation<{
  params: typeof http.idParams;
  body: typeof schema.peopleSchema;
  answers: { 200: typeof schema.changedMembersSchema };
}>()({
  method: "POST",
  path: "/api/v1/groups/{id}/members",
  summary:
    "Add up to 500 people of the workspace; says who could not be added and why; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  mostBodyBytes: 163_840,
  refusals: ["forbidden"],
});

export const removeMembers = operation<{
  params: typeof http.idParams;
  body: typeof schema.peopleSchema;
  answers: { 200: typeof schema.changedMembersSchema };
}>()({
  method: "DELETE",
  path: "/api/v1/groups/{id}/members",
  summary: "Take up to 500 people out; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  mostBodyBytes: 163_840,
  refusals: ["forbidden"],
});

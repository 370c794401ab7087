import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as access from "./access-schema.ts";
import type * as schema from "./schema.ts";

export const getVisibility = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.visibilityViewSchema };
}>()({
  method: "GET",
  path: "/api/v1/collections/{id}/visibility",
  summary: "How far a collection is open, and whether it is protected",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const setVisibility = operation<{
  params: typeof http.idParams;
  body: typeof schema.setVisibilitySchema;
  answers: { 200: typeof schema.visibilityViewSchema };
}>()({
  method: "PUT",
  path: "/api/v1/collections/{id}/visibility",
  summary: "Open the collection to nobody else, its workspace or everyone; its owner also protects it",
  auth: "user",
  rate: "write",
  refusals: ["forbidden"],
});

export const setAccessMode = operation<{
  params: typeof http.idParams;
  body: typeof schema.setAccessModeSchema;
  answers: { 200: typeof schema.setAccessModeSchema };
}>()({
  method: "PUT",
  path: "/api/v1/documents/{id}/access-mode",
  summary: "Where the document takes its people from; private only by its owner",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const suggestSubjects = operation<{
  query: typeof schema.suggestSubjectsSchema;
  answers: { 200: typeof schema.subjectsSchema };
}>()({
  method: "GET",
  path: "/api/v1/subjects",
  summary:
    "People and groups of the workspace that something can be shared with, by a part of name or address",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export type ResourceType = "collection" | "document";

/** What a collection and a document have alike. A document that the reader does not know of is not there: `not_found`. */
const operationsOf = (type: ResourceType) => {
  const path = `/api/v1/${type}s/{id}`;
  const hidden = type === "document" ? (["forbidden", "not_found"] as const) : (["forbidden"] as const);
  return {
    listGrants: operation<{
      params: typeof http.idParams;
      answers: { 200: typeof schema.grantListSchema };
    }>()({
      method: "GET",
      path: `${path}/collaborators`,
      summary: `People and groups with a grant on the ${type}, and invitations`,
      auth: "user",
      rate: "read",
      refusals: hidden,
    }),
    grant: operation<{
      params: typeof http.idParams;
      body: typeof schema.grantInputSchema;
      answers: { 201: typeof schema.addedGrantSchema };
    }>()({
      method: "POST",
      path: `${path}/collaborators`,
      summary: "Give an address or a group a role; answers alike whether or not the address has an account",
      auth: "user",
      rate: "share",
      refusals: ["forbidden", "not_found", "quota_exceeded"],
    }),
    changeGrant: operation<{
      params: typeof schema.collaboratorParams;
      body: typeof schema.changeGrantSchema;
      answers: { 200: typeof schema.grantViewSchema };
    }>()({
      method: "PATCH",
      path: `${path}/collaborators/{collaboratorId}`,
      summary: "Change role or end",
      auth: "user",
      rate: "write",
      refusals: ["forbidden", "not_found"],
    }),
    revoke: operation<{ params: typeof schema.collaboratorParams; answers: { 204: null } }>()({
      method: "DELETE",
      path: `${path}/collaborators/{collaboratorId}`,
      summary: "End a grant or an invitation",
      auth: "user",
      rate: "write",
      refusals: ["forbidden", "not_found"],
    }),
    resendLetter: operation<{
      params: typeof schema.collaboratorParams;
      answers: { 200: typeof schema.resentSchema };
    }>()({
      method: "POST",
      path: `${path}/collaborators/{collaboratorId}/resend`,
      summary: "Send the letter again to whoever has not been here yet; ten an hour with all invitations",
      auth: "user",
      rate: "write",
      refusals: ["forbidden", "not_found", "conflict"],
    }),
    listAccess: operation<{
      params: typeof http.idParams;
      query: typeof access.listAccessSchema;
      answers: { 200: typeof access.accessListSchema };
    }>()({
      method: "GET",
      path: `${path}/access`,
      summary: `Who can open the ${type}, as what and from where; only oneself without manage_permissions`,
      auth: "user",
      rate: "read",
      refusals: hidden,
    }),
    explain: operation<{
      params: typeof http.idParams;
      query: typeof access.explainSchema;
      answers: { 200: typeof access.explanationSchema };
    }>()({
      method: "GET",
      path: `${path}/access/explain`,
      summary: "Why a person may or may not do each thing; about others only with manage_permissions",
      auth: "user",
      rate: "read",
      refusals: ["forbidden", "not_found"],
    }),
    simulate: operation<{
      params: typeof http.idParams;
      /** Another access mode can be tried on a document alone. */
      body: typeof access.simulateSchema | typeof access.simulateOnDocumentSchema;
      answers: { 200: typeof access.simulationSchema };
    }>()({
      method: "POST",
      path: `${path}/access/simulate`,
      summary:
        type === "document"
          ? "Who would lose what if a grant, or a person's place in a group, were taken away, or another access mode chosen; changes nothing"
          : "Who would lose what if a grant, or a person's place in a group, were taken away; changes nothing",
      auth: "user",
      scope: "read",
      rate: "read",
      refusals: ["forbidden", "not_found"],
    }),
  };
};

/** By what something is shared on: `onResource.collection.grant`. */
export const onResource = { collection: operationsOf("collection"), document: operationsOf("document") };

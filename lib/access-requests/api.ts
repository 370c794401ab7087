import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type { ResourceType } from "#lib/sharing/api.ts";
import type * as schema from "./schema.ts";

const requestsOf = (type: ResourceType) => ({
  askAccess: operation<{
    params: typeof http.idParams;
    body: typeof schema.askAccessSchema;
    answers: { 201: typeof schema.ownAccessRequestSchema };
  }>()({
    method: "POST",
    path: `/api/v1/${type}s/{id}/access-requests`,
    summary: `Ask those who can share the ${type} for access; answers alike whether or not there is one`,
    auth: "user",
    rate: "ask",
    refusals: ["conflict", "quota_exceeded"],
  }),
  listAccessRequests: operation<{
    params: typeof http.idParams;
    query: typeof schema.listAccessRequestsSchema;
    answers: { 200: typeof schema.accessRequestListSchema };
  }>()({
    method: "GET",
    path: `/api/v1/${type}s/{id}/access-requests`,
    summary: `Who asks for access to the ${type}, newest first; for those who can share it`,
    auth: "user",
    rate: "read",
    refusals: type === "document" ? ["forbidden", "not_found"] : ["forbidden"],
  }),
});

/** By what is asked for: `requestsFor.collection.askAccess`. */
export const requestsFor = { collection: requestsOf("collection"), document: requestsOf("document") };

export const getAccessRequest = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.accessRequestSchema };
}>()({
  method: "GET",
  path: "/api/v1/access-requests/{id}",
  summary: "One request for access, answered or not, for those who can answer it",
  auth: "user",
  rate: "read",
  refusals: ["not_found"],
});

export const approveAccessRequest = operation<{
  params: typeof http.idParams;
  body: typeof schema.approveAccessRequestSchema;
  answers: { 200: typeof schema.answeredAccessRequestSchema };
}>()({
  method: "POST",
  path: "/api/v1/access-requests/{id}/approve",
  summary: "Give whoever asked a role, within one's own rights",
  auth: "user",
  rate: "share",
  refusals: ["forbidden", "not_found", "conflict", "quota_exceeded"],
});

export const declineAccessRequest = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.answeredAccessRequestSchema };
}>()({
  method: "POST",
  path: "/api/v1/access-requests/{id}/decline",
  summary: "Turn a request down",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found", "conflict"],
});

export const withdrawAccessRequest = operation<{
  params: typeof http.idParams;
  answers: { 204: null };
}>()({
  method: "DELETE",
  path: "/api/v1/access-requests/{id}",
  summary: "Take back an open request of one's own",
  auth: "user",
  rate: "write",
  refusals: ["not_found"],
});

export const listOwnAccessRequests = operation<{
  query: typeof schema.listOwnAccessRequestsSchema;
  answers: { 200: typeof schema.ownAccessRequestListSchema };
}>()({
  method: "GET",
  path: "/api/v1/me/access-requests",
  summary: "What one asked for, newest first",
  auth: "user",
  rate: "read",
});

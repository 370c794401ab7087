import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const listPossibleOwners = operation<{
  params: typeof http.idParams;
  query: typeof schema.listPossibleOwnersSchema;
  answers: { 200: typeof schema.possibleOwnersSchema };
}>()({
  method: "GET",
  path: "/api/v1/collections/{id}/possible-owners",
  summary: "Whom its owner could offer the collection to, by name",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const offerTransfer = operation<{
  params: typeof http.idParams;
  body: typeof schema.offerTransferSchema;
  answers: { 201: typeof schema.transferSchema };
}>()({
  method: "POST",
  path: "/api/v1/collections/{id}/transfer",
  summary: "Offer a collection of one's own to somebody who can open it; it changes hands when they accept",
  auth: "user",
  rate: "share",
  refusals: ["forbidden", "conflict"],
});

export const findTransferOf = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.waitingTransferSchema };
}>()({
  method: "GET",
  path: "/api/v1/collections/{id}/transfer",
  summary: "The offer that waits for the collection, for the two people it is between",
  auth: "user",
  rate: "read",
  refusals: ["forbidden"],
});

export const getTransfer = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.transferSchema };
}>()({
  method: "GET",
  path: "/api/v1/transfers/{id}",
  summary: "One offer of a collection, answered or not, for the two people it is between",
  auth: "user",
  rate: "read",
  refusals: ["not_found"],
});

export const acceptTransfer = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.transferSchema };
}>()({
  method: "POST",
  path: "/api/v1/transfers/{id}/accept",
  summary: "Become the owner of what one was offered; every grant, link and document stays",
  auth: "user",
  rate: "share",
  refusals: ["not_found", "conflict", "quota_exceeded"],
});

export const declineTransfer = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.transferSchema };
}>()({
  method: "POST",
  path: "/api/v1/transfers/{id}/decline",
  summary: "Turn down a collection that one was offered",
  auth: "user",
  rate: "write",
  refusals: ["not_found", "conflict"],
});

export const withdrawTransfer = operation<{
  params: typeof http.idParams;
  answers: { 204: null };
}>()({
  method: "DELETE",
  path: "/api/v1/transfers/{id}",
  summary: "Take back an offer of one's own",
  auth: "user",
  rate: "write",
  refusals: ["not_found", "conflict"],
});

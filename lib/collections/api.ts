import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const listCollections = operation<{
  query: typeof schema.listCollectionsSchema;
  answers: { 200: typeof schema.collectionListSchema };
}>()({
  method: "GET",
  path: "/api/v1/collections",
  summary: "Collections, newest first; those one may add documents to by name",
  auth: "user",
  rate: "read",
});

export const createCollection = operation<{
  body: typeof schema.createCollectionSchema;
  answers: { 201: typeof schema.collectionViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/collections",
  summary: "Make a collection",
  auth: "user",
  rate: "createCollection",
  refusals: ["forbidden", "quota_exceeded"],
});

export const getCollection = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.collectionViewSchema };
}>()({
  method: "GET",
  path: "/api/v1/collections/{id}",
  summary: "One collection",
  auth: "everyone",
  rate: "read",
  refusals: ["forbidden"],
});

export const updateCollection = operation<{
  params: typeof http.idParams;
  body: typeof schema.updateCollectionSchema;
  answers: { 200: typeof schema.collectionViewSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/collections/{id}",
  summary: "Rename or describe; a stale version answers 409 with the current state",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const deleteCollection = operation<{
  params: typeof http.idParams;
  query: typeof http.deleteQuerySchema;
  answers: { 200: typeof schema.collectionViewSchema; 204: null };
}>()({
  method: "DELETE",
  path: "/api/v1/collections/{id}",
  summary: "Move to the trash, or with permanent=true delete and free the quota",
  auth: "user",
  rate: "write",
  refusals: ["forbidden"],
});

export const restoreCollection = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.collectionViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/collections/{id}/restore",
  summary: "Bring back from the trash",
  auth: "user",
  rate: "write",
  refusals: ["forbidden"],
});

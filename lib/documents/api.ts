import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const listDocuments = operation<{
  query: typeof schema.listDocumentsSchema;
  answers: { 200: typeof schema.documentListSchema };
}>()({
  method: "GET",
  path: "/api/v1/documents",
  summary: "Documents, newest first: of a collection, the trash, all, or shared by others",
  auth: "everyone",
  rate: "read",
  refusals: ["forbidden"],
});

export const getDocument = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.documentDetailSchema };
}>()({
  method: "GET",
  path: "/api/v1/documents/{id}",
  summary: "One document",
  auth: "everyone",
  rate: "read",
  refusals: ["forbidden", "not_found"],
});

export const updateDocument = operation<{
  params: typeof http.idParams;
  body: typeof schema.updateDocumentSchema;
  answers: { 200: typeof schema.documentDetailSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/documents/{id}",
  summary: "Rename or move to another collection; a stale version answers 409 with the current state",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found", "conflict"],
});

export const moveDocuments = operation<{
  body: typeof schema.moveDocumentsSchema;
  answers: { 200: typeof schema.moveOutcomeSchema };
}>()({
  method: "POST",
  path: "/api/v1/documents/move",
  summary: "Move documents to another collection; those that can't be moved stay, and are named",
  auth: "user",
  rate: "write",
  refusals: ["forbidden"],
});

export const deleteDocument = operation<{
  params: typeof http.idParams;
  query: typeof http.deleteQuerySchema;
  answers: { 200: typeof schema.documentViewSchema; 204: null };
}>()({
  method: "DELETE",
  path: "/api/v1/documents/{id}",
  summary:
    "Move to the trash, or with permanent=true delete and free the quota; a pending upload is cancelled",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const getContentUrl = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.contentUrlSchema };
}>()({
  method: "GET",
  path: "/api/v1/documents/{id}/content-url",
  summary: "A presigned address of the file for viewers, which read it in ranges",
  auth: "everyone",
  rate: "read",
  refusals: ["forbidden", "not_found"],
});

export const downloadDocument = operation<{
  params: typeof http.idParams;
  query: typeof schema.downloadSchema;
  answers: { 302: null };
}>()({
  method: "GET",
  path: "/api/v1/documents/{id}/download",
  summary: "Redirect to the file, for saving; with inline=1 for showing in place",
  auth: "everyone",
  rate: "read",
  refusals: ["forbidden", "not_found"],
});

export const getThumbnail = operation<{ params: typeof http.idParams; answers: { 302: null } }>()({
  method: "GET",
  path: "/api/v1/documents/{id}/thumbnail",
  summary: "Redirect to the picture of the first page",
  auth: "everyone",
  rate: "poll",
  refusals: ["forbidden", "not_found"],
});

export const restartProcessing = operation<{
  params: typeof http.idParams;
  answers: { 202: typeof schema.documentDetailSchema };
}>()({
  method: "POST",
  path: "/api/v1/documents/{id}/process",
  summary: "Read a document again: pages, text, thumbnail",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const recordOpening = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/documents/{id}/open",
  summary: "Note that its reader opened a document: it comes first in their recent documents",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const restoreDocument = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.documentViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/documents/{id}/restore",
  summary: "Bring back from the trash",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const listRecentDocuments = operation<{ answers: { 200: typeof schema.recentDocumentListSchema } }>()({
  method: "GET",
  path: "/api/v1/me/recent-documents",
  summary: "What one opened, uploaded or changed last, newest first",
  auth: "user",
  rate: "read",
});

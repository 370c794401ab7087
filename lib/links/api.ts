import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type { downloadSchema } from "#lib/documents/schema.ts";
import type * as schema from "./schema.ts";

const linksOf = (type: "collection" | "document") => ({
  listLinks: operation<{ params: typeof http.idParams; answers: { 200: typeof schema.linkListSchema } }>()({
    method: "GET",
    path: `/api/v1/${type}s/{id}/share-links`,
    summary: `The public links of the ${type}, with the addresses to copy`,
    auth: "user",
    // an address may give more than reading
    scope: "write",
    rate: "read",
    refusals: type === "document" ? ["forbidden", "not_found"] : ["forbidden"],
  }),
  createLink: operation<{
    params: typeof http.idParams;
    body: typeof schema.createLinkSchema;
    answers: { 201: typeof schema.madeLinkSchema };
  }>()({
    method: "POST",
    path: `/api/v1/${type}s/{id}/share-links`,
    summary: `Open the ${type} to whoever has an address that is made for it`,
    auth: "user",
    rate: "link",
    refusals: ["forbidden", "not_found", "quota_exceeded"],
  }),
});

/** By what is linked: `linksOn.collection.createLink`. */
export const linksOn = { collection: linksOf("collection"), document: linksOf("document") };

export const changeLink = operation<{
  params: typeof http.idParams;
  body: typeof schema.changeLinkSchema;
  answers: { 200: typeof schema.linkViewSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/share-links/{id}",
  summary: "Change what is named of a link; another password ends every visit under way",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const revokeLink = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/share-links/{id}",
  summary: "End a link for good, also one to what lies in the trash; repeating changes nothing",
  auth: "user",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

export const regenerateLink = operation<{
  params: typeof http.idParams;
  answers: { 200: typeof schema.madeLinkSchema };
}>()({
  method: "POST",
  path: "/api/v1/share-links/{id}/regenerate",
  summary: "Give a link another address; the old one opens nothing any more",
  auth: "user",
  rate: "link",
  refusals: ["forbidden", "not_found"],
});

export const listWorkspaceLinks = operation<{
  query: typeof schema.listWorkspaceLinksSchema;
  answers: { 200: typeof schema.workspaceLinkListSchema };
}>()({
  method: "GET",
  path: "/api/v1/workspace/share-links",
  summary:
    "Public links to collections and documents of the workspace, newest first, without their addresses; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "read",
  refusals: ["forbidden"],
});

export const revokeWorkspaceLink = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/workspace/share-links/{id}",
  summary: "End a link of the workspace for good, whatever it opens; workspace admins only",
  auth: "user",
  scope: "admin",
  rate: "write",
  refusals: ["forbidden", "not_found"],
});

/** How a link turns visitors away. */
const closed = ["forbidden", "not_found", "link_expired", "link_revoked"] as const;
const share = "/api/v1/share/{token}";

export const getShared = operation<{
  params: typeof schema.tokenParams;
  answers: { 200: typeof schema.sharedViewSchema };
}>()({
  method: "GET",
  path: share,
  summary: "What a public link opens, or that it needs its password; begins a visit, which is one use",
  auth: "optional",
  rate: "read",
  refusals: closed,
});

export const unlockLink = operation<{
  params: typeof schema.tokenParams;
  body: typeof schema.unlockLinkSchema;
  answers: { 204: null };
}>()({
  method: "POST",
  path: `${share}/unlock`,
  summary: "Begin a visit by the link's password: answers a cookie for this link alone",
  auth: "optional",
  scope: "read",
  rate: "unlock",
  refusals: closed,
});

export const listSharedDocuments = operation<{
  params: typeof schema.tokenParams;
  query: typeof schema.sharedDocumentsQuery;
  answers: { 200: typeof schema.sharedDocumentListSchema };
}>()({
  method: "GET",
  path: `${share}/documents`,
  summary: "The documents that a link opens, newest first",
  auth: "optional",
  rate: "read",
  refusals: closed,
});

export const getSharedDocument = operation<{
  params: typeof schema.sharedDocumentParams;
  answers: { 200: typeof schema.sharedDocumentSchema };
}>()({
  method: "GET",
  path: `${share}/documents/{id}`,
  summary: "One document that a link opens",
  auth: "optional",
  rate: "read",
  refusals: closed,
});

export const getSharedContentUrl = operation<{
  params: typeof schema.sharedDocumentParams;
  answers: { 200: typeof schema.sharedContentUrlSchema };
}>()({
  method: "GET",
  path: `${share}/documents/{id}/content-url`,
  summary: "A presigned address of the file for viewers, never as an attachment",
  auth: "optional",
  rate: "read",
  refusals: closed,
});

export const downloadShared = operation<{
  params: typeof schema.sharedDocumentParams;
  query: typeof downloadSchema;
  answers: { 302: null };
}>()({
  method: "GET",
  path: `${share}/documents/{id}/download`,
  summary:
    "Redirect to the file, for saving or to show in place; refused where the link is for looking alone",
  auth: "optional",
  rate: "read",
  refusals: closed,
});

export const getSharedPages = operation<{
  params: typeof schema.sharedDocumentParams;
  answers: { 200: typeof schema.sharedPagesSchema };
}>()({
  method: "GET",
  path: `${share}/documents/{id}/pages`,
  summary: "How many pages of a document there are to be looked at",
  auth: "optional",
  rate: "picture",
  refusals: closed,
});

export const getSharedPage = operation<{
  params: typeof schema.sharedPageParams;
  answers: { 200: null };
}>()({
  method: "GET",
  path: `${share}/documents/{id}/pages/{page}`,
  summary:
    "A page as a picture (WebP), drawn on the server, with the visitor's name in it where the link asks for one",
  auth: "optional",
  rate: "picture",
  refusals: [...closed, "upstream_unavailable"],
});

export const getSharedThumbnail = operation<{
  params: typeof schema.sharedDocumentParams;
  answers: { 200: null; 302: null };
}>()({
  method: "GET",
  path: `${share}/documents/{id}/thumbnail`,
  summary: "Redirect to the picture of the first page, or that picture (WebP) with the visitor's name in it",
  auth: "optional",
  rate: "poll",
  refusals: closed,
});

import { randomUUID } from "node:crypto";
import {
  bytesAt,
  changedCollection,
  changedDocument,
  ofCollection,
  openness,
  seenCollection,
  seenDocument,
  trashedThing,
} from "./answers.ts";
import { type Persona, type PersonaName, personas } from "./rules.ts";
import type { DocumentKey, Place } from "./world.ts";
import { sharing, ended } from "./sharing-operations.ts";
import {
  type Rule,
  type Operation,
  has,
  seen,
  deletes,
  disposes,
  shares,
  unless,
  endsOwn,
  ifAllowed,
  manages,
  closing,
  isKeeper,
} from "./verdicts.ts";

const collection = "/api/v1/collections/{id}";
const document = "/api/v1/documents/{id}";
const mode = (wanted: string) => () => ({ body: { mode: wanted } });
/** Managing counts through the collection, too, for somebody's own document. */
const managesMode: Rule = ({ rights, rightsAround, isOwner }) =>
  rights.has("manage_permissions") || (isOwner && rightsAround.has("manage_permissions"))
    ? "allowed"
    : "forbidden";
const setsMode = unless(managesMode, ({ persona }) =>
  persona.is === "guest" ? "not for guests" : "allowed",
);
const modeTold = (wanted: string) => ({ parts: mode(wanted), tells: () => ({ mode: wanted }) });

export const operations: Operation[] = [
  // --- collections
  {
    ...{ isBroad: true, route: `GET ${collection}`, of: "collection", may: seen },
    ...{ trashed: ifAllowed(disposes), tells: seenCollection },
  },
  {
    ...{
      isBroad: true,
      route: `PATCH ${collection}`,
      of: "collection",
      may: has("edit_documents"),
      trashed: ifAllowed(disposes),
    },
    ...{ names: "edit_documents", tells: changedCollection },
    parts: () => ({ body: { version: 1, description: "Changed" } }),
  },
  {
    route: `DELETE ${collection}`,
    as: "to the trash",
    of: "collection",
    may: disposes,
    trashed: ifAllowed(disposes),
    tells: trashedThing(true),
  },
  {
    ...{
      route: `DELETE ${collection}`,
      as: "for good",
      of: "collection",
      may: disposes,
      trashed: ifAllowed(disposes),
    },
    ...{ answers: 204, parts: () => ({ query: "?permanent=true" }) },
    leaves: ({ id }) => ["SELECT WHERE NOT EXISTS (SELECT FROM collections WHERE id = $1)", id],
  },
  {
    ...{ route: `POST ${collection}/restore`, of: "collection", may: disposes },
    ...{ trashed: ifAllowed(disposes), tells: trashedThing(false) },
  },
  { route: `GET ${collection}/visibility`, of: "collection", may: seen, tells: openness },
  {
    ...{ route: `PUT ${collection}/visibility`, of: "collection", may: shares() },
    parts: () => ({ body: { visibility: "private" } }),
    tells: () => ({ visibility: "private", isProtected: false }),
  },
  {
    ...{ route: `PUT ${collection}/visibility`, as: "protected", of: "collection" },
    may: unless(shares(), ({ who }) => (who === "owner" ? "allowed" : "the owner's alone")),
    parts: () => ({ body: { visibility: "private", isProtected: true } }),
    tells: () => ({ visibility: "private", isProtected: true }),
    leaves: ({ id }) => ["SELECT FROM collections WHERE id = $1 AND is_protected", id],
  },
  {
    ...{
      route: `PATCH ${collection}/collaborators/{collaboratorId}`,
      as: "the owner",
      of: "collection",
      may: unless(shares("owner"), "the owner stays"),
    },
    ...{ grantOf: "owner", parts: () => ({ body: { role: "viewer" } }) },
  },
  {
    ...{ route: `DELETE ${collection}/collaborators/{collaboratorId}`, as: "the owner", of: "collection" },
    grantOf: "owner",
    ...closing(endsOwn("owner", "the owner stays", unless(shares("owner"), "the owner stays"))),
  },
  {
    // those who have none of their own name one that is nowhere
    ...{
      route: `DELETE ${collection}/collaborators/{collaboratorId}`,
      as: "oneself",
      of: "collection",
      answers: 204,
    },
    grantOf: "themselves",
    ...closing((c) => {
      const { grant, ended, through } = c.persona;
      if (c.who === "owner") return "the owner stays";
      if (grant && !through && ended !== "group deleted") return ended ? "no such grant" : "allowed";
      return unless(shares(), "no such grant")(c);
    }),
    leaves: ended,
  },
  ...sharing("collection"),
  {
    ...{ route: "GET /api/v1/documents", as: "of a collection", of: "collection", may: seen },
    tells: ofCollection,
    parts: ({ id }) => ({ query: `?collectionId=${id}` }),
  },
  {
    ...{ route: "GET /api/v1/documents", as: "trash of a collection", of: "collection", may: seen },
    tells: ofCollection,
    parts: ({ id }) => ({ query: `?scope=trashed&collectionId=${id}` }),
  },
  {
    ...{
      route: "POST /api/v1/documents/upload-url",
      of: "collection",
      may: has("create_documents"),
      answers: 201,
    },
    ...{ names: "create_documents", tells: () => ({ upload: { method: "PUT" } }) },
    leaves: ({ id }) => [
      "SELECT FROM documents WHERE collection_id = $1 AND status = 'pending' AND name = 'new.txt'",
      id,
    ],
    parts: ({ id }) => ({
      body: {
        collectionId: id,
        filename: "new.txt",
        contentType: "text/plain",
        sizeBytes: 7,
        sha256: "0".repeat(64),
      },
    }),
  },
  // --- documents
  { isBroad: true, route: `GET ${document}`, of: "document", may: seen, tells: seenDocument },
  {
    ...{ isBroad: true, route: `PATCH ${document}`, of: "document", may: has("edit_documents") },
    ...{ names: "edit_documents", tells: changedDocument },
    parts: () => ({ body: { version: 1, name: "Renamed.txt" } }),
  },
  {
    ...{
      isBroad: true,
      route: `DELETE ${document}`,
      as: "to the trash",
      of: "document",
      may: deletes,
      trashed: ifAllowed(deletes),
    },
    pending: (c) => (isKeeper(c) ? 204 : "unseen"),
    tells: trashedThing(true),
  },
  {
    ...{
      route: `DELETE ${document}`,
      as: "for good",
      of: "document",
      may: deletes,
      trashed: ifAllowed(deletes),
    },
    ...{ answers: 204, parts: () => ({ query: "?permanent=true" }) },
    pending: (c) => (isKeeper(c) ? "allowed" : "unseen"),
    leaves: ({ id }) => ["SELECT WHERE NOT EXISTS (SELECT FROM documents WHERE id = $1)", id],
  },
  {
    ...{ route: `POST ${document}/restore`, of: "document", may: deletes },
    ...{ trashed: ifAllowed(deletes), tells: trashedThing(false) },
  },
  {
    ...{ isBroad: true, route: `GET ${document}/download`, of: "document", may: seen, answers: 302 },
    leadsTo: bytesAt,
  },
  { route: `GET ${document}/content-url`, of: "document", may: seen, leadsTo: bytesAt },
  { route: `GET ${document}/thumbnail`, of: "document", may: seen, answers: 302 },
  {
    ...{ route: `POST ${document}/process`, of: "document", may: has("run_jobs"), answers: 202 },
    tells: ({ id }) => ({ id }),
  },
  {
    // what is confirmed already is answered again to whoever uploaded it
    ...{ route: `POST ${document}/confirm`, of: "document" },
    ...{ names: "create_documents", tells: ({ id }) => ({ id, status: (status) => status !== "pending" }) },
    may: (c) => (c.isOwner ? "allowed" : "forbidden"),
    pending: (c) => (isKeeper(c) ? "allowed" : "unseen"),
  },
  {
    ...{ route: `PUT ${document}/access-mode`, as: "private", of: "document", ...modeTold("private") },
    may: (c) => (c.isOwner ? "allowed" : unless(manages, "the author's alone")(c)),
  },
  {
    ...{
      isBroad: true,
      route: `PUT ${document}/access-mode`,
      as: "collection",
      of: "document",
      ...modeTold("collection"),
    },
    may: (c) => (c.isOwner ? "allowed" : setsMode(c)),
  },
  {
    route: `PUT ${document}/access-mode`,
    as: "invite",
    of: "document",
    may: setsMode,
    ...modeTold("invite"),
  },
  { route: `PUT ${document}/access-mode`, as: "link", of: "document", may: setsMode, ...modeTold("link") },
  ...sharing("document"),
];

export const titleOf = ({ route, as }: { route: string; as?: string }): string =>
  as ? `${route} (${as})` : route;

/** What stands where the operation's grant is named. */
export function grantIdFor(
  operation: Operation,
  who: PersonaName,
  place: Place,
  other: Place,
  key: DocumentKey | null,
): string {
  const { grantOf } = operation;
  if (!grantOf || grantOf === "nobody") return randomUUID();
  const wanted = grantOf === "themselves" ? who : grantOf;
  if (wanted === "another place")
    return (key ? other.documentGrants[key]["viewer of documents"] : other.grants.viewer)!;
  if (key) return place.documentGrants[key][wanted] ?? randomUUID();
  const { through }: Persona = personas[wanted];
  return (through ? undefined : place.grants[wanted]) ?? randomUUID();
}

import { bytesAt, changedDocument, ofCollection, seenDocument, trashedThing } from "../answers.ts";
import type { Domain } from "../domain.ts";
import { everybody } from "../others.ts";
import { collectionFacts, type CollectionKey } from "../world/facts.ts";
import { type PersonaName, rightsOf } from "../rules.ts";
import { deletes, has, ifAllowed, isKeeper, manages, type Rule, seen, unless } from "../verdicts.ts";

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
const modeTold = (wanted: string) => ({
  ...{ names: "manage_permissions" as const, parts: mode(wanted) },
  tells: () => ({ mode: wanted }),
});

/** Into a collection that the whole workspace may see, where everybody has the grants they have on each. */
const toOther: CollectionKey = "open to the workspace";
const moves: Rule = ({ who, rights, isOwner }) => {
  const mayTake =
    (rights.has("delete_any_documents") && rights.has("manage_permissions")) ||
    (rights.has("delete_own_documents") && isOwner);
  if (!mayTake) return "forbidden";
  return rightsOf(who, collectionFacts[toOther]).has("create_documents") ? "allowed" : "forbidden there";
};
const addsTo = (who: PersonaName) => rightsOf(who, collectionFacts.closed).has("create_documents");
const seesClosed = (who: PersonaName) => rightsOf(who, collectionFacts.closed).has("view_documents");

export const documents: Domain = {
  scopes: {
    read: `
      GET /documents  GET /me/recent-documents
      GET /documents/{id}  GET /documents/{id}/download  GET /documents/{id}/content-url  GET /documents/{id}/thumbnail`,
    write: `
      PATCH /documents/{id}  POST /documents/move  DELETE /documents/{id}  POST /documents/{id}/restore
      POST /documents/{id}/process  POST /documents/{id}/open  PUT /documents/{id}/access-mode`,
  },
  resources: [
    {
      ...{ route: "GET /api/v1/documents", as: "of a collection", of: "collection", may: seen },
      isForEveryone: true,
      tells: ofCollection,
      parts: ({ id }) => ({ query: `?collectionId=${id}` }),
    },
    {
      ...{ route: "GET /api/v1/documents", as: "trash of a collection", of: "collection", may: seen },
      tells: ofCollection,
      parts: ({ id }) => ({ query: `?scope=trashed&collectionId=${id}` }),
    },
    {
      ...{ isBroad: true, isForEveryone: true, route: `GET ${document}`, of: "document", may: seen },
      tells: seenDocument,
    },
    {
      ...{ isBroad: true, route: `PATCH ${document}`, of: "document", may: has("edit_documents") },
      ...{ names: "edit_documents", tells: changedDocument },
      parts: () => ({ body: { version: 1, name: "Renamed.txt" } }),
    },
    {
      ...{
        isBroad: true,
        route: `PATCH ${document}`,
        as: "to another collection",
        of: "document",
        may: moves,
      },
      buried: (c) => (isKeeper(c) ? moves(c) : "unseen"),
      parts: ({ world }) => ({ body: { version: 1, collectionId: world.shared[toOther].id } }),
      tells: ({ id, world }) => ({ id, version: 2, collection: { id: world.shared[toOther].id } }),
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
      ...{ names: "delete_any_documents", tells: trashedThing(true) },
    },
    {
      ...{
        route: `DELETE ${document}`,
        as: "for good",
        of: "document",
        may: deletes,
        trashed: ifAllowed(deletes),
      },
      ...{ answers: 204, names: "delete_any_documents", parts: () => ({ query: "?permanent=true" }) },
      pending: (c) => (isKeeper(c) ? "allowed" : "unseen"),
      leaves: ({ id }) => ["SELECT WHERE NOT EXISTS (SELECT FROM documents WHERE id = $1)", id],
    },
    {
      ...{ route: `POST ${document}/restore`, of: "document", may: deletes },
      names: "delete_any_documents",
      ...{ trashed: ifAllowed(deletes), tells: trashedThing(false) },
    },
    {
      ...{ isBroad: true, route: `GET ${document}/download`, of: "document", may: seen, answers: 302 },
      isForEveryone: true,
      leadsTo: bytesAt,
    },
    {
      ...{ isForEveryone: true, route: `GET ${document}/content-url`, of: "document", may: seen },
      leadsTo: bytesAt,
    },
    { isForEveryone: true, route: `GET ${document}/thumbnail`, of: "document", may: seen, answers: 302 },
    {
      ...{ route: `POST ${document}/open`, of: "document", may: seen, answers: 204 },
      leaves: ({ id }) => ["SELECT FROM recent_documents WHERE document_id = $1", id],
    },
    {
      ...{ route: `POST ${document}/process`, of: "document", may: has("run_jobs"), answers: 202 },
      names: "run_jobs",
      tells: ({ id }) => ({ id }),
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
  ],
  // what is in lists is looked at beside this
  others: [
    { route: "GET /api/v1/documents", answers: everybody },
    { route: "GET /api/v1/me/recent-documents", answers: everybody },
    {
      ...{ route: "POST /api/v1/documents/move", answers: (who) => (addsTo(who) ? 200 : 403) },
      says: (who) =>
        seesClosed(who)
          ? "Ask the owner of the collection for a role that does."
          : "This collection does not exist or is not shared with you.",
      // to where it lies: nobody's document goes
      parts: ({ shared: { closed } }) => ({
        body: {
          collectionId: closed.id,
          documentIds: [closed.documents["collection owner's"], closed.documents.trashed],
        },
      }),
      tells: ({ shared: { closed } }, who) => {
        const { "collection owner's": documentId, trashed } = closed.documents;
        const isTaken = rightsOf(who, collectionFacts.closed).has("manage_permissions");
        const refused = { documentId: trashed, reason: "document" };
        return isTaken
          ? { moved: [documentId], refused: [refused] }
          : {
              moved: [],
              refused: (all) =>
                JSON.stringify(all).includes(documentId) && JSON.stringify(all).includes("action"),
            };
      },
    },
  ],
};

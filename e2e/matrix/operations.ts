import { randomUUID } from "node:crypto";
import { type Persona, type PersonaName, personas, type Permission, type Role, roles } from "./rules.ts";
import type { DocumentKey, Place, World } from "./world.ts";

/**
 * What somebody gets to hear. `unseen`: the same as for what is not there. `forbidden`: seen, but not allowed.
 * A number: that status, which is an answer to what was asked and not to who asks.
 */
export type Verdict = "allowed" | "unseen" | "forbidden" | number;

/** One question: somebody, and what they ask about. */
export interface Case {
  world: World;
  who: PersonaName;
  persona: Persona;
  /** On what is asked about. */
  rights: Set<Permission>;
  /** On the collection that the document lies in. */
  rightsAround: Set<Permission>;
  isOwner: boolean;
  documentKey: DocumentKey | null;
}

/** What a request is made for. */
export interface Aim {
  world: World;
  who: PersonaName;
  id: string;
  place: Place;
  documentKey: DocumentKey | null;
  /** A grant on what is asked about: of the person whom the operation is about. */
  grantId: string;
}
interface Parts {
  query?: string;
  body?: unknown;
}
type Rule = (one: Case) => Verdict;

export interface Operation {
  /** As in the API's description. */
  route: string;
  /** Where one route is asked in several ways. */
  as?: string;
  of: "collection" | "document";
  /** Of those who see what is asked about. */
  may: Rule;
  /** Asked about in every state there is; otherwise in the plainest ones. */
  isBroad?: boolean;
  /** What an allowed one answers; 200 unless given. */
  answers?: number;
  /** The same for what is in the trash, or not uploaded yet; nobody sees that unless given. */
  trashed?: Rule;
  pending?: Rule;
  /** In a collection that is in the trash. */
  buried?: Rule;
  parts?: (aim: Aim) => Parts;
  /** Whose grant stands in the path: of a person in the place, the asker's own, one of another place, none. */
  grantOf?: PersonaName | "themselves" | "another place" | "nobody";
}

const has =
  (...wanted: Permission[]): Rule =>
  ({ rights }) =>
    wanted.some((permission) => rights.has(permission)) ? "allowed" : "forbidden";
const seen: Rule = () => "allowed";
const deletes: Rule = ({ rights, isOwner }) =>
  rights.has("delete_any_documents") || (rights.has("delete_own_documents") && isOwner)
    ? "allowed"
    : "forbidden";
/** Collections: to the trash and back, and for good. */
const disposes: Rule = ({ rights }) =>
  rights.has("manage_permissions") && rights.has("delete_any_documents") ? "allowed" : "forbidden";
/** Sharing, and nobody gives or takes more than they have. Guests share nothing. */
const shares =
  (...given: Role[]): Rule =>
  ({ rights, persona }) =>
    rights.has("manage_permissions") &&
    persona.is !== "guest" &&
    given.every((role) => roles[role].every((permission) => rights.has(permission)))
      ? "allowed"
      : "forbidden";
/** What is in the trash is there for those who could do this. */
const ifAllowed =
  (rule: Rule): Rule =>
  (one) =>
    rule(one) === "allowed" ? "allowed" : "unseen";
const manages = has("manage_permissions");
/** Who manages something is told who would have access also while it is in the trash. */
const forManagers = { trashed: ifAllowed(manages), buried: ifAllowed(manages) };
const notFoundToManagers: Rule = (one) => (manages(one) === "allowed" ? 404 : "unseen");
const forManagersNothing = { trashed: notFoundToManagers, buried: notFoundToManagers };
const isKeeper = ({ isOwner, rights }: Case) => isOwner && rights.has("view_documents");

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const stranger = () => ({ query: `?userId=${randomUUID()}` });

/** The operations that collections and documents have alike. */
function sharing(of: Operation["of"]): Operation[] {
  const path = `/api/v1/${of}s/{id}`;
  const one = `${path}/collaborators/{collaboratorId}`;
  const give = (body: object) => () => ({ body });
  const somebodysGrant = of === "collection" ? "viewer" : "viewer of documents";
  const longer = () => ({ body: { expiresAt: inAnHour() } });
  return [
    {
      isBroad: true,
      route: `GET ${path}/collaborators`,
      of,
      may: has("edit_documents", "manage_permissions"),
    },
    {
      ...{
        isBroad: true,
        route: `POST ${path}/collaborators`,
        as: "a viewer",
        of,
        may: shares("viewer"),
        answers: 201,
      },
      parts: () => ({ body: { email: `${randomUUID()}@example.org`, role: "viewer" } }),
    },
    {
      ...{ route: `POST ${path}/collaborators`, as: "an owner", of, may: shares("owner"), answers: 201 },
      parts: ({ world }) => ({ body: { email: world.emails.colleague, role: "owner" } }),
    },
    {
      // groups and roles are their workspace's: others share without them
      ...{ route: `POST ${path}/collaborators`, as: "a group", of, answers: 201 },
      may: (c) => (c.persona.workspace === "home" ? shares("viewer")(c) : "forbidden"),
      parts: ({ world }) => ({ body: { groupId: world.groups.spare, role: "viewer" } }),
    },
    {
      ...{ route: `POST ${path}/collaborators`, as: "a custom role", of, answers: 201 },
      may: (c) => {
        if (manages(c) === "forbidden" || c.persona.is === "guest") return "forbidden";
        return c.persona.workspace === "home" ? shares("sharer")(c) : 404;
      },
      parts: ({ world }) => ({ body: { email: world.emails.outsider, roleId: world.roleIds.sharer } }),
    },
    {
      route: `PATCH ${one}`,
      as: "a viewer",
      of,
      may: shares("viewer"),
      grantOf: somebodysGrant,
      parts: longer,
    },
    {
      ...{
        route: `PATCH ${one}`,
        as: "a viewer, to editor",
        of,
        may: shares("editor"),
        grantOf: somebodysGrant,
      },
      parts: give({ role: "editor" }),
    },
    {
      ...{ route: `PATCH ${one}`, as: "a grant elsewhere", of, grantOf: "another place", parts: longer },
      may: (c) => (shares()(c) === "allowed" ? 404 : "forbidden"),
    },
    {
      // anybody may give up what they have themselves
      ...{ route: `DELETE ${one}`, as: "a viewer", of, grantOf: somebodysGrant, answers: 204 },
      may: (c) => (c.who === somebodysGrant ? "allowed" : shares("viewer")(c)),
    },
    {
      ...{ route: `DELETE ${one}`, as: "a grant elsewhere", of, grantOf: "another place" },
      may: (c) => (c.who === somebodysGrant || shares()(c) === "allowed" ? 404 : "forbidden"),
    },
    {
      ...{ route: `DELETE ${one}`, as: "a grant that is nowhere", of, grantOf: "nobody" },
      may: (c) => (shares()(c) === "allowed" ? 404 : "forbidden"),
    },
    { isBroad: true, route: `GET ${path}/access`, of, may: seen, ...forManagers },
    { route: `GET ${path}/access/explain`, as: "oneself", of, may: seen, ...forManagers },
    {
      ...{ route: `GET ${path}/access/explain`, as: "somebody", of, may: manages, ...forManagers },
      parts: ({ world }) => ({ query: `?userId=${world.ids.owner}` }),
    },
    ...(["owner", "an address of nobody"] as const).map((whose): Operation => ({
      ...{ route: `GET ${path}/access/explain`, of, may: manages, ...forManagers },
      as: whose === "owner" ? "somebody by their address" : whose,
      parts: ({ world }) => ({
        query: `?email=${whose === "owner" ? world.emails.owner : `${randomUUID()}@example.org`}`,
      }),
    })),
    {
      // somebody who has nothing to do with it, and nobody at all, are told apart by no answer
      ...{ route: `GET ${path}/access/explain`, as: "an id of nobody", of, parts: stranger },
      may: (c) => (manages(c) === "allowed" ? 404 : "forbidden"),
      ...forManagersNothing,
    },
    {
      ...{ route: `POST ${path}/access/simulate`, of, may: manages, ...forManagers },
      grantOf: somebodysGrant,
      parts: ({ grantId }) => ({ body: { grantId } }),
    },
    {
      ...{ route: `POST ${path}/access/simulate`, as: "a grant elsewhere", of, grantOf: "another place" },
      may: (c) => (manages(c) === "allowed" ? 404 : "forbidden"),
      ...forManagersNothing,
      parts: ({ grantId }) => ({ body: { grantId } }),
    },
  ];
}

const collection = "/api/v1/collections/{id}";
const document = "/api/v1/documents/{id}";
const mode = (wanted: string) => () => ({ body: { mode: wanted } });
/** Managing counts through the collection, too, for somebody's own document. */
const managesMode: Rule = ({ rights, rightsAround, isOwner }) =>
  rights.has("manage_permissions") || (isOwner && rightsAround.has("manage_permissions"))
    ? "allowed"
    : "forbidden";
const setsMode: Rule = (c) => (c.persona.is === "guest" ? "forbidden" : managesMode(c));

export const operations: Operation[] = [
  // --- collections
  { isBroad: true, route: `GET ${collection}`, of: "collection", may: seen, trashed: ifAllowed(disposes) },
  {
    ...{
      isBroad: true,
      route: `PATCH ${collection}`,
      of: "collection",
      may: has("edit_documents"),
      trashed: ifAllowed(disposes),
    },
    parts: () => ({ body: { version: 1, description: "Changed" } }),
  },
  {
    route: `DELETE ${collection}`,
    as: "to the trash",
    of: "collection",
    may: disposes,
    trashed: ifAllowed(disposes),
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
  },
  { route: `POST ${collection}/restore`, of: "collection", may: disposes, trashed: ifAllowed(disposes) },
  { route: `GET ${collection}/visibility`, of: "collection", may: seen },
  {
    ...{ route: `PUT ${collection}/visibility`, of: "collection", may: shares() },
    parts: () => ({ body: { visibility: "private" } }),
  },
  {
    ...{ route: `PUT ${collection}/visibility`, as: "protected", of: "collection" },
    may: ({ who }) => (who === "owner" ? "allowed" : "forbidden"),
    parts: () => ({ body: { visibility: "private", isProtected: true } }),
  },
  {
    ...{
      route: `PATCH ${collection}/collaborators/{collaboratorId}`,
      as: "the owner",
      of: "collection",
      may: () => "forbidden",
    },
    ...{ grantOf: "owner", parts: () => ({ body: { role: "viewer" } }) },
  },
  {
    ...{ route: `DELETE ${collection}/collaborators/{collaboratorId}`, as: "the owner", of: "collection" },
    ...{ grantOf: "owner", may: () => "forbidden" },
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
    may: (c) => {
      const { grant, ended, through } = c.persona;
      if (c.who === "owner") return "forbidden";
      if (grant && !through && ended !== "group deleted") return ended ? 404 : "allowed";
      return shares()(c) === "allowed" ? 404 : "forbidden";
    },
  },
  ...sharing("collection"),
  {
    ...{ route: "GET /api/v1/documents", as: "of a collection", of: "collection", may: seen },
    parts: ({ id }) => ({ query: `?collectionId=${id}` }),
  },
  {
    ...{ route: "GET /api/v1/documents", as: "trash of a collection", of: "collection", may: seen },
    parts: ({ id }) => ({ query: `?scope=trashed&collectionId=${id}` }),
  },
  {
    ...{
      route: "POST /api/v1/documents/upload-url",
      of: "collection",
      may: has("create_documents"),
      answers: 201,
    },
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
  { isBroad: true, route: `GET ${document}`, of: "document", may: seen },
  {
    ...{ isBroad: true, route: `PATCH ${document}`, of: "document", may: has("edit_documents") },
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
  },
  { route: `POST ${document}/restore`, of: "document", may: deletes, trashed: ifAllowed(deletes) },
  { isBroad: true, route: `GET ${document}/download`, of: "document", may: seen, answers: 302 },
  { route: `GET ${document}/content-url`, of: "document", may: seen },
  { route: `GET ${document}/thumbnail`, of: "document", may: seen, answers: 302 },
  { route: `POST ${document}/process`, of: "document", may: has("run_jobs"), answers: 202 },
  {
    // what is confirmed already is answered again to whoever uploaded it
    ...{ route: `POST ${document}/confirm`, of: "document" },
    may: (c) => (c.isOwner ? "allowed" : "forbidden"),
    pending: (c) => (isKeeper(c) ? "allowed" : "unseen"),
  },
  {
    ...{ route: `PUT ${document}/access-mode`, as: "private", of: "document", parts: mode("private") },
    may: (c) => (c.isOwner ? "allowed" : "forbidden"),
  },
  {
    ...{
      isBroad: true,
      route: `PUT ${document}/access-mode`,
      as: "collection",
      of: "document",
      parts: mode("collection"),
    },
    may: (c) => (c.isOwner ? "allowed" : setsMode(c)),
  },
  {
    route: `PUT ${document}/access-mode`,
    as: "invite",
    of: "document",
    may: setsMode,
    parts: mode("invite"),
  },
  { route: `PUT ${document}/access-mode`, as: "link", of: "document", may: setsMode, parts: mode("link") },
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
  if (wanted === "another place") return key ? other.documentGrants[key] : other.grants.viewer!;
  if (key && wanted === "viewer of documents") return place.documentGrants[key];
  const { through }: Persona = personas[wanted];
  return (through ? undefined : place.grants[wanted]) ?? randomUUID();
}

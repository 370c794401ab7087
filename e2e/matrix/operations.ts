import { randomUUID } from "node:crypto";
import {
  bytesAt,
  changedCollection,
  changedDocument,
  explained,
  grantsListed,
  ofCollection,
  openness,
  peopleListed,
  seenCollection,
  seenDocument,
  simulated,
  trashedThing,
} from "./answers.ts";
import type { Pattern } from "./pattern.ts";
import type { refusals } from "./refusals.ts";
import {
  type DocumentFact,
  type Persona,
  type PersonaName,
  personas,
  type Permission,
  type PlaceFact,
  type Role,
  roles,
} from "./rules.ts";
import type { DocumentKey, Place, World } from "./world.ts";

/**
 * What somebody gets to hear. `unseen`: the same as for what is not there. A refusal: seen, but not allowed, and told
 * why. A number: that status, for what is done otherwise.
 */
export type Verdict = "allowed" | "unseen" | keyof typeof refusals | number;

/** One question: somebody, and what they ask about. */
export interface Case {
  who: PersonaName;
  persona: Persona;
  /** On what is asked about. */
  rights: Set<Permission>;
  /** On the collection that the document lies in. */
  rightsAround: Set<Permission>;
  isOwner: boolean;
  place: PlaceFact;
  document: DocumentFact | undefined;
  /** The thing itself, or the collection around it. */
  isTrashed: boolean;
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
  /** Nobody's, and another one each time. */
  stranger: { id: string; email: string };
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
  /** What stands in the answer then. */
  tells?: (aim: Aim, one: Case) => Pattern;
  /** True of the database afterwards; a query with the one parameter `$1`. */
  leaves?: (aim: Aim) => [query: string, id: string];
  /** Where a `forbidden` names the permission that is lacking. */
  names?: Permission;
  /** Where what is asked for lies, and with which name. */
  leadsTo?: (aim: Aim) => string;
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
  ({ rights, persona }) => {
    if (!rights.has("manage_permissions")) return "forbidden";
    if (persona.is === "guest") return "not for guests";
    const isWithin = given.every((role) => roles[role].every((permission) => rights.has(permission)));
    return isWithin ? "allowed" : "above their own";
  };
/** What those hear who could do it, were it not for what they ask about. */
const unless =
  (rule: Rule, otherwise: Verdict | Rule): Rule =>
  (one) => {
    const verdict = rule(one);
    if (verdict !== "allowed") return verdict;
    return typeof otherwise === "function" ? otherwise(one) : otherwise;
  };
/** Whoever asks about their own grant needs no right but to see. */
const endsOwn =
  (whose: PersonaName, own: Verdict, rule: Rule): Rule =>
  (one) =>
    one.who === whose ? own : rule(one);
/** What is in the trash is there for those who could do this. */
const ifAllowed =
  (rule: Rule): Rule =>
  (one) =>
    rule(one) === "allowed" ? "allowed" : "unseen";
const manages = has("manage_permissions");
/** Who manages something is told who would have access also while it is in the trash. */
/** What only takes away is for those who manage the thing while it is in the trash, too; it is not there for others. */
function closing(may: Rule): Pick<Operation, "may" | "trashed" | "buried"> {
  const rule: Rule = (one) => (manages(one) === "allowed" ? may(one) : "unseen");
  return { may, trashed: rule, buried: rule };
}
const forManagers = { trashed: ifAllowed(manages), buried: ifAllowed(manages) };
const forManagersNothing = (what: Verdict) => {
  const rule: Rule = (one) => (manages(one) === "allowed" ? what : "unseen");
  return { may: unless(manages, what), trashed: rule, buried: rule };
};
const isKeeper = ({ isOwner, rights }: Case) => isOwner && rights.has("view_documents");

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const ended: Operation["leaves"] = ({ grantId }) => [
  "SELECT FROM permissions WHERE id = $1 AND deleted_at IS NOT NULL",
  grantId,
];

/** The operations that collections and documents have alike. */
function sharing(of: Operation["of"]): Operation[] {
  const path = `/api/v1/${of}s/{id}`;
  const one = `${path}/collaborators/{collaboratorId}`;
  const give = (body: object) => () => ({ body });
  const somebodysGrant = of === "collection" ? "viewer" : "viewer of documents";
  const longer = () => ({ body: { expiresAt: inAnHour() } });
  const gone: PersonaName[] =
    of === "collection"
      ? ["once owner", "owner until yesterday"]
      : ["once viewer of documents", "viewer of documents until yesterday"];
  return [
    {
      isBroad: true,
      route: `GET ${path}/collaborators`,
      of,
      may: has("edit_documents", "manage_permissions"),
      names: "manage_permissions",
      tells: grantsListed,
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
      parts: ({ stranger }) => ({ body: { email: stranger.email, role: "viewer" } }),
      tells: ({ stranger }) => ({ email: stranger.email, groupId: null, role: "viewer", expiresAt: null }),
      leaves: ({ stranger, id }) => [
        `SELECT FROM invitations WHERE email = '${stranger.email}' AND coalesce(document_id, collection_id) = $1 AND deleted_at IS NULL`,
        id,
      ],
    },
    {
      ...{ route: `POST ${path}/collaborators`, as: "an owner", of, may: shares("owner"), answers: 201 },
      parts: ({ world }) => ({ body: { email: world.emails.colleague, role: "owner" } }),
      tells: ({ world }) => ({ email: world.emails.colleague, role: "owner", roleId: world.roleIds.owner }),
    },
    {
      // groups and roles are their workspace's: others share without them
      ...{ route: `POST ${path}/collaborators`, as: "a group", of, answers: 201 },
      may: unless(shares(), (c) => (c.persona.workspace === "home" ? shares("viewer")(c) : "no such group")),
      parts: ({ world }) => ({ body: { groupId: world.groups.spare, role: "viewer" } }),
      tells: ({ world }) => ({ email: null, groupId: world.groups.spare, role: "viewer" }),
    },
    {
      ...{ route: `POST ${path}/collaborators`, as: "a custom role", of, answers: 201 },
      may: unless(shares(), (c) => (c.persona.workspace === "home" ? shares("sharer")(c) : "no such role")),
      parts: ({ world }) => ({ body: { email: world.emails.outsider, roleId: world.roleIds.sharer } }),
      tells: ({ world }) => ({ email: world.emails.outsider, roleId: world.roleIds.sharer }),
    },
    {
      route: `PATCH ${one}`,
      as: "a viewer",
      of,
      may: shares("viewer"),
      grantOf: somebodysGrant,
      parts: longer,
      tells: ({ grantId }) => ({ id: grantId, role: "viewer", expiresAt: (at) => at !== null }),
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
      tells: ({ grantId, world }) => ({ id: grantId, role: "editor", roleId: world.roleIds.editor }),
    },
    {
      ...{ route: `PATCH ${one}`, as: "a grant elsewhere", of, grantOf: "another place", parts: longer },
      may: unless(shares(), "no such grant"),
    },
    {
      // anybody may give up what they have themselves
      ...{ route: `DELETE ${one}`, as: "a viewer", of, grantOf: somebodysGrant, answers: 204 },
      ...closing(endsOwn(somebodysGrant, "allowed", shares("viewer"))),
      leaves: ended,
    },
    {
      ...{ route: `DELETE ${one}`, as: "a grant elsewhere", of, grantOf: "another place" },
      ...closing(endsOwn(somebodysGrant, "no such grant", unless(shares(), "no such grant"))),
    },
    {
      ...{ route: `DELETE ${one}`, as: "a grant that is nowhere", of, grantOf: "nobody" },
      ...closing(unless(shares(), "no such grant")),
    },
    ...gone.flatMap((whose): Operation[] => [
      {
        ...{ route: `PATCH ${one}`, as: `that of the ${whose}`, of, grantOf: whose, parts: longer },
        may: unless(shares(), "no such grant"),
      },
      {
        ...{ route: `DELETE ${one}`, as: `that of the ${whose}`, of, grantOf: whose },
        ...closing(endsOwn(whose, "no such grant", unless(shares(), "no such grant"))),
      },
      {
        ...{ route: `POST ${path}/access/simulate`, as: `without that of the ${whose}`, of, grantOf: whose },
        // one that has expired is told of among what gives nothing any more; without it nobody loses anything
        ...(whose.endsWith("until yesterday")
          ? { may: manages, ...forManagers }
          : forManagersNothing("nothing to simulate")),
        names: "manage_permissions",
        parts: ({ grantId }) => ({ body: { grantId } }),
        tells: () => ({ people: [], isComplete: true, everyone: [] }),
      },
    ]),
    { isBroad: true, route: `GET ${path}/access`, of, may: seen, ...forManagers, tells: peopleListed },
    {
      ...{ route: `GET ${path}/access/explain`, as: "oneself", of, may: seen, ...forManagers },
      tells: (aim, c) => explained(c.who)(aim, c),
    },
    {
      ...{ route: `GET ${path}/access/explain`, as: "somebody", of, may: manages, ...forManagers },
      names: "manage_permissions",
      parts: ({ world }) => ({ query: `?userId=${world.ids.owner}` }),
      tells: explained("owner"),
    },
    ...(["owner", "an address of nobody"] as const).map((whose): Operation => ({
      ...{ route: `GET ${path}/access/explain`, of, may: manages, ...forManagers },
      as: whose === "owner" ? "somebody by their address" : whose,
      names: "manage_permissions",
      parts: ({ world, stranger }) => ({
        query: `?email=${whose === "owner" ? world.emails.owner : stranger.email}`,
      }),
      tells: explained(whose === "owner" ? "owner" : null),
    })),
    {
      // somebody who has nothing to do with it, and nobody at all, are told apart by no answer
      ...{ route: `GET ${path}/access/explain`, as: "an id of nobody", of },
      ...forManagersNothing("no such person"),
      names: "manage_permissions",
      parts: ({ stranger }) => ({ query: `?userId=${stranger.id}` }),
    },
    {
      ...{ route: `POST ${path}/access/simulate`, of, may: manages, ...forManagers },
      grantOf: somebodysGrant,
      names: "manage_permissions",
      parts: ({ grantId }) => ({ body: { grantId } }),
      tells: simulated(somebodysGrant),
    },
    {
      ...{ route: `POST ${path}/access/simulate`, as: "a grant elsewhere", of, grantOf: "another place" },
      ...forManagersNothing("nothing to simulate"),
      names: "manage_permissions",
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

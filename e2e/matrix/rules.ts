/**
 * Who may do what, once more and by itself: it shares no line with the program, whose answers are held against it.
 * Written from what the product promises about roles, access modes, visibility, trash and guests.
 */

export type Permission =
  | "view_documents"
  | "create_documents"
  | "edit_documents"
  | "delete_own_documents"
  | "delete_any_documents"
  | "export_collection"
  | "run_jobs"
  | "manage_permissions"
  | "manage_templates"
  | "add_comments"
  | "delete_own_comments"
  | "delete_any_comments"
  | "suggest_changes";

const viewer: Permission[] = ["view_documents"];
const commenter: Permission[] = [...viewer, "add_comments", "delete_own_comments", "suggest_changes"];
const editor: Permission[] = [
  ...commenter,
  ...([
    "create_documents",
    "edit_documents",
    "delete_own_documents",
    "run_jobs",
    "export_collection",
  ] as const),
];
const owner: Permission[] = [
  ...editor,
  ...(["delete_any_documents", "delete_any_comments", "manage_permissions", "manage_templates"] as const),
];

/** The built-in roles, and two of a workspace's own that cut across them. */
export const roles = {
  viewer,
  commenter,
  editor,
  owner,
  curator: ["view_documents", "delete_any_documents", "run_jobs"],
  sharer: ["view_documents", "manage_permissions"],
} satisfies Record<string, Permission[]>;
export type Role = keyof typeof roles;

export interface Persona {
  /** Of the workspace that the collections belong to, or of another one. */
  workspace: "home" | "away";
  is?: "workspace admin" | "system admin" | "guest";
  /** On every collection. */
  grant?: Role;
  /** How that grant reaches them, other than by themselves. */
  through?: "group" | "nested group";
  /** On every document. */
  documentGrant?: Role;
  /** Why the grants count no more. */
  ended?: "expired" | "revoked" | "group deleted";
  /** How they sign their calls; the last ones are nobody's. */
  comes: "by session" | "by token" | NobodyBecause;
}
type NobodyBecause =
  | "without anything"
  | "by session, suspended"
  | "by token, suspended"
  | "by session, signed out"
  | "by session, expired"
  | "by token, revoked"
  | "by token, expired"
  | "with a link's token"
  | "with a link as session";

export const personas = {
  anonymous: { workspace: "away", comes: "without anything" },
  "signed out": { workspace: "home", grant: "owner", comes: "by session, signed out" },
  "session expired": { workspace: "home", grant: "owner", comes: "by session, expired" },
  "token revoked": { workspace: "home", grant: "owner", comes: "by token, revoked" },
  "token expired": { workspace: "home", grant: "owner", comes: "by token, expired" },
  "suspended, session": { workspace: "home", grant: "owner", comes: "by session, suspended" },
  "suspended, token": { workspace: "home", grant: "owner", comes: "by token, suspended" },
  // a link opens no route of today's, however it is presented
  "link visitor": { workspace: "away", comes: "with a link's token" },
  "link visitor, as if in a session": { workspace: "away", comes: "with a link as session" },
  outsider: { workspace: "away", comes: "by session" },
  colleague: { workspace: "home", comes: "by token" },
  viewer: { workspace: "home", grant: "viewer", comes: "by session" },
  commenter: { workspace: "home", grant: "commenter", comes: "by token" },
  editor: { workspace: "home", grant: "editor", comes: "by session" },
  "co-owner": { workspace: "home", grant: "owner", comes: "by token" },
  owner: { workspace: "home", grant: "owner", comes: "by session" },
  // owns most documents
  author: { workspace: "home", grant: "editor", comes: "by token" },
  // owns one, in a collection they may not open any more
  uploader: { workspace: "home", grant: "editor", ended: "revoked", comes: "by session" },
  "group viewer": { workspace: "home", grant: "viewer", through: "group", comes: "by token" },
  "nested group editor": { workspace: "home", grant: "editor", through: "nested group", comes: "by token" },
  "deleted group's viewer": {
    workspace: "home",
    grant: "viewer",
    through: "group",
    ended: "group deleted",
    comes: "by token",
  },
  curator: { workspace: "home", grant: "curator", comes: "by token" },
  sharer: { workspace: "home", grant: "sharer", comes: "by token" },
  "viewer from elsewhere": { workspace: "away", grant: "viewer", comes: "by token" },
  "co-owner from elsewhere": { workspace: "away", grant: "owner", comes: "by session" },
  "viewer of documents": { workspace: "home", documentGrant: "viewer", comes: "by token" },
  "editor of documents": { workspace: "home", documentGrant: "editor", comes: "by token" },
  "owner of documents": { workspace: "home", documentGrant: "owner", comes: "by token" },
  "viewer of documents until yesterday": {
    workspace: "home",
    documentGrant: "viewer",
    ended: "expired",
    comes: "by session",
  },
  "once viewer of documents": {
    workspace: "home",
    documentGrant: "viewer",
    ended: "revoked",
    comes: "by token",
  },
  "once owner": { workspace: "home", grant: "owner", ended: "revoked", comes: "by token" },
  "owner until yesterday": { workspace: "home", grant: "owner", ended: "expired", comes: "by session" },
  guest: { workspace: "home", is: "guest", grant: "viewer", comes: "by session" },
  "guest with a sharer's role": { workspace: "home", is: "guest", grant: "sharer", comes: "by token" },
  // has a grant on another collection
  "guest elsewhere": { workspace: "home", is: "guest", comes: "by token" },
  "workspace admin": { workspace: "home", is: "workspace admin", comes: "by session" },
  "system admin": { workspace: "home", is: "system admin", comes: "by session" },
  "system admin from elsewhere": { workspace: "away", is: "system admin", comes: "by token" },
  "system admin, viewer": { workspace: "home", is: "system admin", grant: "viewer", comes: "by token" },
} satisfies Record<string, Persona>;
export type PersonaName = keyof typeof personas;
export const personaNames = Object.keys(personas) as PersonaName[];

export const isSomebody = (name: PersonaName): boolean =>
  personas[name].comes === "by session" || personas[name].comes === "by token";

/** A collection of the owner's. */
export interface CollectionFact {
  visibility: "private" | "workspace" | "public";
  isTrashed: boolean;
}
/** A document in it. */
export interface DocumentFact {
  owner: PersonaName;
  mode: "private" | "collection" | "invite" | "link";
  state: "live" | "trashed" | "pending";
}

function collectionRights(name: PersonaName, collection: CollectionFact): Permission[] {
  const persona: Persona = personas[name];
  const own = persona.grant && !persona.ended ? roles[persona.grant] : [];
  const isOpen =
    collection.visibility === "public" ||
    (collection.visibility === "workspace" && persona.workspace === "home" && persona.is !== "guest");
  return [...own, ...(isOpen ? viewer : [])];
}

/** Without a valid sign-in everybody is nobody, who reads what is public. */
export const rightsOf = (
  name: PersonaName,
  collection: CollectionFact,
  document?: DocumentFact,
): Set<Permission> => {
  if (isSomebody(name)) return rightsHeldBy(name, collection, document);
  const isOpen = !document || document.mode === "collection" || document.mode === "link";
  return new Set(isOpen && collection.visibility === "public" ? viewer : []);
};
/** Whoever names a token that is none is told so, also of what is public. */
export const readsWhatIsPublic = (name: PersonaName): boolean =>
  isSomebody(name) ||
  !["by token", "with a link's token"].some((way) => personas[name].comes.startsWith(way));

/** Additive: everything that any way gives, whether or not the person is signed in. Suspended people have nothing. */
export function rightsHeldBy(
  name: PersonaName,
  collection: CollectionFact,
  document?: DocumentFact,
): Set<Permission> {
  if (personas[name].comes.endsWith("suspended")) return new Set();
  if (!document) return new Set(collectionRights(name, collection));
  const { documentGrant, ended }: Persona = personas[name];
  const { mode } = document;
  const rights: Permission[] = [];
  // closed to all but its owner, who keeps what they have otherwise
  if (mode === "private" && document.owner !== name) return new Set();
  if (document.owner === name) {
    rights.push("view_documents", "delete_own_documents");
    if (mode === "private") rights.push("edit_documents");
  }
  if (mode !== "invite") rights.push(...collectionRights(name, collection));
  if (documentGrant && !ended) rights.push(...roles[documentGrant]);
  return new Set(rights);
}

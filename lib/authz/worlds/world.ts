/**
 * A world as plain data: who is where, who owns what, and everything that was ever given or taken away. Entities are
 * told by their place in their list. It says what the end is, so that a model can read it without a history, and what of
 * it happens while other changes are under way, so that a database can be brought there by a storm.
 */

/**
 * A fact over time. `before`: true from the start. `during`: becomes true in the storm. `undone`: was true and ends in the
 * storm. `never`: not true in the end, nor when the storm begins.
 */
export type Change = "never" | "before" | "during" | "undone";

/** Whether it is true in the end. */
export const holds = (change: Change): boolean => change === "before" || change === "during";
/** Whether it is true when the storm begins. */
export const begins = (change: Change): boolean => change === "before" || change === "undone";

export const WORKSPACES = 2;

export interface WorldPerson {
  workspace: number;
  /** Where they move to during the storm; most stay. */
  movesTo: number | null;
  isAdmin: boolean;
  isSystemAdmin: boolean;
  isGuest: Change;
  isSuspended: Change;
}

export interface WorldGroup {
  workspace: number;
  isDeleted: Exclude<Change, "undone">;
  /** Its name is that of this group, which was deleted before. */
  namedAfter: number | null;
}

export interface WorldRole {
  workspace: number;
  mask: number;
  /** Its mask after a change, made when its grants were there already. */
  becomes: { mask: number; when: "before" | "during" } | null;
  /** Deleted before the storm; its grants moved to this role then. */
  movesTo: RoleRef | null;
}
export type RoleRef = { builtIn: "owner" | "editor" | "commenter" | "viewer" } | { custom: number };

export type Visibility = "private" | "workspace" | "public";
export interface WorldCollection {
  workspace: number;
  owner: number;
  visibility: Visibility;
  /** What its visibility becomes in the storm. */
  opensTo: Visibility | null;
  /** Protected during the storm: what links it and its documents had open nothing from then on. */
  isProtected: boolean;
  isTrashed: boolean;
}

export type Mode = "private" | "collection" | "invite" | "link";
export interface WorldDocument {
  collection: number;
  owner: number;
  mode: Mode;
  /** What its mode was before the storm. */
  oldMode: Mode;
  status: "pending" | "uploaded" | "ready" | "failed";
  isTrashed: boolean;
}

export type WorldResource = { collection: number } | { document: number };

export interface WorldGrant {
  to: { person: number } | { group: number };
  on: WorldResource;
  role: RoleRef;
  ends: "no" | "later" | "past";
  /** `never` was given and revoked before the storm: its row stays. */
  isLive: Change;
}

/** A public link. `never` was revoked before the storm, for good. */
export interface WorldLink {
  on: WorldResource;
  role: "viewer" | "commenter";
  ends: "no" | "later" | "past";
  isLive: Change;
}

/** What waits for an address gives nothing, whoever has that address. */
export interface WorldInvitation {
  /** Nobody has the address when null. */
  person: number | null;
  on: WorldResource;
  role: RoleRef;
  state: "pending" | "accepted" | "withdrawn";
}

/** What an admin tries once the storm is over, at the same time as the other attempts. Some are refused. */
export type Attempt = { by: number } & (
  | { change: "role"; role: number; mask: number }
  | { change: "deleted role"; role: number; movesTo: RoleRef }
  | { change: "membership"; group: number; person: number }
  | { change: "nesting"; child: number; parent: number }
);

export interface World {
  people: WorldPerson[];
  groups: WorldGroup[];
  memberships: { group: number; person: number; exists: Change }[];
  /** The child is in the parent. Children have the lower number, so there are no cycles. */
  nestings: { child: number; parent: number; exists: Change }[];
  roles: WorldRole[];
  collections: WorldCollection[];
  documents: WorldDocument[];
  grants: WorldGrant[];
  links: WorldLink[];
  invitations: WorldInvitation[];
  attempts: Attempt[];
}

/** Everything in a world that can be given access to. */
export const resourcesOf = (world: World): WorldResource[] => [
  ...world.collections.map((_, collection) => ({ collection })),
  ...world.documents.map((_, document) => ({ document })),
];

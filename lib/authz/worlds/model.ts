import { builtInRoles, permissionBits } from "../permissions.ts";
import { holds, type PlaceRef, type RoleRef, type World, type WorldGrant } from "./world.ts";

/**
 * Who may do what in a world, said as plainly as the rules are: no closure, no index, no clock, and nothing shared with
 * `resolve.ts` or the database. It is the oracle that both are compared with.
 */

/** Who asks: a person, somebody who is not signed in, or a connection that says nothing about itself. */
export type Who = { person: number } | "everyone" | "nobody";

const { view_documents, delete_own_documents, delete_any_documents, edit_documents } = permissionBits;

/** The workspace a person is in, in the end. */
export const workspaceOf = (world: World, person: number): number =>
  world.people[person]!.movesTo ?? world.people[person]!.workspace;

export const isActive = (world: World, who: Who): boolean =>
  who !== "nobody" && (who === "everyone" || !holds(world.people[who.person]!.isSuspended));

/** Whether a person is in a group, directly or through groups in it. Deleted groups hold nobody, nor lead anywhere. */
export function isInGroup(world: World, person: number, group: number): boolean {
  if (holds(world.groups[group]!.isDeleted)) return false;
  // people of another workspace are in none of its groups, whatever is left of their membership
  const isMember = world.memberships.some(
    (membership) =>
      membership.group === group &&
      membership.person === person &&
      holds(membership.exists) &&
      world.groups[group]!.workspace === workspaceOf(world, person),
  );
  return (
    isMember ||
    world.nestings.some(
      ({ child, parent, exists }) => parent === group && holds(exists) && isInGroup(world, person, child),
    )
  );
}

/** What a role allows: as it was changed last, and when it was deleted, what its grants were moved to. */
function maskOfRole(world: World, role: RoleRef): number {
  if ("builtIn" in role) return builtInRoles[role.builtIn];
  const { mask, becomes, movesTo } = world.roles[role.custom]!;
  return movesTo ? maskOfRole(world, movesTo) : (becomes?.mask ?? mask);
}

const isSamePlace = (a: PlaceRef, b: PlaceRef): boolean =>
  "collection" in a
    ? "collection" in b && a.collection === b.collection
    : "document" in b && a.document === b.document;

/** What a grant gives to somebody who is active. */
function fromGrant(world: World, who: Who, grant: WorldGrant): number {
  if (!holds(grant.isLive) || grant.ends === "past" || typeof who === "string") return 0;
  const reaches =
    "person" in grant.to ? grant.to.person === who.person : isInGroup(world, who.person, grant.to.group);
  return reaches ? maskOfRole(world, grant.role) : 0;
}

function fromGrants(world: World, who: Who, place: PlaceRef): number {
  let mask = 0;
  for (const grant of world.grants) if (isSamePlace(grant.on, place)) mask |= fromGrant(world, who, grant);
  return mask;
}

function fromVisibility(world: World, who: Who, collection: number): number {
  const { visibility, opensTo, workspace } = world.collections[collection]!;
  const now = opensTo ?? visibility;
  if (now === "public") return builtInRoles.viewer;
  if (now === "private" || typeof who === "string") return 0;
  // guests are in no workspace
  const isColleague =
    workspaceOf(world, who.person) === workspace && !holds(world.people[who.person]!.isGuest);
  return isColleague ? builtInRoles.viewer : 0;
}

const isPerson = (who: Who, person: number): boolean => typeof who !== "string" && who.person === person;

/** Everything somebody may do to a place, whether it is live or in the trash. */
export function rightsOf(world: World, who: Who, place: PlaceRef): number {
  if (!isActive(world, who)) return 0;
  if ("collection" in place) {
    const owned = isPerson(who, world.collections[place.collection]!.owner) ? builtInRoles.owner : 0;
    return owned | fromVisibility(world, who, place.collection) | fromGrants(world, who, place);
  }
  const { collection, owner, mode } = world.documents[place.document]!;
  let mask = 0;
  if (isPerson(who, owner)) mask |= view_documents | delete_own_documents;
  if (isPerson(who, owner) && mode === "private") mask |= edit_documents;
  if (mode === "collection" || mode === "link") mask |= rightsOf(world, who, { collection });
  if (mode !== "private") mask |= fromGrants(world, who, place);
  return mask;
}

/** Whether there is something to open: neither in the trash, nor in a trashed collection, nor still being uploaded. */
export function isLive(world: World, place: PlaceRef): boolean {
  if ("collection" in place) return !world.collections[place.collection]!.isTrashed;
  const { collection, status, isTrashed } = world.documents[place.document]!;
  return !isTrashed && status !== "pending" && isLive(world, { collection });
}

/** Whether somebody may put a place into the trash. A collection takes managing it and deleting anything in it. */
export function mayRemove(world: World, who: Who, place: PlaceRef): boolean {
  const mask = rightsOf(world, who, place);
  if (!(mask & view_documents)) return false;
  if ("collection" in place)
    return (mask & delete_any_documents) !== 0 && (mask & permissionBits.manage_permissions) !== 0;
  const isOwn = isPerson(who, world.documents[place.document]!.owner);
  return (mask & delete_any_documents) !== 0 || (isOwn && (mask & delete_own_documents) !== 0);
}

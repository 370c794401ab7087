import { builtInRoles, permissionBits } from "../permissions.ts";
import { holds, type WorldResource, type RoleRef, type World, type WorldGrant } from "./world.ts";

/**
 * Who may do what in a world, said as plainly as the rules are: no closure, no index, no clock, and nothing shared with
 * `resolve.ts` or the database. It is the oracle that both are compared with.
 */

/**
 * Who asks: a person, whoever came by a public link, somebody who is not signed in, or a connection that says nothing about
 * itself.
 */
export type Who = { person: number } | { link: number } | "everyone" | "nobody";

const { view_documents, delete_own_documents, delete_any_documents, edit_documents } = permissionBits;

/** The workspace a person is in, in the end. */
export const workspaceOf = (world: World, person: number): number =>
  world.people[person]!.movesTo ?? world.people[person]!.workspace;

export const isSuspended = (world: World, person: number): boolean =>
  holds(world.people[person]!.isSuspended);

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
export function maskOfRole(world: World, role: RoleRef): number {
  if ("builtIn" in role) return builtInRoles[role.builtIn];
  const { mask, becomes, movesTo } = world.roles[role.custom]!;
  return movesTo ? maskOfRole(world, movesTo) : (becomes?.mask ?? mask);
}

const isSameResource = (a: WorldResource, b: WorldResource): boolean =>
  "collection" in a
    ? "collection" in b && a.collection === b.collection
    : "document" in b && a.document === b.document;

/** How long rights have to last to be counted: for now, which is as long as what ends later, or for good. */
export type Until = "later" | "no";

export const lasts = ({ isLive: isGiven, ends }: WorldGrant, until: Until): boolean =>
  holds(isGiven) && (ends === "no" || ends === until);

/** What a grant gives to a person. */
function fromGrant(world: World, person: number, grant: WorldGrant, until: Until): number {
  if (!lasts(grant, until)) return 0;
  const reaches =
    "person" in grant.to ? grant.to.person === person : isInGroup(world, person, grant.to.group);
  return reaches ? maskOfRole(world, grant.role) : 0;
}

/** What a person was given on a resource itself. */
export function fromGrants(
  world: World,
  person: number,
  resource: WorldResource,
  until: Until = "later",
): number {
  let mask = 0;
  for (const grant of world.grants)
    if (isSameResource(grant.on, resource)) mask |= fromGrant(world, person, grant, until);
  return mask;
}

/** What anybody gets by a collection being public, and colleagues by its being open to their workspace. */
function fromVisibility(world: World, person: number | null, collection: number): number {
  const { visibility, opensTo, workspace, owner } = world.collections[collection]!;
  const now = opensTo ?? visibility;
  // what was a suspended owner's to open is open to nobody unknown
  if (now === "public") return isSuspended(world, owner) ? 0 : builtInRoles.viewer;
  if (now === "private" || person === null) return 0;
  // guests are in no workspace
  const isColleague = workspaceOf(world, person) === workspace && !holds(world.people[person]!.isGuest);
  return isColleague ? builtInRoles.viewer : 0;
}

/** What a link opens: what it is on, and where that is a collection, the documents that take their people from there. */
function fromLink(world: World, index: number, resource: WorldResource): number {
  const { on, role, ends, isLive: isLinked } = world.links[index]!;
  if (!holds(isLinked) || ends === "past" || !isLive(world, on)) return 0;
  const target = "document" in on ? world.documents[on.document]! : null;
  const around = "collection" in on ? on.collection : target!.collection;
  if (world.collections[around]!.isProtected || (target && target.mode !== "link")) return 0;
  if (isSameResource(on, resource)) return builtInRoles[role];
  if ("collection" in resource || "document" in on || !isLive(world, resource)) return 0;
  const { collection, mode } = world.documents[resource.document]!;
  return collection === on.collection && (mode === "collection" || mode === "link") ? builtInRoles[role] : 0;
}

/** Everything somebody may do to a resource, whether it is live or in the trash, as far as it lasts until then. */
export function rightsOf(world: World, who: Who, resource: WorldResource, until: Until = "later"): number {
  if (who === "nobody") return 0;
  if (who !== "everyone" && "link" in who) return fromLink(world, who.link, resource);
  const person = who === "everyone" ? null : who.person;
  if (person !== null && isSuspended(world, person)) return 0;
  if ("collection" in resource) {
    const { owner } = world.collections[resource.collection]!;
    const given = person === null ? 0 : fromGrants(world, person, resource, until);
    return (
      (owner === person ? builtInRoles.owner : 0) | fromVisibility(world, person, resource.collection) | given
    );
  }
  const { collection, owner, mode } = world.documents[resource.document]!;
  const isOwn = owner === person;
  // closed to everybody else; its owner keeps what they have around it
  if (mode === "private" && !isOwn) return 0;
  let mask = 0;
  if (isOwn) mask |= view_documents | delete_own_documents;
  if (isOwn && mode === "private") mask |= edit_documents;
  if (mode !== "invite") mask |= rightsOf(world, who, { collection }, until);
  if (person !== null) mask |= fromGrants(world, person, resource, until);
  return mask;
}

/** Whether there is something to open: neither in the trash, nor in a trashed collection, nor still being uploaded. */
export function isLive(world: World, resource: WorldResource): boolean {
  if ("collection" in resource) return !world.collections[resource.collection]!.isTrashed;
  const { collection, status, isTrashed } = world.documents[resource.document]!;
  return !isTrashed && status !== "pending" && isLive(world, { collection });
}

/**
 * Whether somebody may put a resource into the trash. A collection takes managing it and deleting anything in it. A document
 * that is still being uploaded, or in a trashed collection, is there for its owner alone.
 */
export function mayRemove(world: World, who: Who, resource: WorldResource): boolean {
  const mask = rightsOf(world, who, resource);
  if (!(mask & view_documents)) return false;
  if ("collection" in resource)
    return (mask & delete_any_documents) !== 0 && (mask & permissionBits.manage_permissions) !== 0;
  const { collection, owner, status } = world.documents[resource.document]!;
  const isOwn = typeof who === "object" && "person" in who && who.person === owner;
  if (!isOwn && (status === "pending" || !isLive(world, { collection }))) return false;
  return (mask & delete_any_documents) !== 0 || (isOwn && (mask & delete_own_documents) !== 0);
}

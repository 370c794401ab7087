import fc from "fast-check";
import { fullMask } from "../permissions.ts";
import {
  type Attempt,
  begins,
  type Change,
  type Mode,
  type WorldResource,
  type RoleRef,
  type Visibility,
  type World,
  type WorldCollection,
  type WorldDocument,
  type WorldGrant,
  WORKSPACES,
} from "./world.ts";

/** Any of the values, each as often as its number says. */
const weighted = <Value>(...choices: [weight: number, value: Value][]): fc.Arbitrary<Value> =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** Up to so many, as often many as few. */
const upTo = <Value>(maxLength: number, of: fc.Arbitrary<Value>, minLength = 0) =>
  fc.array(of, { minLength, maxLength, size: "max" });

/** An index that is brought into its list's range once that is known. */
const some = fc.nat(59);
const workspace = weighted([4, 0], [1, 1]);
const existence = weighted<Change>([6, "before"], [3, "during"], [3, "undone"]);
const exception = weighted<Change>([16, "never"], [1, "before"], [2, "during"], [2, "undone"]);
const visibility = weighted<Visibility>([4, "private"], [2, "workspace"], [1, "public"]);
const mode = fc.constantFrom<Mode[]>("private", "collection", "invite", "link");
const ends = weighted<WorldGrant["ends"]>([4, "no"], [1, "later"], [1, "past"]);
const mask = fc.integer({ min: 1, max: fullMask });
const builtIn = (["viewer", "commenter", "editor", "owner"] as const).map((name) => ({ builtIn: name }));

const rough = fc.record({
  people: upTo(
    5,
    fc.record({
      workspace,
      moves: weighted([12, false], [1, true]),
      isAdmin: weighted([3, false], [1, true]),
      isSystemAdmin: weighted([9, false], [1, true]),
      isGuest: weighted<Change>([9, "never"], [3, "before"], [1, "during"], [1, "undone"]),
      isSuspended: exception,
    }),
    2,
  ),
  groups: upTo(
    6,
    fc.record({
      workspace,
      isDeleted: weighted<"never" | "before" | "during">([8, "never"], [1, "before"], [1, "during"]),
      takesOldName: fc.boolean(),
    }),
    2,
  ),
  memberships: upTo(12, fc.record({ group: some, person: some, exists: existence })),
  nestings: upTo(14, fc.record({ one: some, other: some, exists: existence })),
  roles: upTo(
    3,
    fc.record({
      workspace,
      mask,
      becomes: fc.option(fc.record({ mask, when: fc.constantFrom("before", "during") })),
      deletedFor: fc.option(some, { freq: 3 }),
    }),
  ),
  collections: upTo(
    3,
    fc.record({
      owner: some,
      visibility,
      opensTo: fc.option(visibility, { freq: 3 }),
      isProtected: weighted([9, false], [1, true]),
      isTrashed: weighted([7, false], [1, true]),
    }),
    1,
  ),
  documents: upTo(
    6,
    fc.record({
      collection: some,
      owner: some,
      mode,
      oldMode: fc.option(mode, { freq: 4 }),
      status: weighted<WorldDocument["status"]>([1, "pending"], [1, "uploaded"], [5, "ready"], [1, "failed"]),
      isTrashed: weighted([7, false], [1, true]),
    }),
    1,
  ),
  grants: upTo(
    16,
    fc.record({
      toGroup: fc.boolean(),
      to: some,
      onDocument: fc.boolean(),
      on: some,
      role: some,
      ends,
      isLive: weighted<Change>([6, "before"], [2, "never"], [2, "during"], [1, "undone"]),
    }),
  ),
  links: upTo(
    3,
    fc.record({
      onDocument: fc.boolean(),
      on: some,
      role: fc.constantFrom("viewer", "commenter"),
      ends,
      isLive: weighted<Change>([5, "before"], [1, "never"], [2, "during"], [2, "undone"]),
    }),
  ),
  invitations: upTo(
    3,
    fc.record({
      person: fc.option(some, { freq: 3 }),
      onDocument: fc.boolean(),
      on: some,
      role: some,
      state: fc.constantFrom("pending", "accepted", "withdrawn"),
    }),
  ),
  attempts: upTo(
    3,
    fc.record({
      change: fc.constantFrom<Attempt["change"][]>("role", "deleted role", "membership", "nesting"),
      by: some,
      one: some,
      other: some,
      isOwn: weighted([1, false], [3, true]),
      mask,
    }),
  ),
});
type Rough = typeof rough extends fc.Arbitrary<infer Value> ? Value : never;

/** Keeps the first of each key. */
function distinct<Item>(items: Item[], key: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}

/** Makes a world that the product could have made out of any values. */
function toWorld(raw: Rough): World {
  // one active admin in each workspace, who deletes its roles and groups; being one opens nothing
  const admins = Array.from({ length: WORKSPACES }, (_, workspace) => ({
    workspace,
    movesTo: null,
    isAdmin: true,
    isSystemAdmin: false,
    isGuest: "never" as const,
    isSuspended: "never" as const,
  }));
  const others = raw.people.map(({ moves, ...person }) => ({
    ...person,
    movesTo: moves ? 1 - person.workspace : null,
    isAdmin: person.isAdmin && person.isGuest === "never",
  }));
  const people = [...admins, ...others];
  // the admins come last, so that few worlds are about them
  const personAt = (index: number) => people.length - 1 - (index % people.length);
  const groupAt = (index: number) => index % raw.groups.length;

  const reused = new Set<number>();
  const groups = raw.groups.map(({ takesOldName, ...group }, index) => {
    const old = raw.groups.findIndex(
      (other, at) =>
        at < index && other.isDeleted === "before" && other.workspace === group.workspace && !reused.has(at),
    );
    const namedAfter = takesOldName && old >= 0 ? old : null;
    if (namedAfter !== null) reused.add(namedAfter);
    return { ...group, namedAfter };
  });
  const nestings = raw.nestings.map(({ one, other, exists }) => ({
    child: Math.min(groupAt(one), groupAt(other)),
    parent: Math.max(groupAt(one), groupAt(other)),
    exists,
  }));

  const roleAt = (index: number): RoleRef => {
    const at = index % (builtIn.length + raw.roles.length);
    return builtIn[at] ?? { custom: at - builtIn.length };
  };
  /** A role that is not deleted. */
  const keptRole = (index: number): RoleRef => {
    const role = roleAt(index);
    return "custom" in role && raw.roles[role.custom]!.deletedFor !== null ? builtIn[0]! : role;
  };
  const roles = raw.roles.map(({ deletedFor, becomes, ...role }) => {
    const target = deletedFor === null ? null : keptRole(deletedFor);
    const isElsewhere =
      target && "custom" in target && raw.roles[target.custom]!.workspace !== role.workspace;
    return {
      ...role,
      // one that is deleted before the storm changes before it
      becomes: becomes && { ...becomes, when: deletedFor === null ? becomes.when : "before" },
      movesTo: isElsewhere ? builtIn[0]! : target,
    };
  });

  const collections = raw.collections.map(
    ({ owner, visibility, opensTo, ...collection }): WorldCollection => {
      const wanted = personAt(owner);
      const { workspace, isGuest } = people[wanted]!;
      // what is protected is not public
      const bound = (to: Visibility) => (collection.isProtected && to === "public" ? "workspace" : to);
      return {
        ...collection,
        workspace,
        owner: isGuest === "never" ? wanted : workspace,
        visibility: bound(visibility),
        opensTo: collection.isTrashed || opensTo === null ? null : bound(opensTo),
      };
    },
  );
  const documents = raw.documents.map((document) => ({
    ...document,
    collection: document.collection % collections.length,
    owner: personAt(document.owner),
    oldMode: document.oldMode ?? document.mode,
  }));
  const placeAt = (onDocument: boolean, index: number): WorldResource =>
    onDocument ? { document: index % documents.length } : { collection: index % collections.length };

  const given = new Set<string>();
  const grants = raw.grants
    .map(({ toGroup, to, onDocument, on, role, ends, isLive }): WorldGrant => ({
      to: toGroup ? { group: groupAt(to) } : { person: personAt(to) },
      on: placeAt(onDocument, on),
      role: begins(isLive) ? roleAt(role) : keptRole(role),
      ends,
      isLive,
    }))
    // the owner of a collection has a grant that nothing changes
    .filter(
      ({ to, on }) =>
        !("person" in to && "collection" in on && collections[on.collection]!.owner === to.person),
    )
    .map((grant): WorldGrant => {
      const key = JSON.stringify([grant.to, grant.on]);
      if (grant.isLive === "never") return grant;
      // one at a time to each on each; those before it have ended
      if (given.has(key)) return { ...grant, isLive: "never" };
      given.add(key);
      return grant;
    });

  return {
    people,
    groups,
    memberships: distinct(
      raw.memberships.map(({ group, person, exists }) => ({
        group: groupAt(group),
        person: personAt(person),
        exists,
      })),
      ({ group, person }) => `${group}:${person}`,
    ),
    nestings: distinct(
      nestings.filter(
        ({ child, parent }) => child !== parent && groups[child]!.workspace === groups[parent]!.workspace,
      ),
      ({ child, parent }) => `${child}:${parent}`,
    ),
    roles,
    collections,
    documents,
    grants,
    links: raw.links.map(({ onDocument, on, ...link }) => {
      const resource = placeAt(onDocument, on);
      const around =
        "collection" in resource ? resource.collection : documents[resource.document]!.collection;
      // none is made where a protection is under way
      const isRefused = link.isLive === "during" && collections[around]!.isProtected;
      return { ...link, on: resource, isLive: isRefused ? "before" : link.isLive };
    }),
    invitations: distinct(
      raw.invitations.map(({ person, onDocument, on, role, state }) => ({
        person: person === null ? null : personAt(person),
        on: placeAt(onDocument, on),
        role: keptRole(role),
        state,
      })),
      ({ person, on, state }) => `${person}:${JSON.stringify(on)}:${state}`,
    ),
    attempts: raw.attempts.flatMap(({ change, by, one, other, isOwn, mask }): Attempt[] => {
      const trying = people.flatMap(({ isAdmin }, index) => (isAdmin ? index : [])).toReversed();
      const attempt = { by: trying[by % trying.length]! };
      // what is not in their workspace, or not there any more, is left alone unless there is nothing else
      const { workspace, movesTo } = people[attempt.by]!;
      const near = <Thing extends { workspace: number }>(
        things: Thing[],
        isThere: (thing: Thing) => boolean,
      ) =>
        things.flatMap((thing, at) =>
          thing.workspace === (movesTo ?? workspace) && isThere(thing) ? at : [],
        );
      const nearGroups = near(raw.groups, ({ isDeleted }) => isDeleted === "never");
      const nearRoles = near(roles, (role) => role.movesTo === null);
      const groupIn = (index: number) => nearGroups[index % nearGroups.length] ?? groupAt(index);
      const groups = [groupIn(one), groupIn(other)] as const;
      if (change === "membership")
        return [{ ...attempt, change, group: groups[0], person: isOwn ? attempt.by : personAt(other) }];
      if (change === "nesting")
        return groups[0] === groups[1]
          ? []
          : [{ ...attempt, change, child: Math.min(...groups), parent: Math.max(...groups) }];
      if (roles.length === 0) return [];
      const role = nearRoles[one % nearRoles.length] ?? one % roles.length;
      return change === "role"
        ? [{ ...attempt, change, role, mask }]
        : [{ ...attempt, change, role, movesTo: roleAt(other) }];
    }),
  };
}

/** Random worlds of all sizes; those that fail shrink to smaller ones. */
export const worldArbitrary: fc.Arbitrary<World> = fc.noBias(rough).map(toWorld);

/** The world of a seed: always the same one. */
export const worldOf = (seed: number): World => fc.sample(worldArbitrary, { seed, numRuns: 1 })[0]!;

import { everyonePrincipalId, type UserActor } from "#lib/authz/actor.ts";
import { permissionsIn } from "#lib/authz/permissions.ts";
import { grantState, groupsReached, resolveMask } from "#lib/authz/resolve.ts";
import { transaction, type Tx } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { type SimulateInput, type SimulationView } from "./access-schema.ts";
import { demandManager, type Facts, type KnownPerson, readFacts, readFactsOf } from "./facts.ts";
import { grantPath, toPersonView } from "./paths.ts";
import { type ResourceRef } from "./resource.ts";
import { type AccessMode } from "./schema.ts";

/** People told about at most; more are said to be more. */
const MOST_PEOPLE = 1000;

/**
 * Who would lose what on this resource, were a grant or invitation taken back, a person taken out of a group that gives
 * something here, or a document's access mode changed. Changes nothing. For those who manage permissions. The owner's own
 * grant cannot be taken away (`forbidden`); whoever changes the mode keeps what lets them manage, and is not told of.
 */
export function simulateRemoval(
  actor: UserActor,
  resource: ResourceRef,
  input: SimulateInput,
): Promise<SimulationView> {
  return transaction(actor, (tx) => {
    if ("grantId" in input) return withoutGrant(tx, actor, resource, input.grantId);
    if ("groupId" in input) return withoutMembership(tx, actor, resource, input);
    return inMode(tx, actor, resource, input.accessMode);
  });
}

async function withoutGrant(
  tx: Tx,
  actor: UserActor,
  resource: ResourceRef,
  grantId: string,
): Promise<SimulationView> {
  const facts = await readFacts(tx, actor, resource, { grantId, limit: MOST_PEOPLE + 1 });
  await demandManager(tx, resource, facts);
  const removed = facts.grants.find(({ id }) => id === grantId);
  if (!removed) throw new AppError("not_found", "No such grant here", { reason: "grant" });
  if (grantPath(facts, removed).via === "collection_owner")
    throw new AppError("forbidden", "The owner stays", { reason: "last_owner" });
  const left = facts.grants.filter(({ id }) => id !== grantId);
  const people = facts.people.slice(0, MOST_PEOPLE).map((person) => ({
    person,
    before: resolveMask(facts.resource, person, facts.grants),
    after: resolveMask(facts.resource, person, left),
  }));
  const isOpen = removed.subject === "everyone" && grantState(facts.resource, removed) === "active";
  return {
    people: losses(people, actor),
    isComplete: facts.people.length <= MOST_PEOPLE,
    everyone: isOpen ? permissionsIn(removed.mask) : [],
  };
}

async function withoutMembership(
  tx: Tx,
  actor: UserActor,
  resource: ResourceRef,
  { groupId, userId }: { groupId: string; userId: string },
): Promise<SimulationView> {
  const facts = await readFactsOf(tx, actor, resource, userId);
  await demandManager(tx, resource, facts);
  const left = facts.groups.filter(({ childId, parentId }) => childId !== null || parentId !== groupId);
  const { grants } = await readFacts(tx, actor, resource, {});
  // who is in a group that gives nothing here is no matter of those who manage access here
  if (left.length === facts.groups.length || !givesHere({ ...facts, grants }, groupId))
    throw new AppError("not_found", "Not in a group that gives something here", { reason: "membership" });
  const after = { ...facts.person, principals: principalsWithout(facts, left) };
  const masks = {
    person: facts.person,
    before: resolveMask(facts.resource, facts.person, facts.grants),
    after: resolveMask(facts.resource, after, facts.grants),
  };
  return { people: losses([masks], actor), isComplete: true, everyone: [] };
}

async function inMode(
  tx: Tx,
  actor: UserActor,
  resource: ResourceRef,
  accessMode: AccessMode,
): Promise<SimulationView> {
  const facts = await readFacts(tx, actor, resource, { limit: MOST_PEOPLE + 1 });
  await demandManager(tx, resource, facts);
  const { resource: now, grants } = facts;
  if (now.type === "collection")
    throw new AppError("invalid_input", "Collections have no access mode", { reason: "json" });
  const then = { ...now, accessMode };
  const open = grants.filter((grant) => grantState(now, grant) === "active");
  // the workspace's people are not among those whom grants name
  const workspace = open.find(({ subject }) => subject === "workspace");
  const colleagues = workspace
    ? (await readFacts(tx, actor, resource, { grantId: workspace.id, limit: MOST_PEOPLE + 1 })).people
    : [];
  // an address may be a hidden person's and a known one's at the same time
  const everybody = new Map(
    [...facts.people, ...colleagues].map((person) => [person.id ?? `address:${person.sortKey}`, person]),
  );
  everybody.delete(actor.id);
  const people = [...everybody.values()].slice(0, MOST_PEOPLE).map((person) => ({
    person,
    before: resolveMask(now, person, grants),
    after: resolveMask(then, person, grants),
  }));
  const ofEveryone = { id: null, principals: [everyonePrincipalId], isSuspended: false };
  const [had, has] = [now, then].map((state) => resolveMask(state, ofEveryone, grants)) as [number, number];
  return {
    people: losses(people, actor),
    isComplete: [facts.people.length, colleagues.length, everybody.size].every(
      (count) => count <= MOST_PEOPLE,
    ),
    everyone: permissionsIn(had & ~has),
  };
}

/** Whether the group, or one that it is in, has a grant that counts here for the person. */
function givesHere(
  {
    resource,
    groups,
    grants,
    person,
  }: Pick<Facts, "resource" | "groups" | "grants"> & { person: KnownPerson },
  groupId: string,
): boolean {
  const around = groupsReached([
    { childId: null, parentId: groupId },
    ...groups.filter(({ childId }) => childId !== null),
  ]);
  return grants.some(
    (grant) => around.has(grant.principal) && grantState(resource, grant, person) === "active",
  );
}

function principalsWithout({ person, groups }: Facts & { person: KnownPerson }, left: Facts["groups"]) {
  const [before, after] = [groupsReached(groups), groupsReached(left)];
  return person.principals.filter((principal) => !before.has(principal) || after.has(principal));
}

const losses = (people: { person: KnownPerson; before: number; after: number }[], actor: UserActor) =>
  people
    .filter(({ before, after }) => (before & ~after) !== 0)
    .map(({ person, before, after }) => ({
      person: toPersonView(person, actor.id),
      lost: permissionsIn(before & ~after),
      kept: permissionsIn(after),
    }));

import { fullMask, permissionsIn } from "#lib/authz/permissions.ts";
import { grantsOf, grantState, groupChains, ownerMask } from "#lib/authz/resolve.ts";
import { type AccessPathView, type AccessPersonView } from "./access-schema.ts";
import { type Facts, type KnownGrant, type KnownPerson } from "./facts.ts";

type PathFacts = Pick<Facts, "resource" | "collectionOwnerId" | "groups">;

/** Every path by which a person has (or, expired or left out, would have) rights; one for each chain of groups. */
export function pathsOf(facts: PathFacts & Pick<Facts, "grants">, person: KnownPerson): AccessPathView[] {
  // what somebody suspended was given is told as it would count
  const active = { ...person, isSuspended: false };
  const grants = grantsOf(active, facts.grants);
  return [...ownerPath(facts, person), ...grants.flatMap((grant) => grantPaths(facts, grant, active))];
}

function ownerPath({ resource }: PathFacts, person: KnownPerson): AccessPathView[] {
  const mask = ownerMask(resource, person);
  if (mask === 0) return [];
  const nothing = {
    grantId: null,
    role: null,
    group: null,
    grantedBy: null,
    grantedAt: null,
    expiresAt: null,
  };
  return [
    {
      via: "document_owner",
      resource: "document",
      ...nothing,
      permissions: permissionsIn(mask),
      chain: [],
      state: "active",
    },
  ];
}

function grantPaths(facts: PathFacts, grant: KnownGrant, person: KnownPerson): AccessPathView[] {
  const path = grantPath(facts, grant, person);
  if (grant.subject !== "group") return [path];
  const names = new Map(facts.groups.map(({ parentId, name }) => [parentId, name]));
  const chains = groupChains(facts.groups, grant.principal);
  if (chains.length === 0 || person.id === null) return [path];
  return chains.map((chain) => ({ ...path, chain: chain.map((id) => ({ id, name: names.get(id) ?? "" })) }));
}

/** A grant as a path, without the way to it; for one person, or for whoever else it reaches. */
export function grantPath(
  { resource, collectionOwnerId }: Omit<PathFacts, "groups">,
  grant: KnownGrant,
  person: KnownPerson | null = null,
): AccessPathView {
  const isOwners =
    grant.subject === "user" &&
    grant.resource === "collection" &&
    grant.principal === collectionOwnerId &&
    grant.mask === fullMask;
  return {
    via: isOwners ? "collection_owner" : grant.subject === "user" ? "direct" : grant.subject,
    resource: grant.resource,
    grantId: grant.id,
    role: grant.role,
    permissions: permissionsIn(grant.mask),
    group: grant.subject === "group" ? { id: grant.principal, name: grant.subjectName ?? "" } : null,
    chain: [],
    grantedBy: grant.grantedBy,
    grantedAt: grant.grantedAt,
    expiresAt: grant.expiresAt,
    state: grantState(resource, grant, person),
  };
}

export const toPersonView = (person: KnownPerson, actorId: string): AccessPersonView => ({
  id: person.id,
  name: person.name,
  email: person.email,
  isGuest: person.isGuest,
  isPending: person.isPending,
  isYou: person.id === actorId,
});

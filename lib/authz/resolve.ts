import { fullMask, permissionBits } from "./permissions.ts";

/**
 * How access is resolved, as pure functions over facts: the twin of `app.collection_mask`, `app.document_mask` and
 * `app.refresh_principals` in the database. It explains and simulates; it never decides a request.
 */

/** What a decision is about. Of a document, grants on its collection count too, as its access mode says. */
export type ResourceFact =
  | { type: "collection" }
  | { type: "document"; ownerId: string; accessMode: "private" | "collection" | "invite" | "link" };

/** A live grant: one principal has a mask on the resource itself, or on the document's collection. */
export interface GrantFact {
  id: string;
  resource: "collection" | "document";
  principal: string;
  mask: number;
  isExpired: boolean;
  /** Given to a public link; whoever comes by it is a person without an id who holds the link alone. */
  isLink?: boolean;
}

export interface PersonFact {
  /** Null for an address without a known account: such a one owns nothing. */
  id: string | null;
  principals: readonly string[];
  isSuspended: boolean;
}

/** One step of "is in": a group in a group, or (`childId` null) the person in a group. Deleted groups have none. */
export interface GroupEdge {
  childId: string | null;
  parentId: string;
}

/** Whether a grant counts for somebody on the resource, or why it does not. */
export type GrantState = "active" | "expired" | "access_mode";

const documentOwnerMask = permissionBits.view_documents | permissionBits.delete_own_documents;
const privateOwnerMask = documentOwnerMask | permissionBits.edit_documents;

const ownsDocument = (resource: ResourceFact, person: PersonFact | null): boolean =>
  resource.type === "document" && person !== null && !person.isSuspended && resource.ownerId === person.id;

/** What owning the document alone gives: view and delete, and to edit what only its owner can see. */
export function ownerMask(resource: ResourceFact, person: PersonFact): number {
  if (resource.type === "collection" || !ownsDocument(resource, person)) return 0;
  return resource.accessMode === "private" ? privateOwnerMask : documentOwnerMask;
}

/**
 * Grants on the collection count in the modes collection and link, grants on the document in those and invite, those of
 * its links in the mode link alone. In the mode private all of them count for the document's owner, and none for anybody
 * else. Without a person it is asked of whoever is not the owner.
 */
export function grantState(
  resource: ResourceFact,
  grant: GrantFact,
  person: PersonFact | null = null,
): GrantState {
  if (grant.isExpired) return "expired";
  if (resource.type === "collection") return grant.resource === "collection" ? "active" : "access_mode";
  const { accessMode } = resource;
  const counts =
    accessMode === "private"
      ? ownsDocument(resource, person) && !grant.isLink
      : grant.resource === "document"
        ? accessMode === "link" || !grant.isLink
        : accessMode !== "invite";
  return counts ? "active" : "access_mode";
}

/** The grants that are given to the person or to something they act as. A suspended person acts as nobody. */
export const grantsOf = <Grant extends GrantFact>(person: PersonFact, grants: readonly Grant[]): Grant[] =>
  person.isSuspended ? [] : grants.filter(({ principal }) => person.principals.includes(principal));

/** The person's effective permissions: additive, most permissive wins. */
export const resolveMask = (
  resource: ResourceFact,
  person: PersonFact,
  grants: readonly GrantFact[],
): number =>
  grantsOf(person, grants)
    .filter((grant) => grantState(resource, grant, person) === "active")
    .reduce((mask, grant) => mask | grant.mask, ownerMask(resource, person)) & fullMask;

/** Every group the person acts as, directly or through nesting. */
export function groupsReached(edges: readonly GroupEdge[]): Set<string> {
  const reached = new Set<string>();
  const open: (string | null)[] = [null];
  while (open.length > 0) {
    const from = open.pop();
    for (const { childId, parentId } of edges) {
      if (childId !== from || reached.has(parentId)) continue;
      reached.add(parentId);
      open.push(parentId);
    }
  }
  return reached;
}

/**
 * The ways from the person to a group, each as the groups from the one they are in to the target, shortest first.
 * Nesting can have very many ways: at most `limit` are told, found breadth first among groups that lead there.
 */
export function groupChains(edges: readonly GroupEdge[], target: string, limit = 5): string[][] {
  const leads = new Set([target]);
  for (let grown = true; grown;) {
    grown = false;
    for (const { childId, parentId } of edges) {
      if (childId === null || leads.has(childId) || !leads.has(parentId)) continue;
      leads.add(childId);
      grown = true;
    }
  }
  const found: string[][] = [];
  let open: string[][] = [[]];
  while (open.length > 0 && found.length < limit) {
    const next: string[][] = [];
    for (const chain of open) {
      const from = chain.at(-1) ?? null;
      for (const { childId, parentId } of edges) {
        if (childId !== from || !leads.has(parentId) || chain.includes(parentId)) continue;
        const longer = [...chain, parentId];
        if (parentId === target) found.push(longer);
        else if (next.length < limit) next.push(longer);
      }
    }
    open = next;
  }
  return found.slice(0, limit);
}

import { type UserActor } from "#lib/authz/actor.ts";
import { allows, allPermissions, roleLabel } from "#lib/authz/permissions.ts";
import { resolveMask } from "#lib/authz/resolve.ts";
import { transaction } from "#lib/db/index.ts";
import { type AccessPathView, type ExplanationView, type refusalReasons } from "./access-schema.ts";
import { type Facts, type KnownPerson, readFactsOf, readFactsOfAddress } from "./facts.ts";
import { pathsOf, toPersonView } from "./paths.ts";
import { type ResourceRef } from "./resource.ts";

/**
 * `explain` of an address. People whom the actor may know by it are explained as themselves; everybody else alike, as
 * an address that may be invited, whether or not it has an account. For those who manage permissions.
 */
export function explainAddress(
  actor: UserActor,
  resource: ResourceRef,
  email: string,
): Promise<ExplanationView> {
  return transaction(actor, async (tx) => {
    const facts = await readFactsOfAddress(tx, actor, resource, email);
    return toView(facts, resource, actor);
  });
}

/**
 * Why a person may or may not do each thing to a resource: every path of grants for every permission, and where it is
 * refused, the reason. Anybody who can see the resource may ask about themselves; about others only those who manage
 * its permissions (`forbidden`; `not_found` for people the actor must not know of).
 */
export function explain(
  actor: UserActor,
  resource: ResourceRef,
  userId: string = actor.id,
): Promise<ExplanationView> {
  return transaction(actor, async (tx) => {
    const facts = await readFactsOf(tx, actor, resource, userId);
    return toView(facts, resource, actor);
  });
}

function toView(
  facts: Facts & { person: KnownPerson },
  resource: ResourceRef,
  actor: UserActor,
): ExplanationView {
  const { person, isTrashed } = facts;
  const mask = isTrashed ? 0 : resolveMask(facts.resource, person, facts.grants);
  const paths = pathsOf(facts, person);
  return {
    resource,
    person: toPersonView(person, actor.id),
    accessMode: facts.resource.type === "document" ? facts.resource.accessMode : null,
    isTrashed,
    isSuspended: person.isSuspended,
    role: roleLabel(mask),
    permissions: allPermissions.map((permission) => {
      const giving = paths.filter((path) => path.permissions.includes(permission));
      const isAllowed = allows(mask, permission);
      const because = isAllowed ? null : refusal(giving, { isTrashed, ...person });
      return { permission, isAllowed, because, paths: giving };
    }),
  };
}

function refusal(
  giving: AccessPathView[],
  { isTrashed, isSuspended }: { isTrashed: boolean; isSuspended: boolean },
): (typeof refusalReasons)[number] {
  if (isSuspended) return "suspended";
  if (giving.length === 0) return "no_grant";
  if (isTrashed) return "trashed";
  // what the mode leaves out would count with another mode; what has expired would not
  return giving.some(({ state }) => state === "access_mode") ? "access_mode" : "expired";
}

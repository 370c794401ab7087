import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { allows, type Permission, permissionsIn, roleLabel } from "#lib/authz/permissions.ts";
import { resolveMask } from "#lib/authz/resolve.ts";
import { Prisma, read, transaction } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { PAGE_SIZE } from "#lib/http/cursor.ts";
import { type AccessListView, type PersonAccessView } from "./access-schema.ts";
import { type Facts, type KnownPerson, readFacts, readFactsOf } from "./facts.ts";
import { grantPath, pathsOf, toPersonView } from "./paths.ts";
import { type ResourceRef, sqlRef } from "./resource.ts";

/** Whether the actor may do this to that, now. Nobody may anything on what is missing or lies in the trash. */
export async function check(actor: Actor, permission: Permission, resource: ResourceRef): Promise<boolean> {
  const [row] = await read<{ mask: number }>(
    actor,
    Prisma.sql`SELECT rights AS mask FROM app.access_place(${sqlRef(resource)}) WHERE NOT is_trashed`,
  );
  return row !== undefined && allows(row.mask, permission);
}

/**
 * What a person may do to a resource: the actor, or another for those who manage permissions (`forbidden` otherwise;
 * `not_found` for people the actor must not know of). Nothing on what lies in the trash.
 */
export function effectivePermissions(
  actor: UserActor,
  resource: ResourceRef,
  userId: string = actor.id,
): Promise<Permission[]> {
  return transaction(actor, async (tx) => {
    const facts = await readFactsOf(tx, actor, resource, userId);
    return facts.isTrashed ? [] : permissionsIn(resolveMask(facts.resource, facts.person, facts.grants));
  });
}

/**
 * The people who can open a resource, by address, with what they may do and where it comes from; beside them what a
 * whole workspace or everyone may. Who does not manage permissions sees only themselves.
 */
export async function listAccess(
  actor: UserActor,
  resource: ResourceRef,
  { cursor }: { cursor?: string | undefined },
): Promise<AccessListView> {
  const after = cursor === undefined ? null : decode(cursor);
  return transaction(actor, async (tx) => {
    const all = await readFacts(tx, actor, resource, { after, limit: PAGE_SIZE + 1 });
    if (!allows(all.rights, "manage_permissions")) {
      const own = await readFactsOf(tx, actor, resource, actor.id);
      return { items: [toView(own, own.person, actor)], nextCursor: null, general: [] };
    }
    const shown = all.people.slice(0, PAGE_SIZE);
    return {
      items: shown
        .map((person) => toView(all, person, actor))
        .filter(({ permissions }) => permissions.length > 0),
      nextCursor: all.people.length > PAGE_SIZE ? encode(shown.at(-1)!.sortKey) : null,
      general: all.grants
        .filter(({ subject }) => subject === "workspace" || subject === "everyone")
        .map((grant) => grantPath(all, grant))
        .filter(({ state }) => state === "active"),
    };
  });
}

function toView(facts: Facts, person: KnownPerson, actor: UserActor): PersonAccessView {
  const mask = facts.isTrashed ? 0 : resolveMask(facts.resource, person, facts.grants);
  return {
    person: toPersonView(person, actor.id),
    role: roleLabel(mask),
    permissions: permissionsIn(mask),
    sources: pathsOf(facts, person).filter(({ state }) => state === "active"),
  };
}

const encode = (key: string) => Buffer.from(key).toString("base64url");
function decode(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString();
  if (encode(key) !== cursor)
    throw new AppError("invalid_input", "Not a cursor", { errors: [{ path: "cursor", message: "format" }] });
  return key;
}

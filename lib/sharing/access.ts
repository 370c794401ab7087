import { z } from "zod";
import { sealing } from "#lib/auth/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { allows, type Permission, permissionsIn, roleLabel } from "#lib/authz/permissions.ts";
import { resolveMask } from "#lib/authz/resolve.ts";
import { Prisma, read, transaction, type Tx } from "#lib/db/index.ts";
import { noCursor, PAGE_SIZE } from "#lib/http/cursor.ts";
import { type AccessListView, type PersonAccessView } from "./access-schema.ts";
import { type Facts, type KnownPerson, readFacts, readFactsOf } from "./facts.ts";
import { grantPath, pathsOf, toPersonView } from "./paths.ts";
import { type ResourceRef, sqlRef } from "./resource.ts";

/**
 * Whether the actor may do this to that, now. Nobody may anything on what is missing or lies in the trash.
 * @internal
 */
export async function check(actor: Actor, permission: Permission, resource: ResourceRef): Promise<boolean> {
  const [row] = await read(
    actor,
    z.object({ mask: z.number() }),
    Prisma.sql`SELECT rights AS mask FROM app.find_resource(${sqlRef(resource)}) WHERE NOT is_trashed`,
  );
  return row !== undefined && allows(row.mask, permission);
}

/**
 * What a person may do to a resource: the actor, or another for those who manage permissions (`forbidden` otherwise;
 * `not_found` for people the actor must not know of). Nothing on what lies in the trash.
 * @internal
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
  const cursors = cursorsOf(actor, resource);
  const after = cursor === undefined ? null : cursors.read(cursor);
  return transaction(actor, async (tx) => {
    const first = await readFacts(tx, actor, resource, { after, limit: PAGE_SIZE + 1 });
    if (!allows(first.rights, "manage_permissions")) {
      const own = await readFactsOf(tx, actor, resource, actor.id);
      return { items: [toView(own, own.person, actor)], nextCursor: null, general: [] };
    }
    const found = await readShown(tx, actor, resource, first);
    const shown = found.slice(0, PAGE_SIZE);
    return {
      items: shown.map(({ view }) => view),
      nextCursor: found.length > PAGE_SIZE ? cursors.write(shown.at(-1)!.sortKey) : null,
      general: first.grants
        .filter(({ subject }) => subject === "workspace" || subject === "everyone")
        .map((grant) => grantPath(first, grant))
        .filter(({ state }) => state === "active"),
    };
  });
}

interface Shown {
  sortKey: string;
  view: PersonAccessView;
}

/**
 * The people to show from where `facts` begin: more than a page of them, or all. Whom a grant reaches and the actor must
 * not know of comes among them and is passed over here, however many there are: neither the length of a page nor its
 * cursor tells of them.
 */
async function readShown(tx: Tx, actor: UserActor, resource: ResourceRef, facts: Facts): Promise<Shown[]> {
  const shown = shownIn(facts, actor);
  for (let limit = PAGE_SIZE + 1; shown.length <= PAGE_SIZE && facts.people.length === limit;) {
    const after = facts.people.at(-1)!.sortKey;
    limit *= 4;
    facts = await readFacts(tx, actor, resource, { after, limit });
    shown.push(...shownIn(facts, actor));
  }
  return shown;
}

const shownIn = (facts: Facts, actor: UserActor): Shown[] =>
  facts.people
    .map((person) => ({ sortKey: person.sortKey, view: toView(facts, person, actor) }))
    .filter(({ view }) => isShown(view));

/** Somebody unknown is shown for what was given to their address, not for what everyone may anyway. */
const isShown = ({ person, permissions, sources }: PersonAccessView) =>
  permissions.length > 0 && (person.id !== null || sources.some(({ via }) => via === "direct"));

function toView(facts: Facts, person: KnownPerson, actor: UserActor): PersonAccessView {
  const mask = facts.isTrashed ? 0 : resolveMask(facts.resource, person, facts.grants);
  return {
    person: toPersonView(person, actor.id),
    role: roleLabel(mask),
    permissions: permissionsIn(mask),
    sources: pathsOf(facts, person).filter(({ state }) => state === "active"),
  };
}

const { seal, unseal } = sealing("places in lists of access, version 1");

/** Cursors of one reader on one resource: an address can neither be read from one nor be put into one. */
function cursorsOf(actor: UserActor, { type, id }: ResourceRef) {
  const owner = `${actor.id} ${type} ${id}`;
  return {
    write: (sortKey: string) => seal(Buffer.from(sortKey), owner).toString("base64url"),
    read(cursor: string): string {
      try {
        return unseal(Buffer.from(cursor, "base64url"), owner).toString();
      } catch {
        throw noCursor();
      }
    },
  };
}

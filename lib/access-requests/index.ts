import { z } from "zod";
import { type UserActor, system } from "#lib/authz/actor.ts";
import { allows, permissionsIn, roleLabel } from "#lib/authz/permissions.ts";
import { only, Prisma, read, refuseAction, rows, transaction, write } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { cursorId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { expiry, type ResourceRef, roleIdOf, sqlRef, unseen } from "#lib/sharing/index.ts";
import {
  type AccessRequestView,
  type AnsweredAccessRequestView,
  type ApproveAccessRequestInput,
  type AskAccessInput,
  type OwnAccessRequestView,
} from "./schema.ts";

/** How many requests of one person can wait at once. */
const MOST_OPEN = 50;

const state = z.enum(["open", "approved", "declined", "withdrawn", "lapsed"]);
const ownRow = z.object({
  id: z.string(),
  resource_type: z.enum(["collection", "document"]),
  resource_id: z.string(),
  message: z.string(),
  status: state,
  asked_at: z.date(),
  answered_at: z.date().nullable(),
});
const requestRow = ownRow.extend({
  resource_name: z.string(),
  person_id: z.string(),
  name: z.string(),
  email: z.string(),
  is_external: z.boolean(),
  mask: z.number(),
  answered_by_id: z.string().nullable(),
  answered_by_name: z.string().nullable(),
});

/**
 * Asks those who can share a collection or document for access to it. The answer is alike for what there is and what
 * there is not; asking again while a request is open changes nothing. `conflict` for those who manage it themselves and
 * for a week after it was declined, `quota_exceeded` with 50 open ones.
 */
export async function askAccess(
  actor: UserActor,
  resource: ResourceRef,
  { message = "" }: AskAccessInput,
): Promise<OwnAccessRequestView> {
  const asked = await write(
    actor,
    ownRow,
    Prisma.sql`SELECT * FROM app.request_access(${sqlRef(resource)}, ${message}, ${MOST_OPEN}::int)`,
  );
  return toOwnView(only(asked));
}

/** The reader's own requests, newest first; of one resource where it is named. */
export async function listOwnAccessRequests(
  actor: UserActor,
  { resourceId, cursor }: { resourceId?: string; cursor?: string },
): Promise<Page<OwnAccessRequestView>> {
  const found = await read(
    actor,
    ownRow,
    Prisma.sql`SELECT * FROM app.my_access_requests(${resourceId ?? null}::uuid, ${cursorId(cursor)}::uuid, ${PAGE_SIZE + 1}::int)`,
  );
  return pageFrom(found, toOwnView);
}

/** Takes back an open request of one's own; any other is `not_found`. */
export async function withdrawAccessRequest(actor: UserActor, id: string): Promise<void> {
  await write(actor, z.object({}), Prisma.sql`SELECT app.withdraw_access_request(${id}::uuid)`);
}

/** The open requests for a resource itself, newest first, for those who can share it. */
export function listAccessRequests(
  actor: UserActor,
  resource: ResourceRef,
  { cursor }: { cursor?: string },
): Promise<Page<AccessRequestView>> {
  return transaction(actor, async (tx) => {
    const [seen] = await rows(
      tx,
      z.object({ mask: z.number(), is_trashed: z.boolean(), is_guest: z.boolean() }),
      Prisma.sql`SELECT rights AS mask, is_trashed, EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) AS is_guest
        FROM app.find_resource(${sqlRef(resource)})`,
    );
    if (!seen || seen.is_trashed) throw unseen(actor, resource);
    if (!allows(seen.mask, "manage_permissions")) return refuseAction(tx, resource, "manage_permissions");
    if (seen.is_guest) throw new AppError("forbidden", "Guests share nothing", { reason: "guest_action" });
    const found = await rows(
      tx,
      requestRow,
      Prisma.sql`SELECT * FROM app.list_access_requests(${sqlRef(resource)}, NULL::uuid, ${cursorId(cursor)}::uuid, ${PAGE_SIZE + 1}::int)`,
    );
    return pageFrom(found, toView);
  });
}

/** One request, answered or not, for those who can answer it; `not_found` for all others. */
export async function getAccessRequest(actor: UserActor, id: string): Promise<AccessRequestView> {
  const [found] = await read(
    actor,
    requestRow,
    Prisma.sql`SELECT * FROM app.list_access_requests(NULL::uuid, NULL::uuid, ${id}::uuid, NULL::uuid, 1)`,
  );
  if (!found) throw new AppError("not_found", "No such request", { reason: "access_request" });
  return toView(found);
}

const answeredRow = z.object({ id: z.string(), status: state });

/**
 * Gives whoever asked a role, within the actor's own rights and for no longer than they have them, as `grant` does; what
 * they hold already and is as much stays. `not_found` for those who can't answer it, `conflict` when somebody did before.
 */
export async function approveAccessRequest(
  actor: UserActor,
  id: string,
  input: ApproveAccessRequestInput,
): Promise<AnsweredAccessRequestView> {
  const endsAt = expiry(input.expiresAt);
  const done = await write(
    actor,
    answeredRow,
    Prisma.sql`SELECT id, status FROM app.approve_access_request(${id}::uuid, ${roleIdOf(input)}, ${endsAt}::timestamptz)`,
  );
  return only(done);
}

/** Turns a request down; refuses as `approveAccessRequest`. */
export async function declineAccessRequest(actor: UserActor, id: string): Promise<AnsweredAccessRequestView> {
  const done = await write(
    actor,
    answeredRow,
    Prisma.sql`SELECT id, status FROM app.decline_access_request(${id}::uuid)`,
  );
  return only(done);
}

/** Removes requests from two months ago. Returns how many; may run at any time and again. */
export async function sweepAccessRequests(): Promise<number> {
  const query = Prisma.sql`SELECT app.sweep_access_requests() AS gone`;
  return only(await write(system, z.object({ gone: z.number() }), query)).gone;
}

function toOwnView(row: z.output<typeof ownRow>): OwnAccessRequestView {
  return {
    id: row.id,
    resource: { type: row.resource_type, id: row.resource_id },
    message: row.message,
    status: row.status,
    askedAt: row.asked_at.toISOString(),
    answeredAt: row.answered_at?.toISOString() ?? null,
  };
}

function toView(row: z.output<typeof requestRow>): AccessRequestView {
  const own = toOwnView(row);
  return {
    ...own,
    resource: { ...own.resource, name: row.resource_name },
    person: { id: row.person_id, name: row.name, email: row.email },
    isExternal: row.is_external,
    role: roleLabel(row.mask),
    permissions: permissionsIn(row.mask),
    answeredBy: row.answered_by_id ? { id: row.answered_by_id, name: row.answered_by_name ?? "" } : null,
  };
}

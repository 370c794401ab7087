import { z } from "zod";
import { type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, write } from "#lib/db/index.ts";
import { beforeId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { findKind, kinds } from "./registry.ts";
import {
  type ListNotificationsInput,
  type NotificationCountView,
  type NotificationView,
  type ReadNotificationsInput,
} from "./schema.ts";
import { MOST_COUNTED } from "./values.ts";

const factsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export const cardRow = z.object({
  id: z.string(),
  kind: z.string(),
  position: z.string(),
  count: z.number(),
  facts: factsSchema,
  actor_id: z.string().nullable(),
  actor_name: z.string().nullable(),
  collection_id: z.string().nullable(),
  collection_name: z.string().nullable(),
  document_id: z.string().nullable(),
  document_name: z.string().nullable(),
  happened_at: z.date(),
  is_read: z.boolean(),
});

/**
 * A person's notifications, the newest first. What they may not see any more is not among them, nor counted: whether they
 * may is asked anew each time.
 */
export async function listNotifications(
  actor: UserActor,
  { unread = false, topic, cursor }: ListNotificationsInput,
): Promise<Page<NotificationView>> {
  const wanted = topic ? kinds.filter((kind) => kind.topic === topic).map(({ name }) => name) : null;
  const found = await read(
    actor,
    cardRow,
    Prisma.sql`SELECT * FROM app.list_notifications(${unread}, ${wanted}::text[], ${beforeId(cursor)}::uuid, ${PAGE_SIZE + 1}::int)`,
  );
  return pageFrom(found, toView, PAGE_SIZE, ({ position }) => position);
}

/** How many a person has not read, counted as far as the bell shows. */
export async function countNotifications(actor: UserActor): Promise<NotificationCountView> {
  const query = Prisma.sql`SELECT unread, time_zone AS "timeZone" FROM app.count_notifications(${MOST_COUNTED}::int)`;
  return only(await read(actor, z.object({ unread: z.number(), timeZone: z.string().nullable() }), query));
}

/** Marks some or all as read, on every device. What was read before, or is somebody else's, stays as it is. */
export async function readNotifications(actor: UserActor, { ids }: ReadNotificationsInput): Promise<void> {
  await write(actor, z.object({}), Prisma.sql`SELECT FROM app.read_notifications(${ids ?? null}::uuid[])`);
}

const named = (id: string | null, name: string | null) => (id ? { id, name: name ?? "" } : null);

export function toView(row: z.output<typeof cardRow>): NotificationView {
  const kind = findKind(row.kind);
  return {
    id: row.id,
    kind: row.kind,
    topic: kind?.topic ?? "account",
    count: row.count,
    actor: named(row.actor_id, row.actor_name),
    collection: named(row.collection_id, row.collection_name),
    document: named(row.document_id, row.document_name),
    facts: row.facts,
    path:
      kind?.path({ collectionId: row.collection_id, documentId: row.document_id, facts: row.facts }) ?? null,
    happenedAt: row.happened_at.toISOString(),
    isRead: row.is_read,
  };
}

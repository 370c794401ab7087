import { asOwner } from "#prisma/factories.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { listNotifications, notify, notifyingEvents } from "./index.ts";

/** Tells people of all that happened since it was last called, as the relay and the background function do. */
export async function tellAll(): Promise<number> {
  const events = await asOwner<{ id: string; name: string; data: unknown }>(
    `UPDATE outbox SET delivered_at = now() WHERE delivered_at IS NULL AND name = ANY ($1) RETURNING id, name, data`,
    [notifyingEvents],
  );
  let total = 0;
  for (const event of events.toSorted((a, b) => (a.id < b.id ? -1 : 1))) total += await notify(event);
  return total;
}

/** The kinds in somebody's list, the newest first. */
export async function kindsOf(person: UserActor): Promise<string[]> {
  await tellAll();
  return (await listNotifications(person, {})).items.map(({ kind }) => kind);
}

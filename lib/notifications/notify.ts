import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, write } from "#lib/db/index.ts";
import { kinds } from "./registry.ts";

/**
 * Tells people of an event of the outbox, and returns how many notifications were made. May run again, late or beside
 * itself: nobody is told of one event twice.
 */
export async function notify(event: { name: string; id: string; data: unknown }): Promise<number> {
  let total = 0;
  for (const kind of kinds.filter((known) => known.event === event.name)) {
    const data = kind.data.parse(event.data);
    const source = `${kind.name}:${kind.source?.(data) ?? event.id}`;
    const recipients = kind.recipients(JSON.stringify(data));
    const made = await write(
      system,
      z.object({ count: z.number() }),
      Prisma.sql`SELECT app.notify(${source}, ${kind.name}, ${kind.mail}, ${kind.isShown}, ${kind.mailAfterSeconds}::int,
        ARRAY(SELECT r FROM ${recipients} r)) AS count`,
    );
    total += only(made).count;
  }
  return total;
}

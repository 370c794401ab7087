import { z } from "zod";
import { CHECKPOINT_PREFIX } from "#lib/audit/index.ts";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, transaction, write } from "#lib/db/index.ts";
import { storage } from "#lib/storage/index.ts";

/** Rows handled per transaction, so that no sweep holds locks for long. */
const BATCH = 200;

/**
 * Forgets uploads that were never confirmed: pending for over an hour. Safe to run twice or beside a confirm:
 * whichever gets the row first wins, and the other finds it settled. Returns how many were forgotten.
 */
export async function sweepAbandonedUploads(olderThanSeconds = 3600): Promise<number> {
  let swept = 0;
  for (;;) {
    const query = Prisma.sql`SELECT app.discard_abandoned(${olderThanSeconds}::int, ${BATCH}::int) AS removed`;
    const { removed } = only(await write(system, z.object({ removed: z.number() }), query));
    swept += removed;
    if (removed < BATCH) return swept;
  }
}

/**
 * Gives up objects that were announced and never taken into use: whoever was about to died in between (a thumbnail
 * whose document was never written). A day is longer than any upload or reading may take. Returns how many.
 */
function giveUpStrayObjects(olderThanSeconds = 24 * 3600): Promise<number> {
  return transaction(system, (tx) =>
    tx.$executeRaw(Prisma.sql`
      UPDATE objects o SET state = 'doomed', doomed_at = now()
       WHERE o.state = 'pending' AND o.created_at < now() - make_interval(secs => ${olderThanSeconds})
         AND NOT EXISTS (SELECT FROM documents d WHERE d.upload_object_id = o.id)
         AND NOT EXISTS (SELECT FROM documents d WHERE d.thumbnail_object_id = o.id)
         AND NOT EXISTS (SELECT FROM blobs b WHERE b.object_id = o.id)`),
  );
}

/**
 * Removes objects that nothing uses any more. Their rows stay a while: until its presigned address has ended, a client
 * could still write the object again. Returns how many were removed from the store.
 */
export async function removeDoomedObjects(keepRowsSeconds = 3600): Promise<number> {
  await giveUpStrayObjects();
  let removed = 0;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const doomed = await transaction(system, (tx) =>
      tx.storedObject.findMany({
        where: { state: "doomed", id: { gt: after } },
        orderBy: { id: "asc" },
        take: BATCH,
        select: { id: true, key: true, doomedAt: true },
      }),
    );
    for (const { key } of doomed) await storage.delete(key);
    removed += doomed.length;
    const settled = doomed.filter(
      ({ doomedAt }) => !doomedAt || doomedAt.getTime() < Date.now() - keepRowsSeconds * 1000,
    );
    if (settled.length > 0) {
      await transaction(system, (tx) =>
        tx.storedObject.deleteMany({ where: { id: { in: settled.map(({ id }) => id) }, state: "doomed" } }),
      );
    }
    if (doomed.length < BATCH) return removed;
    after = doomed.at(-1)!.id;
  }
}

/**
 * Removes objects that no row knows: what was written after its row was gone, or by a version that failed in between.
 * Young ones are left alone, and so are the checkpoints of the audit log. Returns how many were removed.
 */
export async function removeOrphanedObjects(olderThanSeconds = 24 * 3600): Promise<number> {
  let removed = 0;
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await storage.list({ cursor, limit: BATCH });
    const old = items
      .filter(
        ({ key, modifiedAt }) =>
          !key.startsWith(CHECKPOINT_PREFIX) && modifiedAt.getTime() < Date.now() - olderThanSeconds * 1000,
      )
      .map(({ key }) => key);
    if (old.length > 0) {
      const known = await transaction(system, (tx) =>
        tx.storedObject.findMany({ where: { key: { in: old } }, select: { key: true } }),
      );
      const names = new Set(known.map(({ key }) => key));
      for (const key of old.filter((name) => !names.has(name))) {
        await storage.delete(key);
        removed += 1;
      }
    }
    cursor = nextCursor ?? undefined;
  } while (cursor);
  return removed;
}

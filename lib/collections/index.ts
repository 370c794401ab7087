import { z } from "zod";
import { recordAudit } from "#lib/audit/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { only, Prisma, read, transaction, write } from "#lib/db/index.ts";
import { AppError, collectionForbidden } from "#lib/errors/index.ts";
import { beforeId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import {
  cardsIn,
  cardsOf,
  collectionColumns,
  collectionRow,
  toCollectionView,
  writableCards,
} from "./rows.ts";
import {
  type CollectionView,
  type CreateCollectionInput,
  type ListCollectionsInput,
  type UpdateCollectionInput,
} from "./schema.ts";

/** Makes a collection owned by the actor. Charges one collection; throws `quota_exceeded` (403) at the limit. */
export function createCollection(
  actor: UserActor,
  { name, description }: CreateCollectionInput,
): Promise<CollectionView> {
  return transaction(actor, async () => {
    const { id } = only(
      await write(
        actor,
        z.object({ id: z.string() }),
        Prisma.sql`SELECT app.create_collection(${name}, ${description}) AS id`,
      ),
    );
    return toCollectionView(only(await read(actor, collectionRow, cardOf(id))));
  });
}

/**
 * One collection the actor may view. What is missing and what may not be seen refuse alike (`forbidden`); a trashed one
 * exists only for those who could restore it.
 */
export function getCollection(actor: Actor, id: string): Promise<CollectionView> {
  return transaction(actor, async (tx) => {
    const view = await readCollection(actor, id);
    if (actor.kind === "user" && view.owner.id !== actor.id)
      await tx.$executeRaw`SELECT app.mark_opened(${id}::uuid)`;
    return view;
  });
}

/**
 * Collections by when they were made, newest first; those that are `writable` by name, one page of them. `shared` leaves out
 * what everyone may open: that is unlisted.
 */
export async function listCollections(
  actor: UserActor,
  { scope, q, cursor }: ListCollectionsInput,
): Promise<Page<CollectionView>> {
  if (scope === "writable") {
    const found = Prisma.sql`SELECT ${collectionColumns} FROM ${writableCards(q, PAGE_SIZE)}`;
    return { items: (await read(actor, collectionRow, found)).map(toCollectionView), nextCursor: null };
  }
  const rows = await read(
    actor,
    collectionRow,
    Prisma.sql`SELECT ${collectionColumns} FROM ${cardsIn(scope, beforeId(cursor), PAGE_SIZE + 1)}`,
  );
  return pageFrom(rows, toCollectionView);
}

/**
 * Renames or describes. A stale `version` throws `conflict` with the `current` state; nothing is written then but both
 * versions, into the audit log.
 */
export async function updateCollection(
  actor: UserActor,
  id: string,
  { version, name, description }: UpdateCollectionInput,
): Promise<CollectionView> {
  try {
    return await change(
      actor,
      id,
      Prisma.sql`SELECT app.update_collection(${id}::uuid, ${version}::int, ${name ?? null}, ${description ?? null})`,
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== "stale_version") throw error;
    const current = await readCollection(actor, id);
    await transaction(actor, (tx) =>
      recordAudit(tx, actor, {
        action: "collection.conflict",
        resource: { type: "collection", id },
        metadata: {
          attempted: { version, name, description },
          current: { version: current.version, name: current.name, description: current.description },
        },
      }),
    );
    throw new AppError("conflict", "Stale version", { reason: "stale_version", current });
  }
}

/** Moves to the trash: nobody sees its documents any more, and it still counts. Repeating changes nothing. */
export const trashCollection = (actor: UserActor, id: string) => setTrashed(actor, id, true);
/** Brings a collection back from the trash. */
export const restoreCollection = (actor: UserActor, id: string) => setTrashed(actor, id, false);

const setTrashed = (actor: UserActor, id: string, isTrashed: boolean): Promise<CollectionView> =>
  change(actor, id, Prisma.sql`SELECT app.set_collection_trashed(${id}::uuid, ${isTrashed})`);

/** Deletes for good, with all documents in it, and gives every uploader their quota back at once, exactly once. */
export async function deleteCollection(actor: UserActor, id: string): Promise<void> {
  await write(actor, z.object({}), Prisma.sql`SELECT app.purge_collection(${id}::uuid)`);
}

const cardOf = (id: string) => Prisma.sql`SELECT ${collectionColumns} FROM ${cardsOf([id])}`;

/** One message: the change, and what the collection is then. */
async function change(actor: UserActor, id: string, statement: Prisma.Sql): Promise<CollectionView> {
  return toCollectionView(only(await write(actor, collectionRow, statement, cardOf(id))));
}

/** A collection that is there for the actor; one in the trash only for those who could bring it back. */
async function readCollection(actor: Actor, id: string): Promise<CollectionView> {
  const [row] = await read(actor, collectionRow, cardOf(id));
  if (!row) throw collectionForbidden();
  const view = toCollectionView(row);
  if (view.trashedAt && !view.abilities.canDelete) throw collectionForbidden();
  return view;
}

import { recordAudit } from "#lib/audit/index.ts";
import { type Actor, type UserActor } from "#lib/authz/actor.ts";
import { Prisma, read, transaction, type Tx } from "#lib/db/index.ts";
import { actionForbidden, AppError, collectionForbidden } from "#lib/errors/index.ts";
import { beforeId, PAGE_SIZE, pageFrom } from "#lib/http/cursor.ts";
import { type Page } from "#lib/http/schema.ts";
import { cardsIn, cardsOf, type CollectionRow, collectionColumns, toCollectionView } from "./rows.ts";
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
  return transaction(actor, async (tx) => {
    const [made] = await tx.$queryRaw<
      { id: string }[]
    >`SELECT app.create_collection(${name}, ${description}) AS id`;
    await recordAudit(tx, actor, {
      action: "collection.created",
      resource: { type: "collection", id: made!.id, name },
    });
    return toCollectionView((await findRow(tx, made!.id))!);
  });
}

/**
 * One collection the actor may view. What is missing and what may not be seen refuse alike (`forbidden`); a trashed one
 * exists only for those who could restore it.
 */
export function getCollection(actor: Actor, id: string): Promise<CollectionView> {
  return transaction(actor, async (tx) => {
    const view = await readCollection(tx, id);
    if (actor.kind === "user" && view.owner.id !== actor.id)
      await tx.$executeRaw`SELECT app.mark_opened(${id}::uuid)`;
    return view;
  });
}

/** Collections by when they were made, newest first. `shared` leaves out what everyone may open: that is unlisted. */
export async function listCollections(
  actor: UserActor,
  { scope, cursor }: ListCollectionsInput,
): Promise<Page<CollectionView>> {
  const rows = await read<CollectionRow>(
    actor,
    Prisma.sql`SELECT ${collectionColumns} FROM ${cardsIn(scope, beforeId(cursor), PAGE_SIZE + 1)}`,
  );
  return pageFrom(rows, toCollectionView);
}

/** Renames or describes. A stale `version` throws `conflict` with the `current` state; nothing is written then. */
export function updateCollection(
  actor: UserActor,
  id: string,
  { version, ...changes }: UpdateCollectionInput,
): Promise<CollectionView> {
  return transaction(actor, async (tx) => {
    const before = await readCollection(tx, id);
    if (!before.abilities.canEdit) throw actionForbidden("edit_documents");
    const { count } = await tx.collection.updateMany({
      where: { id, version },
      data: { ...changes, version: { increment: 1 }, updatedAt: new Date() },
    });
    const view = await readCollection(tx, id);
    if (count === 0)
      throw new AppError("conflict", "Stale version", { reason: "stale_version", current: view });
    await recordAudit(tx, actor, {
      action: "collection.updated",
      resource: { type: "collection", id, name: view.name },
      metadata: { previous: { name: before.name, description: before.description }, new: changes },
    });
    return view;
  });
}

/** Moves to the trash: nobody sees its documents any more, and it still counts. Repeating changes nothing. */
export const trashCollection = (actor: UserActor, id: string) => setTrashed(actor, id, true);
/** Brings a collection back from the trash. */
export const restoreCollection = (actor: UserActor, id: string) => setTrashed(actor, id, false);

function setTrashed(actor: UserActor, id: string, isTrashed: boolean): Promise<CollectionView> {
  return transaction(actor, async (tx) => {
    await readCollection(tx, id);
    const [row] = await tx.$queryRaw<
      { changed: boolean }[]
    >`SELECT app.set_collection_trashed(${id}::uuid, ${isTrashed}) AS changed`;
    const view = toCollectionView((await findRow(tx, id))!);
    if (row!.changed) {
      const action = isTrashed ? "collection.trashed" : "collection.restored";
      await recordAudit(tx, actor, { action, resource: { type: "collection", id, name: view.name } });
    }
    return view;
  });
}

/** Deletes for good, with all documents in it, and gives every uploader their quota back at once, exactly once. */
export function deleteCollection(actor: UserActor, id: string): Promise<void> {
  return transaction(actor, async (tx) => {
    const { name } = await readCollection(tx, id);
    const [purged] = await tx.$queryRaw<
      { documents: number }[]
    >`SELECT app.purge_collection(${id}::uuid) AS documents`;
    await recordAudit(tx, actor, {
      action: "collection.deleted",
      resource: { type: "collection", id, name },
      metadata: { documents: purged!.documents },
    });
  });
}

async function findRow(tx: Tx, id: string): Promise<CollectionRow | null> {
  const [row] = await tx.$queryRaw<CollectionRow[]>(
    Prisma.sql`SELECT ${collectionColumns} FROM ${cardsOf([id])}`,
  );
  return row ?? null;
}

/** A collection that is there for the actor; one in the trash only for those who could bring it back. */
async function readCollection(tx: Tx, id: string): Promise<CollectionView> {
  const row = await findRow(tx, id);
  if (!row) throw collectionForbidden();
  const view = toCollectionView(row);
  if (view.trashedAt && !view.abilities.canDelete) throw collectionForbidden();
  return view;
}

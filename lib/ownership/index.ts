import { z } from "zod";
import { type UserActor, system } from "#lib/authz/actor.ts";
import { only, Prisma, read, transaction, write } from "#lib/db/index.ts";
import { AppError } from "#lib/errors/index.ts";
import {
  type OfferTransferInput,
  type PossibleOwnersView,
  type TransferView,
  type WaitingTransferView,
} from "./schema.ts";

/** How many possible owners are listed at once. */
const LISTED = 50;

const transferRow = z.object({
  id: z.string(),
  collection_id: z.string(),
  collection_name: z.string(),
  from_id: z.string(),
  from_name: z.string(),
  to_id: z.string(),
  to_name: z.string(),
  status: z.enum(["offered", "accepted", "declined", "withdrawn", "lapsed"]),
  offered_at: z.date(),
  expires_at: z.date(),
  answered_at: z.date().nullable(),
});

/** Those to whom the actor could offer a collection of theirs, by name. Refuses everybody but its owner (`forbidden`). */
export async function listPossibleOwners(
  actor: UserActor,
  collectionId: string,
  { q = "" }: { q?: string },
): Promise<PossibleOwnersView> {
  const items = await read(
    actor,
    z.object({ id: z.string(), name: z.string(), email: z.string() }),
    Prisma.sql`SELECT id, name, email FROM app.list_possible_owners(${collectionId}::uuid, ${q}, ${LISTED}::int)`,
  );
  return { items };
}

/**
 * Offers a collection of the actor to a member of its workspace who can open it; it stays theirs until that person accepts.
 * Offering it to the same person again changes nothing. `conflict` (cannot_take_over) for everybody else, with an account
 * or without, and (transfer_waits) while somebody else is offered it.
 */
export function offerTransfer(
  actor: UserActor,
  collectionId: string,
  { email }: OfferTransferInput,
): Promise<TransferView> {
  return transaction(actor, async () => {
    const { id } = only(
      await write(
        actor,
        z.object({ id: z.string() }),
        Prisma.sql`SELECT app.offer_transfer(${collectionId}::uuid, ${email}) AS id`,
      ),
    );
    return getTransfer(actor, id);
  });
}

/** The offer that waits for a collection, for the two people it is between; null for all others who can open that. */
export async function findTransferOf(actor: UserActor, collectionId: string): Promise<WaitingTransferView> {
  const [[found], [owned]] = await Promise.all([
    read(actor, transferRow, Prisma.sql`SELECT * FROM app.waiting_transfer(${collectionId}::uuid)`),
    read(
      actor,
      z.object({ id: z.string() }),
      Prisma.sql`SELECT id FROM collections WHERE id = ${collectionId}::uuid AND owner_id = ${actor.id}::uuid`,
    ),
  ]);
  return { canOffer: owned !== undefined, transfer: found ? toView(found) : null };
}

/** One offer, answered or not; `not_found` for all but the two people it is between, and once they can't open the collection. */
export async function getTransfer(actor: UserActor, id: string): Promise<TransferView> {
  const [found] = await read(
    actor,
    transferRow,
    Prisma.sql`SELECT * FROM app.transfer_cards(${id}::uuid, NULL)`,
  );
  if (!found) throw new AppError("not_found", "No such offer", { reason: "transfer" });
  return toView(found);
}

/**
 * Makes the actor the owner of what they were offered. Every grant, link and document stays; whoever owned it becomes an
 * editor. Throws `quota_exceeded` when the actor has no room for another collection, `conflict` when it is not offered any
 * more.
 */
export async function acceptTransfer(actor: UserActor, id: string): Promise<TransferView> {
  return answer(actor, id, Prisma.sql`SELECT app.accept_transfer(${id}::uuid)`);
}

/** Turns an offer down: nothing changes but that. */
export async function declineTransfer(actor: UserActor, id: string): Promise<TransferView> {
  return answer(actor, id, Prisma.sql`SELECT app.end_transfer(${id}::uuid, 'declined')`);
}

/** Takes back an offer of the actor's own. */
export async function withdrawTransfer(actor: UserActor, id: string): Promise<void> {
  await write(actor, z.object({}), Prisma.sql`SELECT app.end_transfer(${id}::uuid, 'withdrawn')`);
}

/** Removes offers from two months ago. Returns how many; may run at any time and again. */
export async function sweepTransfers(): Promise<number> {
  const query = Prisma.sql`SELECT app.sweep_transfers() AS gone`;
  return only(await write(system, z.object({ gone: z.number() }), query)).gone;
}

/** One message: the answer, and what the offer is then. */
async function answer(actor: UserActor, id: string, statement: Prisma.Sql): Promise<TransferView> {
  const after = Prisma.sql`SELECT * FROM app.transfer_cards(${id}::uuid, NULL)`;
  return toView(only(await write(actor, transferRow, statement, after)));
}

const toView = (row: z.output<typeof transferRow>): TransferView => ({
  id: row.id,
  collection: { id: row.collection_id, name: row.collection_name },
  from: { id: row.from_id, name: row.from_name },
  to: { id: row.to_id, name: row.to_name },
  status: row.status,
  offeredAt: row.offered_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  answeredAt: row.answered_at?.toISOString() ?? null,
});

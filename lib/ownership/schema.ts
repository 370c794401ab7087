import { z } from "zod";
import { textSchema } from "#lib/http/schema.ts";
import { emailSchema } from "#lib/sharing/schema.ts";

const named = z.object({ id: z.uuid(), name: z.string() });

/** An offer of a collection, as the two people see it between whom it is. */
export const transferSchema = z.object({
  id: z.uuid(),
  collection: named,
  from: named,
  to: named,
  /** lapsed: not answered in 14 days, or it can't be accepted any more. */
  status: z.enum(["offered", "accepted", "declined", "withdrawn", "lapsed"]),
  offeredAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
});
export type TransferView = z.infer<typeof transferSchema>;

export const waitingTransferSchema = z.object({
  /** Whether the reader owns the collection: only then could they offer it. */
  canOffer: z.boolean(),
  /** The offer that waits: null where there is none, and for everybody whom it does not concern. */
  transfer: transferSchema.nullable(),
});
export type WaitingTransferView = z.infer<typeof waitingTransferSchema>;

export const offerTransferSchema = z.object({ email: emailSchema });
export type OfferTransferInput = z.input<typeof offerTransferSchema>;

export const listPossibleOwnersSchema = z.object({
  /** The beginning of a name or an address. */
  q: textSchema(100).trim().default(""),
});
/** The first fifty by name; more are found by their name. */
export const possibleOwnersSchema = z.object({ items: z.array(named.extend({ email: z.string() })) });
export type PossibleOwnersView = z.infer<typeof possibleOwnersSchema>;

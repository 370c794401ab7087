import { z } from "zod";
import { cursorSchema, idParams, momentSchema, pageOf, searchSchema, textSchema } from "#lib/http/schema.ts";
import { quotaSorts, quotaStates } from "./values.ts";

const meter = z.object({ used: z.int().nonnegative(), limit: z.int().nonnegative() });

/** `GET /me/quota`. Bytes for `storageBytes`, counts otherwise. */
export const quotaViewSchema = z.object({
  tier: z.string(),
  collections: meter,
  documents: meter,
  storageBytes: meter,
  pdfJobsPerDay: meter.extend({ resetsAt: z.iso.datetime() }),
  collaboratorsPerCollection: z.object({ limit: z.int().nonnegative() }),
});
export type QuotaView = z.infer<typeof quotaViewSchema>;

// --- for who runs the instance ---

/** A limit is a whole number; bytes up to what a number holds exactly. */
const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const countLimit = z.int().min(0).max(1_000_000_000);

export const listQuotasSchema = z.object({
  /** A part of the name or the address. */
  q: searchSchema(80).optional(),
  tier: textSchema(40).optional(),
  state: z.enum(quotaStates).default("all"),
  sort: z.enum(quotaSorts).default("storage"),
  cursor: cursorSchema,
});
export type ListQuotasInput = z.infer<typeof listQuotasSchema>;
export const exportQuotasSchema = listQuotasSchema.omit({ cursor: true });

/** Limits of a person's own; null where the tier's hold. */
const overrides = {
  collections: countLimit.nullable(),
  documents: countLimit.nullable(),
  storageBytes: limit.nullable(),
  pdfJobsPerDay: countLimit.nullable(),
  collaboratorsPerCollection: countLimit.nullable(),
};

/** A person as whoever runs the instance sees them. Bytes for `storageBytes`, counts otherwise. */
export const quotaPersonSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  workspaceName: z.string().nullable(),
  isSuspended: z.boolean(),
  tier: z.string(),
  /** How full the fullest limit is, from 0; above 1 where more is used than allowed. Null where nothing is allowed. */
  share: z.number().nullable(),
  collections: meter,
  documents: meter,
  storageBytes: meter,
  pdfJobsPerDay: meter,
  collaboratorsPerCollection: z.object({ limit }),
  overrides: z.object({ ...overrides, endsAt: z.iso.datetime().nullable(), reason: z.string().nullable() }),
  joinedAt: z.iso.datetime(),
  lastActiveAt: z.iso.datetime().nullable(),
});
export type QuotaPersonView = z.infer<typeof quotaPersonSchema>;
export const quotaListSchema = pageOf(quotaPersonSchema);

export const quotaParams = idParams;
export const setQuotaSchema = z
  .object({
    tier: textSchema(40).optional(),
    overrides: z.object(overrides).partial().optional(),
    /** Why, for the log and whoever looks at it next. */
    reason: textSchema(500).trim().min(1),
    /** When own limits end; null, as left out, for never. */
    endsAt: momentSchema.nullable().optional(),
  })
  .refine(({ tier, overrides: own }) => tier !== undefined || Object.keys(own ?? {}).length > 0, {
    message: "nothing_to_change",
  })
  .refine(({ endsAt }) => !endsAt || new Date(endsAt) > new Date(), { message: "past", path: ["endsAt"] });
export type SetQuotaInput = z.infer<typeof setQuotaSchema>;

export const quotaSpanSchema = z.object({
  /** How many days back, today with them. */
  days: textSchema(3)
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .refine((days) => days <= 365, "range")
    .default(30),
});
export type QuotaSpan = z.infer<typeof quotaSpanSchema>;

export const quotaSummarySchema = z.object({
  people: z.int(),
  documents: z.int(),
  storageBytes: z.int(),
  /** At 80 percent or more of a limit, and not over it. */
  near: z.int(),
  /** With more than a limit allows. */
  over: z.int(),
  /** How often a limit refused somebody in these days. */
  refusals: z.int(),
  /** How many people are how full, in steps of ten percent; the last counts those over a limit. */
  distribution: z.array(z.int()).length(11),
  tiers: z.array(
    z.object({
      name: z.string(),
      people: z.int(),
      collections: limit,
      documents: limit,
      storageBytes: limit,
      pdfJobsPerDay: limit,
      collaboratorsPerCollection: limit,
    }),
  ),
  topUploaders: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      email: z.string(),
      storageBytes: z.int(),
      documents: z.int(),
    }),
  ),
});
export type QuotaSummaryView = z.infer<typeof quotaSummarySchema>;

export const quotaHistorySchema = z.object({
  /** From old to new; `day` is a day of UTC. */
  days: z.array(
    z.object({ day: z.iso.date(), documents: z.int(), storageBytes: z.int(), refusals: z.int() }),
  ),
});
export type QuotaHistoryView = z.infer<typeof quotaHistorySchema>;

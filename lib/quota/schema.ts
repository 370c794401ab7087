import { z } from "zod";

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

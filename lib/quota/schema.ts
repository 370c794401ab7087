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

export type QuotaLevel = "ok" | "warning" | "danger";

/** The bar's colour: amber from 80 %, red from 95 %. A limit of 0 is always red once anything is used. */
export function quotaLevel({ used, limit }: { used: number; limit: number }): QuotaLevel {
  if (limit === 0) return used > 0 ? "danger" : "ok";
  const share = used / limit;
  return share >= 0.95 ? "danger" : share >= 0.8 ? "warning" : "ok";
}

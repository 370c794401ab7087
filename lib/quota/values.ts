export type QuotaLevel = "ok" | "warning" | "danger";

/** The bar's colour: amber from 80 %, red from 95 %. A limit of 0 is always red once anything is used. */
export function quotaLevel({ used, limit }: { used: number; limit: number }): QuotaLevel {
  if (limit === 0) return used > 0 ? "danger" : "ok";
  const share = used / limit;
  return share >= 0.95 ? "danger" : share >= 0.8 ? "warning" : "ok";
}

/** What the list of everybody's quotas is narrowed to. */
export const quotaStates = ["all", "near", "over"] as const;
export type QuotaState = (typeof quotaStates)[number];
/** From the largest, but names from A. */
export const quotaSorts = ["storage", "share", "name"] as const;
export type QuotaSort = (typeof quotaSorts)[number];

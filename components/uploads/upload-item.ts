import type { DocumentView, UploadUrlView } from "#lib/documents/schema.ts";

/** A file somebody chose or dropped; `path` is where it lay in a dropped folder. */
export interface ChosenFile {
  file: File;
  path: string;
}

export interface Destination {
  id: string;
  name: string;
}

/** waiting: refused for being too fast, goes on by itself at `retryAt`. */
export type UploadPhase =
  "queued" | "hashing" | "sending" | "confirming" | "waiting" | "done" | "failed" | "cancelled";

/** One file on its way. Objects are replaced, never changed, so that views can compare them. */
export interface UploadItem extends ChosenFile {
  id: string;
  collection: Destination;
  phase: UploadPhase;
  hashedBytes: number;
  sentBytes: number;
  sha256: string | null;
  permit: UploadUrlView | null;
  /** The bytes are in the store; only the confirmation is missing. */
  isSent: boolean;
  /** The owner had these bytes already, so nothing was sent. */
  wasStored: boolean;
  /** Epoch milliseconds. */
  retryAt: number | null;
  error: unknown;
  document: DocumentView | null;
}

export const isActive = ({ phase }: Pick<UploadItem, "phase">): boolean =>
  phase !== "done" && phase !== "failed" && phase !== "cancelled";

export interface UploadTotals {
  active: number;
  done: number;
  failed: number;
  /** 0 to 100 over everything still running or done; null when there is nothing. */
  percent: number | null;
}

/** The sums a tray shows. Every file weighs something, so that many tiny ones move the bar too. */
export function totalsOf(items: readonly UploadItem[]): UploadTotals {
  const totals: UploadTotals = { active: 0, done: 0, failed: 0, percent: null };
  let weight = 0;
  let finished = 0;
  for (const item of items) {
    if (item.phase === "cancelled") continue;
    if (item.phase === "failed") {
      totals.failed += 1;
      continue;
    }
    const size = item.file.size + 64 * 1024;
    weight += size;
    if (item.phase === "done") {
      totals.done += 1;
      finished += size;
    } else {
      totals.active += 1;
      finished += item.isSent ? item.file.size : item.sentBytes;
    }
  }
  if (weight > 0) totals.percent = Math.floor((finished / weight) * 100);
  return totals;
}

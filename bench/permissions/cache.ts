import type { UserActor } from "#lib/authz/actor.ts";
import { check } from "#lib/sharing/index.ts";
import { type Timing, timingOf } from "./loops.ts";

/** How long the tried cache keeps an answer, and so serves a revoked right. */
export const LIFETIME_MS = 5000;

export interface CacheTrial {
  database: Timing;
  cached: Timing;
}

/** Checks answered by the database, and by a map in the process that keeps answers for some seconds. */
export async function tryCache(actor: UserActor, documents: string[]): Promise<CacheTrial> {
  const kept = new Map<string, { until: number; isAllowed: boolean }>();
  const ask = (id: string) => check(actor, "view_documents", { type: "document", id });
  const askCached = async (id: string) => {
    const key = `${actor.id} view_documents ${id}`;
    const found = kept.get(key);
    if (found && found.until > Date.now()) return found.isAllowed;
    const isAllowed = await ask(id);
    kept.set(key, { until: Date.now() + LIFETIME_MS, isAllowed });
    return isAllowed;
  };
  const time = async (work: (id: string) => Promise<boolean>) => {
    const samples: number[] = [];
    for (const id of documents) {
      const at = performance.now();
      await work(id);
      samples.push((performance.now() - at) * 1000);
    }
    return samples;
  };
  await time(ask);
  const database: number[][] = [];
  const cached: number[][] = [];
  for (let round = 0; round < 5; round++) {
    await time(askCached); // fills it
    database.push(await time(ask));
    cached.push(await time(askCached));
  }
  return { database: timingOf(database), cached: timingOf(cached) };
}

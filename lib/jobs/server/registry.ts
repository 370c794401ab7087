import { concurrencyLimits, type FunctionConfig, refusals } from "./config.ts";
import type { JobEvent } from "./event.ts";
import { holds, valueAt } from "./expressions.ts";

/** The application uses an option that would behave otherwise here than under Inngest. The message names it. */
export class UnsupportedFunctionError extends Error {
  override name = "UnsupportedFunctionError";
}

/** The application's functions as of one listing, with the look-ups that events need. */
export interface Registry {
  readonly functions: ReadonlyMap<string, FunctionConfig>;
  startedBy(event: JobEvent): FunctionConfig[];
  /** Functions that the event may cancel, each with its condition. */
  cancelledBy(eventName: string): { fn: FunctionConfig; condition: string | undefined }[];
  listensTo(eventName: string): boolean;
  /** Schedules, one entry per function and cron trigger. */
  readonly schedules: readonly { fn: FunctionConfig; cron: string }[];
  /** How many calls of one slot may run at once, by function. Null: no limit. */
  readonly limits: { fns: string[]; limits: (number | null)[] };
}

/** @throws UnsupportedFunctionError that lists every option which can't be run */
export function createRegistry(listed: readonly FunctionConfig[]): Registry {
  const refused = listed.flatMap(refusals);
  if (refused.length > 0) throw new UnsupportedFunctionError(refused.join("\n"));

  const starters = new Map<string, { fn: FunctionConfig; condition: string | undefined }[]>();
  const cancels = new Map<string, { fn: FunctionConfig; condition: string | undefined }[]>();
  const schedules: { fn: FunctionConfig; cron: string }[] = [];
  for (const fn of listed) {
    for (const trigger of fn.triggers) {
      if (trigger.cron) schedules.push({ fn, cron: trigger.cron });
      if (trigger.event) append(starters, trigger.event, { fn, condition: trigger.expression });
    }
    for (const cancel of fn.cancel ?? []) append(cancels, cancel.event, { fn, condition: cancel.if });
  }

  return {
    functions: new Map(listed.map((fn) => [fn.id, fn])),
    startedBy(event) {
      const fitting = (starters.get(event.name) ?? []).filter(({ condition }) => holds(condition, { event }));
      return [...new Set(fitting.map(({ fn }) => fn))];
    },
    cancelledBy: (eventName) => cancels.get(eventName) ?? [],
    listensTo: (eventName) => starters.has(eventName),
    schedules,
    limits: {
      fns: listed.map((fn) => fn.id),
      limits: listed.map((fn) => concurrencyLimits(fn)[0]?.limit || null),
    },
  };
}

/** Runs of one function with the same slot share its concurrency limit. */
export function slotOf(fn: FunctionConfig, event: JobEvent): string {
  const key = concurrencyLimits(fn)[0]?.key;
  return key ? JSON.stringify(valueAt({ event }, key) ?? null) : "";
}

/** The key by which a second start of the same work is skipped. Without a value at the idempotency path each event counts. */
export function dedupeOf(fn: FunctionConfig, event: JobEvent): { dedupe: string; expires: boolean } {
  const value = fn.idempotency ? valueAt({ event }, fn.idempotency) : undefined;
  if (value === undefined || value === null) return { dedupe: `${fn.id}/${event.id}`, expires: false };
  return { dedupe: `${fn.id}/key:${JSON.stringify(value)}`, expires: true };
}

/** The differences between two listings; null when there are none. */
export function describeChange(before: Registry | undefined, after: Registry) {
  const old = before?.functions ?? new Map<string, FunctionConfig>();
  const added = [...after.functions.keys()].filter((id) => !old.has(id));
  const removed = [...old.keys()].filter((id) => !after.functions.has(id));
  const changed = [...after.functions.values()]
    .filter((fn) => old.has(fn.id) && JSON.stringify(old.get(fn.id)) !== JSON.stringify(fn))
    .map((fn) => fn.id);
  return added.length + removed.length + changed.length > 0 ? { added, removed, changed } : null;
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

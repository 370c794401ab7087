import { z } from "zod";
import { isComparison, isPath } from "./expressions.ts";
import { parseCron } from "./times.ts";

const concurrencyLimit = z.looseObject({
  limit: z.number().int().nonnegative(),
  key: z.string().optional(),
  scope: z.string().optional(),
});

/** A function as the SDK lists it. Loose, because `refusals` names unknown options better than the parser does. */
export const functionSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(
    z.looseObject({
      event: z.string().optional(),
      expression: z.string().optional(),
      cron: z.string().optional(),
    }),
  ),
  steps: z.record(
    z.string(),
    z.looseObject({
      retries: z.looseObject({ attempts: z.number().int().nonnegative().optional() }).optional(),
    }),
  ),
  concurrency: z
    .union([z.number().int().nonnegative(), concurrencyLimit, z.array(concurrencyLimit)])
    .optional(),
  idempotency: z.string().optional(),
  cancel: z
    .array(z.looseObject({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() }))
    .optional(),
});

export type FunctionConfig = z.infer<typeof functionSchema>;

const KNOWN = new Set(["id", "name", "triggers", "steps", "concurrency", "idempotency", "cancel"]);
const LONGER_NAMES: Record<string, string> = { batchEvents: "batching (batchEvents)", cancel: "cancelOn" };
/** Internal events of Inngest that this server does not emit. */
const UNEMITTED = /^inngest\/(?!function\.failed$)/;

/** One sentence for each option that would silently behave otherwise than under Inngest. Empty when all can be run. */
export function refusals(fn: FunctionConfig): string[] {
  const refused: string[] = [];
  const refuse = (what: string) =>
    refused.push(`The function ${fn.id} uses ${what}, which the embedded job server does not support.`);

  for (const [key, value] of Object.entries(fn)) {
    if (!KNOWN.has(key) && value !== undefined && value !== null) refuse(LONGER_NAMES[key] ?? key);
  }
  for (const trigger of fn.triggers) {
    if (trigger.jitter) refuse("a schedule with jitter");
    if (trigger.cron !== undefined && !isCron(trigger.cron)) refuse(`the schedule "${trigger.cron}"`);
    if (trigger.event?.includes("*")) refuse(`a trigger for several events (${trigger.event})`);
    if (trigger.event && UNEMITTED.test(trigger.event))
      refuse(`the internal event ${trigger.event} as its trigger`);
    if (trigger.expression && !isComparison(trigger.expression))
      refuse(`the trigger condition ${trigger.expression}`);
  }
  for (const step of Object.keys(fn.steps))
    if (step !== "step") refuse(`the step ${step} beside its own code`);

  if (fn.idempotency && !isPath(fn.idempotency)) refuse(`the idempotency key ${fn.idempotency}`);
  const limits = concurrencyLimits(fn);
  if (limits.length > 1) refuse("several concurrency limits");
  for (const { key, scope } of limits) {
    if (key && !isPath(key)) refuse(`the concurrency key ${key}`);
    if (scope && scope !== "fn") refuse(`concurrency in the scope ${scope}`);
  }
  for (const cancel of fn.cancel ?? []) {
    if (cancel.timeout) refuse("cancelOn with a timeout");
    if (cancel.if && !isComparison(cancel.if)) refuse(`the cancelOn condition ${cancel.if}`);
  }
  return refused;
}

export function concurrencyLimits({ concurrency = [] }: FunctionConfig): z.infer<typeof concurrencyLimit>[] {
  return [concurrency].flat().map((entry) => (typeof entry === "number" ? { limit: entry } : entry));
}

/** Attempts of each step, the first included. Without a setting Inngest retries four times. */
export function maxAttempts(fn: FunctionConfig): number {
  return (fn.steps.step?.retries?.attempts ?? 4) + 1;
}

function isCron(text: string): boolean {
  try {
    parseCron(text);
    return true;
  } catch {
    return false;
  }
}

import { z } from "zod";

/** An event as functions receive it. */
export interface JobEvent {
  id: string;
  name: string;
  data: Record<string, unknown>;
  /** Milliseconds since 1970. */
  ts: number;
  [more: string]: unknown;
}

/** What may be posted: names under `inngest/` are the server's own and can't be forged. */
const postedEvent = z.looseObject({
  id: z.string().min(1).max(512).nullish(),
  name: z
    .string()
    .min(1)
    .max(256)
    .refine((name) => !name.startsWith("inngest/"), "is reserved"),
  data: z.record(z.string(), z.unknown()).nullish(),
  ts: z.number().nullish(),
});

/** The body of `POST /e/{key}`: one event or many. */
export const postedEvents = z
  .union([postedEvent, z.array(postedEvent).max(5_000)])
  .transform((posted) => [posted].flat());

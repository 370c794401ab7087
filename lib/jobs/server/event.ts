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

/** PostgreSQL cannot store U+0000 in text. */
const key = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !text.includes("\u0000"), "contains U+0000");

/** An event that may be posted. Names under `inngest/` are the server's own. */
const postedEvent = z.looseObject({
  id: key(512).nullish(),
  name: key(256).refine((name) => !name.startsWith("inngest/"), "is reserved"),
  data: z.record(z.string(), z.unknown()).nullish(),
  ts: z.number().nullish(),
});

/** The body of `POST /e/{key}`: one event or many. */
export const postedEvents = z
  .union([postedEvent, z.array(postedEvent).max(5_000)])
  .transform((posted) => [posted].flat());

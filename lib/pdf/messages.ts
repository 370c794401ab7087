import { z } from "zod";

const page = z.int().min(0).max(2_147_483_648);
const size = z.number().positive().optional();

/** A message of a child: one JSON object per line of standard output. Any other output ends the child. */
export const workerMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("opened"), pageCount: page, width: size, height: size }),
  z.object({ type: z.literal("progress"), page, pages: page }),
  z.object({
    type: z.literal("done"),
    pageCount: page.nullable(),
    width: size,
    height: size,
    stopped: z.object({ reason: z.enum(["pages", "size", "damaged", "memory"]), atPage: page }).optional(),
  }),
  /** A picture has been written. */
  z.object({
    type: z.literal("drawn"),
    source: page,
    page,
    width: z.int().positive(),
    height: z.int().positive(),
  }),
  z.object({
    type: z.literal("failed"),
    reason: z.enum(["encrypted", "damaged", "unsupported", "memory"]),
    detail: z.string().max(1000),
  }),
]);

export type WorkerMessage = z.infer<typeof workerMessageSchema>;
export type OpenedMessage = Extract<WorkerMessage, { type: "opened" }>;
export type DoneMessage = Extract<WorkerMessage, { type: "done" }>;
export type DrawnMessage = Extract<WorkerMessage, { type: "drawn" }>;
export type FailedMessage = Extract<WorkerMessage, { type: "failed" }>;

import { endingEvent, openingEvent, resetEvent } from "./values.ts";

/** Frames of an event stream, as bytes that many streams share. JSON has no line breaks, so one `data` line is enough. */
export const eventFrame = (seq: number, name: string, data: unknown): Buffer =>
  Buffer.from(`id: ${seq}\ndata: ${JSON.stringify({ name, data })}\n\n`);

/** First in every stream: where it begins. A client that loses it comes again after about three seconds. */
export const openingFrame = (seq: number): Buffer =>
  Buffer.from(`retry: 3000\nid: ${seq}\nevent: ${openingEvent}\ndata: {}\n\n`);
export const resetFrame = (seq: number): Buffer =>
  Buffer.from(`id: ${seq}\nevent: ${resetEvent}\ndata: {}\n\n`);
export const endingFrame = Buffer.from(`event: ${endingEvent}\ndata: {}\n\n`);
/**
 * Keeps proxies from closing what is quiet, finds connections that are gone, and moves Last-Event-ID past what was for
 * others; no event to the reader.
 */
export const heartbeatFrame = (seq: number): Buffer => Buffer.from(`id: ${seq}\n\n`);

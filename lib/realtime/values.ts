/**
 * What open pages are told: that something changed, by ids alone. Without an id in `access/changed` anything may be open
 * now, or closed.
 */
export interface LiveEvent {
  name: LiveEventName;
  data: Readonly<Record<string, string>>;
}

export const liveEventNames = [
  "collection/changed",
  "document/changed",
  "document/processed",
  "access/changed",
  "link/changed",
  "group/changed",
  "role/changed",
  "person/changed",
  "workspace/changed",
  "offer/changed",
  "request/changed",
  "transfer/changed",
  "share/changed",
  "quota/changed",
  "job/changed",
  "notification/changed",
  "session/changed",
] as const;
export type LiveEventName = (typeof liveEventNames)[number];

/** Where a stream is, and that what it missed is not known any more: all of it is to be asked for again. */
export const openingEvent = "open";
export const resetEvent = "reset";
/** The session or token that a stream was opened with does not hold any more. */
export const endingEvent = "end";

import { streamEvents } from "#lib/realtime/api.ts";
import { endingEvent, type LiveEvent, openingEvent, resetEvent } from "#lib/realtime/values.ts";
import { lead } from "./lead.ts";
import { type Ending, type Message, readStream } from "./read-stream.ts";

export interface Followed {
  /** What changed, as it comes. */
  onEvents: (events: readonly LiveEvent[]) => void;
  /** What changed is not known: all may have. */
  onGap: () => void;
  /** The session has ended. */
  onSignedOut: () => void;
}

type Numbered = LiveEvent & { seq: number };

/** What tabs say to each other. `at` is how far the one that reads the stream is. */
type Word =
  | { kind: "told"; events: Numbered[]; at: number }
  | { kind: "gap"; at: number }
  | { kind: "signedOut" }
  /** A tab that has just opened, and what it has read is no older than this. */
  | { kind: "hello"; since: number | null };

/** What a tab that opens a little later may have missed. */
const MOST_REMEMBERED = 300;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A stream that lasted this long was a good one: the next failure is the first. */
const GOOD_MS = 10_000;

/**
 * Follows what happens on the server. The tabs of a browser share one stream: one of them reads it and tells the others,
 * and another takes over when it closes, from the event on that it heard last.
 */
export function follow(userId: string, since: string | null, on: Followed): () => void {
  const stopped = new AbortController();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`sheaf-live:${userId}`) : null;
  const say = (word: Word) => channel?.postMessage(word);
  /** Everything up to here was seen to; null while that is not known. */
  let at = since === null ? null : Number(since);
  let remembered: { from: number; events: Numbered[] } | null = null;

  function hear(word: Word): void {
    if (word.kind === "signedOut") return on.onSignedOut();
    if (word.kind === "hello") return answer(word.since);
    if (at !== null && word.at < at) return;
    if (word.kind === "gap" || at === null) on.onGap();
    else {
      const fresh = word.events.filter(({ seq }) => seq > at!);
      if (fresh.length > 0) on.onEvents(fresh);
    }
    at = word.at;
  }

  /** Only the tab that reads the stream remembers. */
  function answer(from: number | null): void {
    if (!remembered || at === null) return;
    if (from === null || from < remembered.from) say({ kind: "gap", at });
    else say({ kind: "told", events: remembered.events.filter(({ seq }) => seq > from), at });
  }

  function remember(events: readonly Numbered[]): void {
    if (!remembered) return;
    remembered.events.push(...events);
    const forgotten = remembered.events.splice(0, Math.max(0, remembered.events.length - MOST_REMEMBERED));
    remembered.from = forgotten.at(-1)?.seq ?? remembered.from;
  }

  /** Reads the stream, again and again, until another tab does or the page is left. */
  async function read(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const began = performance.now();
      const ending = await readStream(streamEvents.path, at?.toString() ?? null, signal, take);
      if (signal.aborted) break;
      if (ending.why === "signedOut") return pass({ kind: "signedOut" });
      failures = performance.now() - began > GOOD_MS ? 1 : failures + 1;
      await wait(waitMs(ending, failures), signal);
    }
    remembered = null;
  }

  function take({ id, name, data }: Message): void {
    if (name === endingEvent) return pass({ kind: "signedOut" });
    const seq = Number(id);
    if (name === openingEvent) {
      // without a place to resume after, it is not known what was missed
      if (at === null) pass({ kind: "gap", at: seq });
      remembered ??= { from: seq, events: [] };
    } else if (name === resetEvent) {
      remembered = { from: seq, events: [] };
      pass({ kind: "gap", at: seq });
    } else {
      const event = data === "" ? null : parsed(data);
      const events = event ? [{ ...event, seq }] : [];
      remember(events);
      pass({ kind: "told", events, at: seq });
    }
  }

  /** To this tab and to all others. */
  function pass(word: Word): void {
    hear(word);
    say(word);
  }

  channel?.addEventListener("message", ({ data }: MessageEvent<Word>) => hear(data));
  lead(`sheaf-live:${userId}`, stopped.signal, read);
  say({ kind: "hello", since: at });
  return () => {
    stopped.abort();
    channel?.close();
  };
}

/** `any`, as JSON has no type: what the server says is not looked at again. */
const parsed = (text: string): LiveEvent => JSON.parse(text);

function waitMs(ending: Ending, failures: number): number {
  // not all at the same moment
  const spread = 0.5 + Math.random();
  if (ending.why === "busy") return ending.afterSeconds * 1000 * Math.max(1, spread);
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS) * spread;
}

/** Until then, or until the network is back or the page is looked at again. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", done);
    signal.addEventListener("abort", done);
  });
}

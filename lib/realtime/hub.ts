import { log } from "#lib/log/index.ts";
import { type Feed, startFeed } from "./feed.ts";
import { eventFrame, heartbeatFrame, openingFrame, resetFrame } from "./frames.ts";
import { findLost, readEvents, readHearers, readPosition, type ToldEvent } from "./store.ts";
import type { Stream } from "./stream.ts";

/** How many events are read, and sent on, together. */
const BATCH = 500;
/** More than this at once for one stream, or missed by it, is told as a whole: look at everything again. */
const MAX_FRAMES = 100;
const MAX_MISSED = 2_000;
/** Each stream has a heartbeat this often, and its session or token is looked at; a part of them every second. */
const HEARTBEAT_S = 20;
/** Pages begin with what they read; whatever they read is younger than this. */
const SLACK_S = 3;

type Recipients = ReadonlyMap<string, ReadonlySet<Stream>>;

/**
 * The streams of this instance. Reads what pages are to hear of in the order of `seq`, asks once for each batch who hears
 * it, and sends it on.
 */
export class Hub {
  readonly #people = new Map<string, Set<Stream>>();
  readonly #beats: Set<Stream>[] = Array.from({ length: HEARTBEAT_S }, () => new Set());
  /** Open, and told nothing yet. */
  readonly #joining = new Set<Stream>();
  #size = 0;
  #joined = 0;
  /** Sent on up to here; null until the first look. */
  #seq: number | null = null;
  /** Where the last seconds ended, the oldest first. */
  readonly #earlier: number[] = [];
  #running: Promise<void> | undefined;
  #isDue = false;
  #tick = 0;
  #feed: Feed | undefined;
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    this.#feed ??= startFeed(() => this.#wake());
    this.#timer ??= setInterval(() => this.#beat(), 1000).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const streams of this.#people.values()) for (const stream of streams) stream.end();
    await this.#feed?.stop();
    await this.#running;
  }

  get size(): number {
    return this.#size;
  }

  streamsOf(userId: string): readonly Stream[] {
    return [
      ...(this.#people.get(userId) ?? []),
      ...[...this.#joining].filter((one) => one.userId === userId),
    ];
  }

  /** From which event on a page that is made now has to hear, whatever it has read already. Null before the first look. */
  get position(): number | null {
    return this.#earlier[0] ?? this.#seq;
  }

  join(stream: Stream): void {
    const beat = this.#beats[this.#joined++ % HEARTBEAT_S]!;
    this.#size += 1;
    beat.add(stream);
    stream.onClose(() => {
      this.#size -= 1;
      beat.delete(stream);
      this.#leave(stream);
    });
    this.#joining.add(stream);
    this.#wake();
  }

  #leave(stream: Stream): void {
    this.#joining.delete(stream);
    const streams = this.#people.get(stream.userId);
    streams?.delete(stream);
    if (streams?.size === 0) this.#people.delete(stream.userId);
  }

  #wake(): void {
    this.#isDue = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // woken between the last look and here
      if (this.#isDue) this.#wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      try {
        this.#seq ??= (await readPosition()).lastSeq;
        await this.#admit(this.#seq);
        const events = await readEvents(this.#seq, BATCH);
        if (events.length > 0) {
          await this.#send(events, this.#people);
          this.#seq = events.at(-1)!.seq;
        }
        if (events.length === BATCH) this.#isDue = true;
      } catch (error) {
        // the feed looks again
        log().warn({ err: error }, "events not sent on");
      }
    }
  }

  /** Lets waiting streams in at an event: what each missed before it is sent first. */
  async #admit(seq: number): Promise<void> {
    const streams = [...this.#joining];
    if (streams.length === 0) return;
    const resumed = streams.filter(({ lastSeq }) => lastSeq !== null);
    let missed: ToldEvent[] = [];
    let knownFrom = Infinity;
    if (resumed.length > 0) {
      const { lastSeq, forgottenSeq } = await readPosition();
      // one that names an event of the future comes from another database
      const first = Math.min(
        ...resumed.map((one) => one.lastSeq!).filter((at) => at >= forgottenSeq && at <= lastSeq),
      );
      if (first < seq) missed = await readEvents(first, MAX_MISSED, seq);
      if (first !== Infinity && missed.length < MAX_MISSED) knownFrom = first;
      for (const one of resumed) if (one.lastSeq! > lastSeq) one.lastSeq = -1;
    }
    const resuming = new Map<string, Set<Stream>>();
    for (const stream of streams) {
      if (!this.#joining.delete(stream)) continue;
      const isKnown = stream.lastSeq === null || stream.lastSeq >= knownFrom;
      // one that is ahead of this instance stays so
      const at = isKnown ? (stream.lastSeq ?? seq) : seq;
      stream.send(isKnown ? openingFrame(at) : Buffer.concat([openingFrame(at), resetFrame(at)]));
      stream.lastSeq = at;
      addTo(this.#people, stream);
      addTo(resuming, stream);
    }
    try {
      if (missed.length > 0) await this.#send(missed, resuming);
    } catch (error) {
      for (const stream of [...resuming.values()].flatMap((own) => [...own])) stream.send(resetFrame(seq));
      throw error;
    }
  }

  async #send(events: readonly ToldEvent[], to: Recipients): Promise<void> {
    if (to.size === 0) return;
    const people = [...to.keys()];
    // who is among the audience themselves needs no look-up
    const others = new Set(events.flatMap(({ audience }) => audience.filter((id) => !to.has(id))));
    const hearers = others.size > 0 ? await readHearers([...others], people) : new Map<string, number[]>();
    const heardBy = ({ audience }: ToldEvent) =>
      new Set(
        audience.flatMap((id) =>
          to.has(id) ? [id] : (hearers.get(id) ?? []).map((place) => people[place - 1]!),
        ),
      );
    const inquiries = events.filter(({ name }) => name === "session/changed");
    if (inquiries.length > 0)
      await this.#endLost(
        [...new Set(inquiries.flatMap((event) => [...heardBy(event)]))].flatMap((id) => [
          ...(to.get(id) ?? []),
        ]),
      );

    const frames = new Map<Stream, Buffer[]>();
    const last = events.at(-1)!.seq;
    for (const { seq, name, data, recipients } of merged(events, heardBy)) {
      const frame = eventFrame(seq, name, data);
      for (const id of recipients)
        for (const stream of to.get(id) ?? []) {
          if (seq <= stream.lastSeq!) continue;
          const own = frames.get(stream);
          if (own) own.push(frame);
          else frames.set(stream, [frame]);
        }
    }
    for (const [stream, own] of frames) {
      stream.lastSeq = last;
      stream.send(own.length > MAX_FRAMES ? resetFrame(last) : own.length > 1 ? Buffer.concat(own) : own[0]!);
    }
  }

  async #endLost(streams: readonly Stream[]): Promise<void> {
    if (streams.length === 0) return;
    const lost = await findLost(streams.map(({ proof }) => proof));
    for (const stream of streams) {
      if (!lost.has(stream.proof)) continue;
      this.#leave(stream);
      stream.end({ isSignedOut: true });
    }
  }

  #beat(): void {
    this.#tick += 1;
    if (this.#seq !== null) {
      this.#earlier.push(this.#seq);
      if (this.#earlier.length > SLACK_S + 1) this.#earlier.shift();
    }
    const streams = [...this.#beats[this.#tick % HEARTBEAT_S]!];
    const seq = this.#seq ?? 0;
    const frame = heartbeatFrame(seq);
    for (const stream of streams) {
      // one that is to be told of something still has not come so far
      if (this.#joining.has(stream) || stream.lastSeq! > seq) continue;
      stream.lastSeq = seq;
      stream.send(frame);
    }
    this.#endLost(streams).catch((error: unknown) => log().warn({ err: error }, "sessions not looked at"));
  }
}

function addTo(people: Map<string, Set<Stream>>, stream: Stream): void {
  const streams = people.get(stream.userId);
  if (streams) streams.add(stream);
  else people.set(stream.userId, new Set([stream]));
}

/** The same said several times in a batch is said once, last, to all who heard any of it. */
function merged(events: readonly ToldEvent[], heardBy: (event: ToldEvent) => Set<string>) {
  const found = new Map<string, ToldEvent & { recipients: Set<string> }>();
  for (const event of events) {
    const key = `${event.name} ${JSON.stringify(event.data)}`;
    const recipients = heardBy(event);
    for (const id of found.get(key)?.recipients ?? []) recipients.add(id);
    found.delete(key);
    found.set(key, { ...event, recipients });
  }
  return found.values();
}

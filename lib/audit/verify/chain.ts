import { type ReadCheckpoint } from "../seal/checkpoint.ts";
import { type KeyRing, chainStart } from "../seal/keys.ts";
import { commitmentIn, commitmentTo, leafOf, type Part, parts, type SealableEvent } from "../seal/leaf.ts";
import { Frontier, rootFromPath } from "../seal/merkle.ts";
import { type Fault } from "./report.ts";

/** An entry as it was found, with what was sealed of it. */
export interface FoundEntry {
  seq: number;
  eventId: string;
  /** Null where it is gone and its seal is still there. */
  event: SealableEvent | null;
  commitments: Uint8Array;
  /** Of the parts that can be checked; null where one was erased or is kept from the reader. */
  salts: Record<Part, Uint8Array | null>;
  keyId: number;
  mac: Uint8Array;
  /** The way to the root of a signed checkpoint, where it comes along. */
  proof: { size: number; path: Buffer[] } | null;
}

const partNames: Record<Part, string> = {
  actor: "who acted, or from where",
  subject: "to whom it was done",
  name: "the name",
  details: "the details",
};

/** How many entries after a broken place, and how many numbers around it, its reason is looked for in. */
const WINDOW = 1000;

/**
 * Goes through one chain in the order it is found in, and says what is wrong where it first is. Codes are checked where
 * the keys are known, paths where they come along, and roots at the size of each checkpoint.
 */
export class ChainVerifier {
  readonly #chainId: string;
  readonly #keys: KeyRing | null;
  readonly #checkpoints: ReadCheckpoint[];
  readonly #tree = new Frontier();
  #before: Uint8Array;
  /** Entries from the first broken one on, for finding out what happened there. */
  readonly #rest: FoundEntry[] = [];
  #broken: Broken | null = null;
  #count = 0;
  /** How long the chain should be, as far as is known. */
  #expected = 0;
  #agreed = 0;
  /** Up to where a checkpoint says that all is as it was. */
  #agreedSize = 0;

  constructor(
    chainId: string,
    { keys, checkpoints }: { keys: KeyRing | null; checkpoints: ReadCheckpoint[] },
  ) {
    this.#chainId = chainId;
    this.#keys = keys;
    this.#checkpoints = checkpoints.toSorted((a, b) => a.size - b.size);
    this.#before = chainStart(chainId);
  }

  /** How many checkpoints the chain agrees with. */
  get agreedCheckpoints(): number {
    return this.#agreed;
  }

  /** Entries that are what was sealed, before the first that is not. */
  get provenCount(): number {
    return this.#tree.size;
  }

  add(entry: FoundEntry): void {
    this.#count += 1;
    if (this.#broken) {
      if (this.#rest.length < WINDOW) this.#rest.push(entry);
      return;
    }
    const why = this.#whyBroken(entry);
    if (why) {
      this.#broken = { at: this.#tree.size + 1, ...why };
      this.#rest.push(entry);
      return;
    }
    this.#tree.append(this.#leaf(entry, entry.seq)!);
    this.#before = entry.mac;
    for (const checkpoint of this.#checkpoints.filter(({ size }) => size === entry.seq)) {
      if (checkpoint.root.equals(this.#tree.root())) {
        this.#agreed += 1;
        this.#agreedSize = checkpoint.size;
      } else this.#broken ??= { at: this.#agreedSize + 1, why: "checkpoint", what: disagreement(checkpoint) };
    }
  }

  /** The first fault of the chain once all of it was added; `size` is how long it should be, as far as is known. */
  end(size = 0): Fault | null {
    this.#expected = Math.max(size, ...this.#checkpoints.map((checkpoint) => checkpoint.size));
    if (this.#broken) return this.#explain(this.#broken);
    const found = this.#tree.size;
    if (found >= this.#expected) return null;
    return this.#fault("cut", found + 1, null, `${this.#expected} entries were sealed, ${found} are there`);
  }

  #leaf(entry: FoundEntry, seq: number): Buffer | null {
    const { event, commitments } = entry;
    return event && leafOf(event, { chainId: this.#chainId, seq, commitments });
  }

  /** Null where the entry is what was sealed in this place. */
  #whyBroken(entry: FoundEntry): Omit<Broken, "at"> | null {
    if (entry.seq !== this.#tree.size + 1) return { why: "number" };
    const { event } = entry;
    if (!event) return { why: "gone" };
    const changed = changedParts(entry, event);
    if (changed.length > 0) return { why: "parts", what: changed.join(", ") };
    if (entry.proof && !this.#checkpointFor(entry.proof)) return { why: "unsigned" };
    return this.#fits(entry, entry.seq, this.#before) ? null : { why: "code" };
  }

  /** Whether an entry belongs at a place, behind what has this code. */
  #fits(entry: FoundEntry, seq: number, before: Uint8Array): boolean {
    const leaf = this.#leaf(entry, seq);
    if (!leaf) return false;
    const key = this.#keys?.find(entry.keyId);
    if (this.#keys && !key) return false;
    if (key && !key.mac(before, leaf).equals(entry.mac)) return false;
    return this.#isOnPath(entry, seq, leaf);
  }

  #checkpointFor({ size }: { size: number }): ReadCheckpoint | undefined {
    return this.#checkpoints.find((checkpoint) => checkpoint.size === size);
  }

  #isOnPath({ proof }: FoundEntry, seq: number, leaf: Buffer): boolean {
    if (!proof) return true;
    const checkpoint = this.#checkpointFor(proof);
    if (!checkpoint) return false;
    return rootFromPath(leaf, seq - 1, proof.size, proof.path)?.equals(checkpoint.root) ?? false;
  }

  #explain({ at, why, what = "" }: Broken): Fault {
    if (why === "checkpoint") return this.#fault("changed", at, null, what);
    const [entry, ...others] = this.#rest as [FoundEntry, ...FoundEntry[]];
    const { eventId } = entry;
    if (why === "unsigned")
      return this.#fault(why, at, eventId, "No signed checkpoint is over what proves this entry");
    if (why === "gone") return this.#fault("removed", at, eventId, "Its seal is there, the entry is not");
    if (why === "parts") return this.#fault("changed", at, eventId, `Other than what was sealed: ${what}`);
    if (why === "number")
      return entry.seq < at || others.some(({ seq }) => seq === at)
        ? this.#fault("reordered", at, eventId, `Number ${entry.seq} stands in its place`)
        : this.#fault("removed", at, null, missing(at, entry.seq - 1));
    if (this.#keys && !this.#keys.find(entry.keyId))
      return this.#fault("changed", at, eventId, `Key ${entry.keyId} is not among the keys given`);
    const place = this.#placeOf(entry, at);
    if (place !== null)
      return others.some((other) => this.#fits(other, at, this.#before)) || place < at
        ? this.#fault("reordered", at, eventId, `It was sealed as number ${place}`)
        : this.#fault("removed", at, null, missing(at, place - 1, "; the rest were numbered anew"));
    // what follows fits one another, some numbers on: the rest were numbered anew
    const lacking = Math.max(0, Math.min(WINDOW, this.#expected - this.#count));
    const next = others[0];
    for (let shift = 1; shift <= lacking; shift++)
      if (next ? !next.proof && this.#fits(next, next.seq + shift, entry.mac) : shift === lacking)
        return this.#fault("removed", at, null, missing(at, at + shift - 1, "; the rest were numbered anew"));
    return this.#fault("changed", at, eventId, "It is not what was sealed");
  }

  /** Where an entry was sealed, when it stands somewhere else now. */
  #placeOf(entry: FoundEntry, at: number): number | null {
    if (!entry.event || changedParts(entry, entry.event).length > 0) return null;
    if (entry.proof) {
      const most = Math.min(WINDOW, Math.max(this.#expected, this.#count));
      for (let distance = 1; distance <= most; distance++)
        for (const seq of [at + distance, at - distance]) {
          const leaf = seq > 0 && this.#leaf(entry, seq);
          if (leaf && this.#isOnPath(entry, seq, leaf)) return seq;
        }
      return null;
    }
    // the code that it is made over is that of whoever stood before it, who stands there still or changed places with it
    for (const [i, other] of this.#rest.entries())
      for (const seq of [at + i + 1, at + i]) if (seq !== at && this.#fits(entry, seq, other.mac)) return seq;
    return null;
  }

  #fault(kind: Fault["kind"], seq: number, eventId: string | null, detail: string): Fault {
    return { kind, chainId: this.#chainId, seq, eventId, detail };
  }
}

interface Broken {
  at: number;
  why: "number" | "gone" | "parts" | "unsigned" | "code" | "checkpoint";
  what?: string;
}

const missing = (from: number, to: number, more = "") =>
  `${from === to ? `Number ${from} is` : `Numbers ${from} to ${to} are`} missing${more}`;

const disagreement = ({ size, time }: ReadCheckpoint) =>
  `One of the entries up to number ${size} is not what was signed${time ? ` on ${time}` : ""}`;

/** What of an entry is not what its commitments are to, as far as it can be told. */
export function changedParts(entry: FoundEntry, event: SealableEvent): string[] {
  return parts
    .filter((part) => {
      const salt = entry.salts[part];
      return salt && !commitmentTo(part, event, salt).equals(commitmentIn(entry.commitments, part));
    })
    .map((part) => partNames[part]);
}

import { type AuditKey, chainStart } from "./keys.ts";
import { commitmentsTo, leafOf, newSalts, type SealableEvent } from "./leaf.ts";
import { Frontier } from "./merkle.ts";

/** What proves an event's place in a chain. */
export interface Seal {
  seq: number;
  salts: Buffer;
  commitments: Buffer;
  leaf: Buffer;
  mac: Buffer;
  /** The root of its block, where it fills one. */
  block: Buffer | null;
}

/** A chain at its end: all that the next event is sealed on top of. */
export class GrowingChain {
  readonly #id: string;
  readonly tree: Frontier;
  /** How long it was. */
  readonly was: number;
  /** Of the last event. */
  mac: Uint8Array;

  constructor(id: string, kept?: { size: number; mac: Uint8Array; frontier: Uint8Array }) {
    this.#id = id;
    this.was = kept?.size ?? 0;
    this.mac = kept?.mac ?? chainStart(id);
    this.tree = new Frontier(this.was, kept?.frontier);
  }

  seal(event: SealableEvent, key: AuditKey): Seal {
    const seq = this.tree.size + 1;
    const salts = newSalts();
    const commitments = commitmentsTo(event, salts);
    const leaf = leafOf(event, { chainId: this.#id, seq, commitments });
    const mac = key.mac(this.mac, leaf);
    this.mac = mac;
    return { seq, salts, commitments, leaf, mac, block: this.tree.append(leaf) };
  }
}

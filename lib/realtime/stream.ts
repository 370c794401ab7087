import type { ServerResponse } from "node:http";
import type { Proof } from "#lib/authz/proof.ts";
import { endingFrame } from "./frames.ts";

/**
 * What may wait for a slow reader: thousands of events. Whoever does not take them is cut off, and resumes where they were;
 * so that no reader can fill the process's memory.
 */
const MAX_WAITING_BYTES = 64 * 1024;

/** One open connection of one person. */
export class Stream {
  readonly userId: string;
  /** What it was opened with: it ends when that does. */
  readonly proof: Proof;
  /** The last event that it has; null for one that begins now. */
  lastSeq: number | null;
  readonly #res: ServerResponse;

  constructor(res: ServerResponse, { userId, proof, lastSeq }: Opening) {
    this.#res = res;
    this.userId = userId;
    this.proof = proof;
    this.lastSeq = lastSeq;
  }

  get isOpen(): boolean {
    return !this.#res.writableEnded && !this.#res.destroyed;
  }

  onClose(closed: () => void): void {
    this.#res.once("close", closed);
  }

  send(frames: Buffer): void {
    if (!this.isOpen) return;
    this.#res.write(frames);
    if (this.#res.writableLength > MAX_WAITING_BYTES) this.#res.destroy();
  }

  /** Says why first when it was not the reader who wanted it. */
  end({ isSignedOut = false } = {}): void {
    if (this.isOpen) this.#res.end(isSignedOut ? endingFrame : undefined);
  }
}

/** Who asks for a stream, with what, and from where on. */
export interface Opening {
  userId: string;
  proof: Proof;
  lastSeq: number | null;
}

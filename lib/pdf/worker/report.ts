import { writeSync } from "node:fs";
import type { FailedMessage, WorkerMessage } from "../messages.ts";

/** A failure that is reported to the parent by name. */
export class JobFailure extends Error {
  readonly reason: FailedMessage["reason"];

  constructor(reason: FailedMessage["reason"], detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** Synchronous, because the thread is busy in WebAssembly most of the time. */
export function send(message: WorkerMessage): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

const progressIntervalMs = 200;
let lastProgressAt = 0;

/** At most five a second. */
export function sendProgress(page: number, pages: number): void {
  const now = performance.now();
  if (page !== 0 && page !== pages && now - lastProgressAt < progressIntervalMs) return;
  lastProgressAt = now;
  send({ type: "progress", page, pages });
}

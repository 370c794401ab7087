import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { atEnd } from "../scratch.ts";

export interface LoadRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface LoadPhase {
  origin: string;
  /** Sent in this order. */
  requests: LoadRequest[];
  /** Each client waits for its answer before it sends the next request. */
  concurrency: number;
  /** With `durationMs` the requests are repeated until then; without, each is sent once. */
  durationMs?: number;
  /** Ends with the last request even if there is time left. */
  isOnce?: boolean;
  /** What every answer must have; another one ends the phase. */
  status: number;
  keepBodies?: boolean;
}

export interface LoadResult {
  /** From the first request to the last answer. */
  elapsedMs: number;
  /** From sending to the last byte of the answer, one for each request, in the order they were sent. */
  latenciesMs: Float64Array;
  /** With `keepBodies`, in the same order. */
  bodies: string[];
}

export type LoadAnswer = LoadResult | { failure: string };

/** Sends requests from a thread of its own, over connections that stay open. */
export interface LoadGenerator {
  /** Throws when an answer is not the expected one. */
  run(phase: LoadPhase): Promise<LoadResult>;
}

export function startLoadGenerator(): LoadGenerator {
  const worker = new Worker(new URL("./load-worker.ts", import.meta.url));
  atEnd(() => worker.terminate());
  return {
    async run(phase) {
      worker.postMessage(phase);
      const [answer] = (await once(worker, "message")) as [LoadAnswer];
      if ("failure" in answer) throw new Error(answer.failure);
      return answer;
    },
  };
}

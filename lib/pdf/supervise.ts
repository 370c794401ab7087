import { spawn, type ChildProcess } from "node:child_process";
import {
  type WorkerMessage,
  workerMessageSchema,
  type DoneMessage,
  type DrawnMessage,
  type FailedMessage,
  type OpenedMessage,
} from "./messages.ts";
import { findResidentBytes } from "./memory.ts";

/** How a child ended. Only `finished` has the child's own result. */
export type Outcome =
  | { end: "finished"; message: DoneMessage | FailedMessage }
  | { end: "timeout" | "memory" | "crashed" | "aborted"; detail: string };

/** A thousand progress lines are 40 kB. More than this fills the parent's memory on purpose. */
const maxOutputBytes = 1024 * 1024;
const keptErrorBytes = 2048;
const memoryPollMs = 100;

/**
 * Runs one child in its own process group and waits for its end. When this resolves, the whole group has been sent
 * SIGKILL. Never rejects for anything the child does.
 */
export async function supervise(o: {
  command: string[];
  env: Record<string, string>;
  timeoutMs: number;
  memoryBytes: number;
  signal?: AbortSignal;
  onOpened?: (message: OpenedMessage) => void;
  onDrawn?: (message: DrawnMessage) => void;
  onProgress?: (progress: { page: number; pages: number }) => void;
}): Promise<Outcome> {
  const [file, ...args] = o.command as [string, ...string[]];
  // The child takes a closed standard input as the death of its parent.
  const child = spawn(file, args, { detached: true, env: o.env as NodeJS.ProcessEnv, stdio: "pipe" });
  return new Promise((resolve) => {
    let verdict: Outcome | undefined;
    let lastWord: DoneMessage | FailedMessage | undefined;
    let errorText = "";

    const end = (outcome: Outcome) => {
      verdict ??= outcome;
      killGroup(child);
    };
    const abort = () => end({ end: "aborted", detail: "The job was cancelled." });
    const timer = setTimeout(
      () => end({ end: "timeout", detail: `Stopped after ${o.timeoutMs / 1000} seconds.` }),
      o.timeoutMs,
    );
    const stopWatching = watchMemory(child, (residentBytes) => {
      if (residentBytes > o.memoryBytes) {
        end({ end: "memory", detail: `Stopped at ${Math.round(residentBytes / 1024 / 1024)} MB of memory.` });
      }
    });
    o.signal?.addEventListener("abort", abort, { once: true });
    if (o.signal?.aborted) abort();

    readMessages(child, (message) => {
      if (message === null) return end({ end: "crashed", detail: "The process wrote what it must not." });
      if (lastWord) return;
      if (message.type === "opened") o.onOpened?.(message);
      else if (message.type === "drawn") o.onDrawn?.(message);
      else if (message.type === "progress") o.onProgress?.({ page: message.page, pages: message.pages });
      else lastWord = message;
    });
    let errorBytes = 0;
    child.stderr?.on("data", (chunk: Buffer) => {
      errorBytes += chunk.length;
      if (errorBytes > maxOutputBytes)
        end({ end: "crashed", detail: "The process flooded its error output." });
      errorText = (errorText + chunk.toString("utf8")).slice(-keptErrorBytes);
    });
    child.stdin?.on("error", () => {});

    const finish = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(timer);
      stopWatching();
      o.signal?.removeEventListener("abort", abort);
      if (!verdict && lastWord && code === 0) return resolve({ end: "finished", message: lastWord });
      resolve(verdict ?? explainCrash(code, signal, errorText));
    };
    child.on("error", (error) => {
      verdict ??= { end: "crashed", detail: `The process could not be started: ${error.message}` };
      finish(null, null);
    });
    // Kills what the child left in its group, so that the pipes close.
    child.on("exit", () => killGroup(child));
    child.on("close", finish);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

/** Polls, one reading at a time, until it is stopped. */
function watchMemory(child: ChildProcess, report: (residentBytes: number) => void): () => void {
  let isReading = false;
  const timer = setInterval(async () => {
    if (isReading || child.pid === undefined) return;
    isReading = true;
    const residentBytes = await findResidentBytes(child.pid);
    isReading = false;
    if (residentBytes !== null) report(residentBytes);
  }, memoryPollMs);
  return () => clearInterval(timer);
}

/** Passes each message to `receive`, and null once for an invalid line or too much output. */
function readMessages(child: ChildProcess, receive: (message: WorkerMessage | null) => void): void {
  let pending = "";
  let totalBytes = 0;
  let isBroken = false;
  const fail = () => {
    isBroken = true;
    pending = "";
    receive(null);
  };
  child.stdout?.on("data", (chunk: Buffer) => {
    if (isBroken) return;
    totalBytes += chunk.length;
    if (totalBytes > maxOutputBytes) return fail();
    const lines = (pending + chunk.toString("utf8")).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const message = parseMessage(line);
      if (!message) return fail();
      receive(message);
    }
  });
}

function parseMessage(line: string): WorkerMessage | null {
  try {
    return workerMessageSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function explainCrash(code: number | null, signal: NodeJS.Signals | null, errorText: string): Outcome {
  const detail = errorText.trim().slice(-500) || `The process ended with ${signal ?? `code ${code}`}.`;
  // What V8 prints when its heap is full.
  return { end: /heap out of memory|Allocation failed/.test(errorText) ? "memory" : "crashed", detail };
}

import { openLocalStore } from "./stores.ts";

export type Question =
  | { ask: "put"; options: { key: string; contentType: string; sizeBytes: number; sha256: string } }
  | { ask: "get"; options: { key: string; filename: string; contentType: string; disposition: "inline" } }
  | { ask: "peak" };

// A test runs this as a process of its own to measure the storage's memory alone. It signs addresses, serves them, and
// answers with the peak of resident memory since the last question.
const store = await openLocalStore({ directory: process.argv[2] });
let peak = 0;
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);

async function answer(question: Question): Promise<unknown> {
  if (question.ask === "put") return store.storage.presignPut(question.options);
  if (question.ask === "get") return store.storage.presignGet(question.options);
  const seen = Math.max(peak, process.memoryUsage.rss());
  peak = 0;
  return seen;
}

process.on("message", (question: Question) => void answer(question).then((value) => process.send?.(value)));
process.on("disconnect", () => void store.close().then(() => process.exit()));
process.send?.("ready");

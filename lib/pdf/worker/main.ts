import { Worker } from "node:worker_threads";
import type { Job } from "../limits.ts";
import type { DoneMessage } from "../messages.ts";
import { JobFailure, send } from "./report.ts";
import { isLoadable } from "./thumbnail.ts";

/** The child process. One job, given as JSON in the first argument; its last line of output says how it went. */
const job = JSON.parse(process.argv[2] ?? "") as Job;
new Worker(new URL("./watchdog.ts", import.meta.url), { workerData: { lifetimeMs: job.lifetimeMs } });

async function run(): Promise<DoneMessage> {
  if (job.contentType === "application/pdf") return (await import("./pdf.ts")).processPdf(job);
  if (job.contentType.startsWith("text/")) return (await import("./text.ts")).processText(job);
  if (isLoadable(job.contentType) && job.contentType !== "image/svg+xml") {
    return (await import("./image.ts")).processImage(job, job.contentType);
  }
  throw new JobFailure("unsupported", `Files of type ${job.contentType.slice(0, 100)} are not read.`);
}

try {
  send(await run());
} catch (error) {
  if (!(error instanceof JobFailure)) throw error;
  send({ type: "failed", reason: error.reason, detail: error.message.slice(0, 1000) });
}
process.exit(0);

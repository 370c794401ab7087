import { Worker } from "node:worker_threads";
import type { DrawJob, Job } from "../limits.ts";
import type { DoneMessage } from "../messages.ts";
import { JobFailure, send } from "./report.ts";
import { isLoadable } from "./thumbnail.ts";

/** The child process. It does one job, given as JSON in the first argument, and reports the result in its last line. */
const job = JSON.parse(process.argv[2] ?? "") as Job | DrawJob;
new Worker(new URL("./watchdog.ts", import.meta.url), { workerData: { lifetimeMs: job.lifetimeMs } });

async function run(): Promise<DoneMessage> {
  if ("sources" in job) return (await import("./draw.ts")).draw(job);
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

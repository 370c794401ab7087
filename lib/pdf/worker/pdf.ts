import { join } from "node:path";
import { type Job, textFileName } from "../limits.ts";
import type { DoneMessage } from "../messages.ts";
import { explainTrap, openPdf, type PdfDocument } from "./pdfium.ts";
import { send, sendProgress } from "./report.ts";
import { TextOutput } from "./text-output.ts";
import { writePixels } from "./thumbnail.ts";

/** Makes the thumbnail first, then reads text page by page, so that a job stopped later leaves what it finished. */
export async function processPdf(job: Job): Promise<DoneMessage> {
  try {
    const pdf = await openPdf(job.sourcePath, job.heapBytes);
    if (pdf.pageCount < 1) throw new Error("it has no pages");
    const pages = Math.min(pdf.pageCount, job.maxPages);
    const size = pdf.pageSize(0);
    send({ type: "opened", pageCount: pdf.pageCount, ...size });
    sendProgress(0, pages);
    const picture = pdf.renderPage(0);
    if (picture) await writePixels(job.outDir, picture);
    const stopped = readText(pdf, job, pages);
    return { type: "done", pageCount: pdf.pageCount, ...size, stopped };
  } catch (error) {
    throw explainTrap(error);
  }
}

function readText(pdf: PdfDocument, job: Job, pages: number): DoneMessage["stopped"] {
  const output = new TextOutput(join(job.outDir, textFileName), job.maxTextBytes);
  let readable = 0;
  for (let index = 0; index < pages; index++) {
    let text: string | null;
    try {
      text = pdf.pageText(index);
    } catch (error) {
      const failure = explainTrap(error);
      if (index === 0) throw failure;
      return { reason: failure.reason === "memory" ? "memory" : "damaged", atPage: index };
    }
    if (text !== null) readable += 1;
    if (!output.addPage(text ?? "")) return { reason: "size", atPage: index };
    sendProgress(index + 1, pages);
  }
  if (readable === 0) throw new Error("none of its pages can be read");
  return pages < pdf.pageCount ? { reason: "pages", atPage: pages } : undefined;
}

import { downloadPath } from "./queries.ts";

/** Browsers drop downloads that start in the same instant. */
const gapMs = 350;

/** Starts one download after the other. */
export function downloadAll(documents: readonly { id: string }[]): void {
  for (const [index, { id }] of documents.entries()) {
    setTimeout(() => {
      const link = document.createElement("a");
      link.href = downloadPath(id);
      link.download = "";
      link.click();
    }, index * gapMs);
  }
}

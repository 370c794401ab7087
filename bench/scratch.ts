import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const endings: (() => Promise<unknown>)[] = [];

/** Has something done when the run ends, in whatever way; the last one first. */
export function atEnd(work: () => Promise<unknown>): void {
  endings.push(work);
}

/** Ends and removes everything a run has started and written. */
export async function cleanUp(): Promise<void> {
  for (let work = endings.pop(); work; work = endings.pop()) {
    await work().catch((error: unknown) => console.error(`Not cleaned up: ${(error as Error).message}`));
  }
}

/** An empty folder that is removed at the end. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "sheaf-bench-"));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

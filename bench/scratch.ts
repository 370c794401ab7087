import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const endings: (() => Promise<unknown>)[] = [];

/** Registers work for the end of the run, however it ends. The last registered runs first. */
export function atEnd(work: () => Promise<unknown>): void {
  endings.push(work);
}

/** Ends everything that the run started and removes everything that it wrote. */
export async function cleanUp(): Promise<void> {
  for (let work = endings.pop(); work; work = endings.pop()) {
    await work().catch((error: unknown) => console.error(`Not cleaned up: ${(error as Error).message}`));
  }
}

/** An empty folder that is removed at the end of the run. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "sheaf-bench-"));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

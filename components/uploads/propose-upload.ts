import { whenIdle } from "#components/when-idle.ts";
import type { ChosenFile, Destination } from "./upload-item.ts";

const load = () => import("./upload-queue.ts");
whenIdle(load);

let isUsed = false;
const listeners = new Set<() => void>();

/** Whether files were chosen since the page was loaded; from then on there is something to show of uploads. */
export const uploadsInUse = {
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  get: () => isUsed,
};

/** Hands chosen files to the queue of this tab, which asks what is left to ask before it sends them; null asks where they go. */
export function proposeUpload(files: ChosenFile[], collection: Destination | null): void {
  isUsed = true;
  for (const listener of listeners) listener();
  // the tray meets the same failure, and shows it
  load().then(
    ({ uploadQueue }) => uploadQueue.propose(files, collection),
    () => undefined,
  );
}

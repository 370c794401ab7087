import type { DocumentView } from "#lib/documents/schema.ts";

interface Target {
  id: string;
  name: string;
}
interface Dragged {
  documents: DocumentView[];
  moveTo: (target: Target) => void;
}

/** Marks a drag as one of documents of this tab: what else is in a drag is not told before it ends. */
const mark = "application/x-sheaf-documents";
let dragged: Dragged | null = null;

/** Begins to drag documents, under a label beside the pointer; whoever takes them calls `moveTo`. */
export function beginDrag(event: DragEvent, label: string, what: Dragged): void {
  const { dataTransfer } = event;
  if (!dataTransfer) return;
  dragged = what;
  dataTransfer.setData(mark, "");
  dataTransfer.effectAllowed = "move";
  const flag = document.createElement("span");
  flag.textContent = label;
  flag.className =
    "fixed -top-20 left-0 max-w-60 truncate rounded-md border border-line bg-surface px-3 py-1.5 font-medium text-ink";
  document.body.append(flag);
  dataTransfer.setDragImage(flag, -8, -8);
  // the browser has taken its picture by then
  requestAnimationFrame(() => flag.remove());
}

export const endDrag = (): void => void (dragged = null);
export const carriesDocuments = ({ dataTransfer }: Pick<DragEvent, "dataTransfer">): boolean =>
  dragged !== null && (dataTransfer?.types.includes(mark) ?? false);

/** Lets go of what is dragged over a collection. */
export function dropOn(target: Target): void {
  dragged?.moveTo(target);
  dragged = null;
}

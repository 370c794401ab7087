import type { ChosenFile } from "./upload-item.ts";

/** What systems leave in folders without anyone having put it there. */
const isClutter = (name: string): boolean =>
  name.startsWith(".") || name === "Thumbs.db" || name === "desktop.ini" || name === "__MACOSX";

/** Folders deeper than this are a loop or a mistake. */
const maxDepth = 32;

/** Whether a drag carries files rather than a link or a selection. */
export const carriesFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes("Files") ?? false;

/** All files of a drop, those in folders included. Must be called while the drop event is being handled. */
export async function readDrop(transfer: DataTransfer): Promise<ChosenFile[]> {
  // entries are only there during the event, so all of them are taken before anything is awaited
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null)) return fromList(transfer.files);
  const found = await Promise.all(entries.map((entry) => (entry ? readEntry(entry, "", 0) : [])));
  return found.flat();
}

/** The files of a file input; folder inputs carry paths. */
export const fromList = (list: Iterable<File>): ChosenFile[] =>
  Array.from(list, (file) => ({ file, path: file.webkitRelativePath || file.name })).filter(
    ({ path }) => !path.split("/").some(isClutter),
  );

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectoryEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function readEntry(entry: FileSystemEntry, parent: string, depth: number): Promise<ChosenFile[]> {
  if (isClutter(entry.name) || depth > maxDepth) return [];
  const path = parent ? `${parent}/${entry.name}` : entry.name;
  if (isFileEntry(entry)) {
    const file = await new Promise<File | null>((resolve) => entry.file(resolve, () => resolve(null)));
    return file ? [{ file, path }] : [];
  }
  if (!isDirectoryEntry(entry)) return [];
  const children = await readAllEntries(entry.createReader());
  const found: ChosenFile[] = [];
  for (const child of children) found.push(...(await readEntry(child, path, depth + 1)));
  return found;
}

/** A reader gives at most a hundred entries a call, and an empty list at the end. */
async function readAllEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

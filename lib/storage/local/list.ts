import { type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ListedObject } from "../types.ts";
import { isKey } from "../validate.ts";
import { isMissing } from "./disk-error.ts";
import { TRAILER_BYTES } from "./object-file.ts";
import { OBJECT_SUFFIX } from "./paths.ts";

/** Whether a key that begins with `folder` can match the prefix and come after the cursor. */
function mayHold(folder: string, prefix: string, cursor: string): boolean {
  const within = folder.startsWith(prefix) || prefix.startsWith(folder);
  return within && (folder > cursor || cursor.startsWith(folder));
}

/** Keys under a folder in S3's order: by byte, a folder sorted as its name with a slash. */
async function* walk(
  directory: string,
  under: string,
  prefix: string,
  cursor: string,
): AsyncGenerator<string> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const names = entries
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .map((name) => under + (name.endsWith(OBJECT_SUFFIX) ? name.slice(0, -OBJECT_SUFFIX.length) : name))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    if (name.endsWith("/")) {
      if (mayHold(name, prefix, cursor)) {
        yield* walk(join(directory, name.slice(under.length)), name, prefix, cursor);
      }
    } else if (name > cursor && name.startsWith(prefix) && isKey(name)) {
      yield name;
    }
  }
}

/** One page of objects, without those that are deleted while the page is made. */
export async function listObjects(
  root: string,
  page: { prefix: string; cursor: string; limit: number },
): Promise<{ items: ListedObject[]; nextCursor: string | null }> {
  const items: ListedObject[] = [];
  for await (const key of walk(root, "", page.prefix, page.cursor)) {
    if (items.length === page.limit) return { items, nextCursor: items.at(-1)!.key };
    try {
      const { size, mtime } = await stat(join(root, `${key}${OBJECT_SUFFIX}`));
      items.push({ key, sizeBytes: size - TRAILER_BYTES, modifiedAt: mtime });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return { items, nextCursor: null };
}

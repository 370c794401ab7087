import { z } from "zod";
import { AppError } from "#lib/errors/index.ts";
import { type Page } from "./schema.ts";

/** How many items a page of a list holds. */
export const PAGE_SIZE = 50;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id a cursor stands for; null at the beginning. */
export function cursorId(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!uuid.test(cursor)) throw noCursor();
  return cursor;
}

/** The last of a page of a list by name: where to go on, even once it is renamed, or gone. */
export interface NamedPlace {
  name: string;
  id: string;
}

/** The place a cursor of `pageByName` stands for; null at the beginning. */
export function namedPlace(cursor: string | undefined): NamedPlace | null {
  if (cursor === undefined) return null;
  try {
    const [name, id] = z
      .tuple([z.string(), z.string().regex(uuid)])
      .parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { name, id };
  } catch {
    throw noCursor();
  }
}

/** The refusal of a cursor that no page gave. */
export const noCursor = () =>
  new AppError("invalid_input", "Not a cursor", { errors: [{ path: "cursor", message: "format" }] });

/**
 * The id that a page lies before, in lists from new to old over time-ordered ids: above every id at the beginning.
 * Always an id, so that `id < $1` can be an index condition in a plan that is kept.
 */
export const beforeId = (cursor: string | undefined): string =>
  cursorId(cursor) ?? "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** Cuts one row too many into a page and its next cursor. */
export function pageFrom<Row extends { id: string }, Item>(
  rows: Row[],
  toItem: (row: Row) => Item,
  size = PAGE_SIZE,
  cursorOf: (last: Row) => string = ({ id }) => id,
): Page<Item> {
  const shown = rows.slice(0, size);
  return { items: shown.map(toItem), nextCursor: rows.length > size ? cursorOf(shown.at(-1)!) : null };
}

/** As `pageFrom`, of a list by name and then id. */
export const pageByName = <Row extends NamedPlace, Item>(
  rows: Row[],
  toItem: (row: Row) => Item,
): Page<Item> =>
  pageFrom(rows, toItem, PAGE_SIZE, ({ name, id }) =>
    Buffer.from(JSON.stringify([name, id])).toString("base64url"),
  );

import { z } from "zod";

/** In any case of letters; from here on in lower case, as the database writes them and ids are compared. */
export const idSchema = z.uuid().toLowerCase();
export const idParams = z.object({ id: idSchema });

/** What the writer had read; counted in an `integer` column. */
export const versionSchema = z.int32().positive();

/** A moment in any zone. An offset alone can lead out of the years that JSON and the database write alike. */
export const momentSchema = z.iso.datetime({ offset: true, abort: true }).refine(
  (text) => {
    const year = new Date(text).getUTCFullYear();
    return year >= 1 && year <= 9999;
  },
  { message: "datetime" },
);

/** An opaque place in a list, as the previous page's `nextCursor` gave it. */
export const cursorSchema = z.string().max(200).optional();

/** The shape of every list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Deletion: to the trash, or with `permanent=true` for good. */
export const deleteQuerySchema = z.object({
  permanent: z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true"),
});

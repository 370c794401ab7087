import { z } from "zod";

/** In any case of letters; from here on in lower case, as the database writes them and ids are compared. */
export const idSchema = z.uuid().toLowerCase();
export const idParams = z.object({ id: idSchema });

const breaks = /[\t-\r\u0085\u2028\u2029]+/g;
/**
 * What is pasted along unseen, and the marks that reorder text: with them a name looks like another. Not the joiners
 * that emoji and Persian need, nor the marks of direction that belong between letters of both.
 */
const unseen =
  /[\p{Cc}\u00ad\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]/gu;
const seen = /[^\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A name that people give something: in one line, without what can't be seen, at most so many characters. */
export const nameSchema = (max: number) =>
  z
    .string()
    .overwrite((text) => text.replace(breaks, " ").replace(unseen, "").trim())
    .min(1, { abort: true })
    .max(max)
    .refine((text) => seen.test(text), { message: "name_unseen" });

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

/** An opaque place in a list, as the previous page's `nextCursor` gave it: at most a sealed address. */
export const cursorSchema = z.string().max(1200).optional();

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

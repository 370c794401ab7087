import { z } from "zod";

/**
 * A text of at most so many characters (UTF-16 units). They are counted before anything else is done with it, and nothing
 * is once there are more: what follows may take a time that grows faster than the text.
 */
export const textSchema = (max: number) => z.string().max(max, { abort: true });

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

/** How much longer than it may be a name may come: with what is taken out of it, and not yet composed. */
const SLACK = 4;

/**
 * A name that people give something: in one line, without what can't be seen, composed (NFC), at most so many
 * characters.
 */
export const nameSchema = (max: number) =>
  textSchema(SLACK * max)
    .overwrite((text) => text.replace(breaks, " ").replace(unseen, "").trim().normalize("NFC"))
    .min(1, { abort: true })
    .max(max)
    .refine((text) => seen.test(text), { message: "name_unseen" });

/**
 * A few lines from one person to another: without what can't be seen, with line breaks, never more than one empty line
 * on end, composed (NFC), at most so many characters.
 */
export const noteSchema = (max: number) =>
  textSchema(SLACK * max)
    .overwrite((text) =>
      text
        .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
        .split("\n")
        .map((line) => line.replace(/\t/g, " ").replace(unseen, "").trimEnd())
        .join("\n")
        .replace(/\n{3,}/g, "\n\n")
        .trim()
        .normalize("NFC"),
    )
    .max(max);

/** What the writer had read; counted in an `integer` column. */
export const versionSchema = z.int32().positive();

/** A moment in any zone. An offset alone can lead out of the years that JSON and the database write alike. */
export const momentSchema = z.iso
  .datetime({ offset: true, abort: true })
  .max(40, { abort: true })
  .refine(
    (text) => {
      const year = new Date(text).getUTCFullYear();
      return year >= 1 && year <= 9999;
    },
    { message: "datetime" },
  );

/** An opaque place in a list, as the previous page's `nextCursor` gave it: at most a sealed address. */
export const cursorSchema = textSchema(1200).optional();

/** What is searched for in names. */
export const searchSchema = (max: number) => textSchema(max).trim().normalize("NFC");

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

/** What came of a form, for the page that shows it. */
export interface FormOutcome {
  form: string;
  isDone: boolean;
  /** Why not, in a sentence. */
  detail: string;
  /** What is wrong with which field. */
  errors: { path: string; message: string }[];
  values: Record<string, string>;
}

import { z } from "zod";

export const idSchema = z.uuid();
export const idParams = z.object({ id: idSchema });

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

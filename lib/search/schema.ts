import { z } from "zod";
import { cursorSchema, idSchema, pageOf, searchSchema } from "#lib/http/schema.ts";
import { MOST_QUERY_CHARACTERS, searchTypes } from "./values.ts";

export const searchQuerySchema = z.object({
  q: searchSchema(MOST_QUERY_CHARACTERS).default(""),
  collectionId: idSchema.optional(),
  type: z.enum(searchTypes).optional(),
  cursor: cursorSchema,
});
export type SearchInput = z.infer<typeof searchQuerySchema>;

/** A text with the ranges of it that were searched for: each from a character up to another, counted as JavaScript does. */
const markedSchema = z.object({ text: z.string(), marks: z.array(z.tuple([z.int(), z.int()])) });
export type MarkedText = z.infer<typeof markedSchema>;

const documentHitSchema = z.object({
  kind: z.literal("document"),
  document: z.object({
    id: z.uuid(),
    name: markedSchema,
    contentType: z.string(),
    pageCount: z.int().nullable(),
    hasThumbnail: z.boolean(),
    updatedAt: z.iso.datetime(),
    /** Without a name for those who see the document alone. */
    collection: z.object({ id: z.uuid(), name: z.string().nullable() }),
  }),
  /** Of the passage, from 1; null where the document has no pages, or only its name was found. */
  page: z.int().nullable(),
  /** From the text, around the words; null where only the name was found. */
  passage: markedSchema.nullable(),
});

const collectionHitSchema = z.object({
  kind: z.literal("collection"),
  collection: z.object({ id: z.uuid(), name: markedSchema, ownerName: z.string() }),
});
const personHitSchema = z.object({
  kind: z.literal("person"),
  person: z.object({ id: z.uuid(), name: markedSchema, email: z.string() }),
});

const searchHitSchema = z.discriminatedUnion("kind", [
  documentHitSchema,
  collectionHitSchema,
  personHitSchema,
]);
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchResultSchema = pageOf(searchHitSchema).extend({
  /** Nothing has these words; what was found has nearly the same. */
  isClose: z.boolean(),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

import { z } from "zod";
import {
  cursorSchema,
  nameSchema,
  pageOf,
  searchSchema,
  textSchema,
  versionSchema,
} from "#lib/http/schema.ts";
import { visibilities } from "./values.ts";

const personSchema = z.object({ id: z.uuid(), name: z.string(), email: z.string() });

/** What the reader may do here: the interface shows by abilities, never by roles. */
export const collectionAbilitiesSchema = z.object({
  canCreateDocuments: z.boolean(),
  canEdit: z.boolean(),
  canShare: z.boolean(),
  canDelete: z.boolean(),
});

export const collectionViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(visibilities),
  owner: personSchema.pick({ id: true, name: true }),
  /** The reader's strongest built-in role, for a label only. */
  role: z.enum(["owner", "editor", "commenter", "viewer"]),
  abilities: collectionAbilitiesSchema,
  documentCount: z.int(),
  /** The first few people with access, for avatars. */
  people: z.array(personSchema.pick({ id: true, name: true })),
  /** Whether the workspace it belongs to is the reader's: only then do they know it. Never for guests. */
  isOwnWorkspace: z.boolean(),
  /** Whether anybody besides its owner was added to it or invited, or has a link. */
  isShared: z.boolean(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  trashedAt: z.iso.datetime().nullable(),
});
export type CollectionView = z.infer<typeof collectionViewSchema>;
export const collectionListSchema = pageOf(collectionViewSchema);

const name = nameSchema(120);
const description = textSchema(2000).trim();

export const createCollectionSchema = z.object({ name, description: description.default("") });
export type CreateCollectionInput = z.infer<typeof createCollectionSchema>;

export const updateCollectionSchema = z
  .object({ version: versionSchema, name: name.optional(), description: description.optional() })
  .refine((input) => input.name !== undefined || input.description !== undefined, {
    message: "nothing_to_change",
  });
export type UpdateCollectionInput = z.infer<typeof updateCollectionSchema>;

/** writable: those that the reader may add documents to, by name; one page, narrowed by `q`. */
export const collectionScopes = ["owned", "shared", "all", "trashed", "writable"] as const;
export const listCollectionsSchema = z.object({
  scope: z.enum(collectionScopes).default("all"),
  /** A part of the name; of those that are `writable` alone. */
  q: searchSchema(120).optional(),
  cursor: cursorSchema,
});
export type ListCollectionsInput = z.infer<typeof listCollectionsSchema>;

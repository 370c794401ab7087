import { z } from "zod";
import { MOST_AT_ONCE } from "./values.ts";
import {
  cursorSchema,
  idSchema,
  nameSchema,
  pageOf,
  searchSchema,
  textSchema,
  versionSchema,
} from "#lib/http/schema.ts";

export const accessModes = ["private", "collection", "invite", "link"] as const;
export type AccessMode = (typeof accessModes)[number];

/**
 * pending: waiting for its bytes · uploaded: stored and paid for, being looked at · ready: processed ·
 * failed: stored, but could not be read (see `problem`).
 */
export const documentStatuses = ["pending", "uploaded", "ready", "failed"] as const;
/**
 * With `failed`: nothing could be read. With `ready`: what was read ends early (more pages, time, memory or text than
 * processing may use, or damage from some page on).
 */
export const documentProblems = [
  "encrypted",
  "damaged",
  "unsupported",
  "timeout",
  "memory",
  "crashed",
  "pages",
  "time",
  "size",
] as const;

export const documentAbilitiesSchema = z.object({
  canEdit: z.boolean(),
  canDelete: z.boolean(),
  /** Into another collection where they may add documents. */
  canMove: z.boolean(),
  canShare: z.boolean(),
  canComment: z.boolean(),
});

export const documentViewSchema = z.object({
  id: z.uuid(),
  collectionId: z.uuid(),
  name: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  status: z.enum(documentStatuses),
  /** Why processing ended early or failed; null when all is well. */
  problem: z.enum(documentProblems).nullable(),
  /** Percent of processing done while `uploaded`. */
  progress: z.int().min(0).max(100),
  pageCount: z.int().nullable(),
  hasThumbnail: z.boolean(),
  accessMode: z.enum(accessModes),
  /** Who uploaded it; without a name for people without an account. */
  owner: z.object({ id: z.uuid(), name: z.string() }),
  abilities: documentAbilitiesSchema,
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  trashedAt: z.iso.datetime().nullable(),
});
export type DocumentView = z.infer<typeof documentViewSchema>;

/** One document with what its page needs beside the row. */
export const documentDetailSchema = documentViewSchema.extend({
  collection: z.object({ id: z.uuid(), name: z.string() }),
});
export type DocumentDetailView = z.infer<typeof documentDetailSchema>;
export const documentListSchema = pageOf(documentViewSchema);

/** A document among those its reader worked with last. */
export const recentDocumentSchema = documentViewSchema.extend({
  /** When the reader opened, uploaded or changed it last. */
  usedAt: z.iso.datetime(),
});
export type RecentDocumentView = z.infer<typeof recentDocumentSchema>;
export const recentDocumentListSchema = pageOf(recentDocumentSchema);

/** A presigned address of the bytes. */
export const contentUrlSchema = z.object({ url: z.string(), expiresAt: z.iso.datetime() });
export const downloadSchema = z.object({ inline: z.enum(["0", "1"]).default("0") });

const filename = nameSchema(255);

export const uploadUrlSchema = z.object({
  collectionId: idSchema,
  filename,
  contentType: textSchema(120).min(1),
  sizeBytes: z.int().positive(),
  /** Lower-case hex SHA-256 of the file. */
  sha256: textSchema(64).regex(/^[0-9a-f]{64}$/),
});
export type UploadUrlInput = z.infer<typeof uploadUrlSchema>;

export const uploadUrlViewSchema = z.object({
  documentId: z.uuid(),
  /** Null when the owner already stores these bytes; confirm follows in both cases. */
  upload: z
    .object({
      url: z.string(),
      method: z.literal("PUT"),
      headers: z.record(z.string(), z.string()),
      expiresAt: z.iso.datetime(),
    })
    .nullable(),
});
export type UploadUrlView = z.infer<typeof uploadUrlViewSchema>;

export const updateDocumentSchema = z
  .object({ version: versionSchema, name: filename.optional(), collectionId: idSchema.optional() })
  .refine(({ name, collectionId }) => name !== undefined || collectionId !== undefined, {
    message: "nothing_to_change",
  });
export type UpdateDocumentInput = z.infer<typeof updateDocumentSchema>;

export const moveDocumentsSchema = z.object({
  collectionId: idSchema,
  documentIds: z.array(idSchema).min(1).max(MOST_AT_ONCE),
});
export type MoveDocumentsInput = z.infer<typeof moveDocumentsSchema>;

/**
 * Why a document stayed. document: it is not there · action: its reader may not take it away · moved_meanwhile: somebody else
 * moved it at that moment · linked: links open it, and the collection is protected · bound_to_workspace: groups or roles of its
 * workspace have access to it, and the collection belongs to another.
 */
export const moveRefusals = [
  "document",
  "action",
  "moved_meanwhile",
  "linked",
  "bound_to_workspace",
] as const;
export type MoveRefusal = (typeof moveRefusals)[number];
/** Document by document what became of them. */
export const moveOutcomeSchema = z.object({
  moved: z.array(z.uuid()),
  refused: z.array(z.object({ documentId: z.uuid(), reason: z.enum(moveRefusals) })),
});
export type MoveOutcome = z.infer<typeof moveOutcomeSchema>;

export const documentScopes = ["live", "trashed", "shared"] as const;
export const listDocumentsSchema = z.object({
  collectionId: idSchema.optional(),
  scope: z.enum(documentScopes).default("live"),
  q: searchSchema(200).optional(),
  cursor: cursorSchema,
});
export type ListDocumentsInput = z.infer<typeof listDocumentsSchema>;

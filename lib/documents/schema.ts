import { z } from "zod";
import { cursorSchema, idSchema, nameSchema, pageOf, versionSchema } from "#lib/http/schema.ts";

export const accessModes = ["private", "collection", "invite", "link"] as const;
export type AccessMode = (typeof accessModes)[number];

/** The types that may be uploaded, each with the extension its stored object gets. */
export const allowedTypes = {
  "application/pdf": ".pdf",
  "image/png": ".png",
  "image/jpeg": ".jpg",
  "image/webp": ".webp",
  "image/gif": ".gif",
  "image/tiff": ".tif",
  "image/avif": ".avif",
  "text/plain": ".txt",
  "text/markdown": ".md",
  "text/csv": ".csv",
} as const;
export type AllowedType = keyof typeof allowedTypes;
export const isAllowedType = (type: string): type is AllowedType => Object.hasOwn(allowedTypes, type);

const typesByExtension: Record<string, AllowedType> = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  tif: "image/tiff",
  tiff: "image/tiff",
  avif: "image/avif",
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  csv: "text/csv",
};

/** The type to declare for a file: by its name first (browsers guess text types differently), then as the browser says. */
export function typeOfFile(filename: string, browserType = ""): string {
  const extension = filename.toLowerCase().split(".").at(-1) ?? "";
  return typesByExtension[extension] ?? (browserType.split(";")[0] || "application/octet-stream");
}

/**
 * pending: waiting for its bytes · uploaded: stored and paid for, being looked at · ready: processed ·
 * failed: stored, but could not be read (see `problem`).
 */
export const documentStatuses = ["pending", "uploaded", "ready", "failed"] as const;
export type DocumentStatus = (typeof documentStatuses)[number];
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

const filename = nameSchema(255);

export const uploadUrlSchema = z.object({
  collectionId: idSchema,
  filename,
  contentType: z.string().min(1).max(120),
  sizeBytes: z.int().positive(),
  /** Lower-case hex SHA-256 of the file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
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

export const updateDocumentSchema = z.object({ version: versionSchema, name: filename });
export type UpdateDocumentInput = z.infer<typeof updateDocumentSchema>;

export const documentScopes = ["live", "trashed", "recent", "shared"] as const;
export const listDocumentsSchema = z.object({
  collectionId: idSchema.optional(),
  scope: z.enum(documentScopes).default("live"),
  q: z.string().trim().max(200).optional(),
  cursor: cursorSchema,
});
export type ListDocumentsInput = z.infer<typeof listDocumentsSchema>;

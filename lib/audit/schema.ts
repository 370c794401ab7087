import { z } from "zod";
import { cursorSchema, idSchema, momentSchema, pageOf, textSchema } from "#lib/http/schema.ts";
import { actionsIn, auditFormats } from "./values.ts";

const scopeShape = {
  /** The log of one collection; the workspace's without it. */
  collectionId: idSchema.optional(),
  /** Asks for the log of one's workspace: `?workspace`, or `workspace=true`. */
  workspace: z.enum(["", "true"]).optional(),
  /** An action such as `permission.granted`, or a topic such as `sharing`. */
  action: textSchema(64)
    .refine((name) => actionsIn(name) !== null, { message: "audit_action" })
    .optional(),
  actorId: idSchema.optional(),
  resourceId: idSchema.optional(),
  /** From this moment on, and before that one. */
  from: momentSchema.optional(),
  to: momentSchema.optional(),
};
const oneScope = ({ collectionId, workspace }: { collectionId?: string; workspace?: string }) =>
  (collectionId === undefined) !== (workspace === undefined);
const scopeFault = { message: "audit_scope", path: ["collectionId"] };

export const listAuditSchema = z.object({ ...scopeShape, cursor: cursorSchema }).refine(oneScope, scopeFault);
export type ListAuditInput = z.infer<typeof listAuditSchema>;

export const exportAuditSchema = z
  .object({ ...scopeShape, format: z.enum(auditFormats) })
  .refine(oneScope, scopeFault);
export type ExportAuditInput = z.infer<typeof exportAuditSchema>;

const id = z.uuid().nullable();

/**
 * One entry of the log. Where the reader may not know a document, its name and the details are null and `isHidden` is
 * true. What was erased is null.
 */
export const auditEntrySchema = z.object({
  id: z.uuid(),
  timestamp: z.iso.datetime(),
  action: z.string(),
  actor: z.object({
    kind: z.enum(["user", "visitor", "everyone", "system"]),
    id,
    email: z.string().nullable(),
    name: z.string().nullable(),
  }),
  subject: z
    .object({ type: z.string(), id, email: z.string().nullable(), name: z.string().nullable() })
    .nullable(),
  resource: z.object({ type: z.string(), id, name: z.string().nullable() }).nullable(),
  collection: z.object({ id: z.uuid(), name: z.string().nullable() }).nullable(),
  metadata: z.json(),
  ip: z.string().nullable(),
  requestId: z.string().nullable(),
  isHidden: z.boolean(),
  /** Its number in the workspace's chain, once it is sealed. */
  seq: z.int().nullable(),
});
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

/** A page may hold few entries, or none, and still have a next one: a search looks at some thousands at a time. */
export const auditListSchema = pageOf(auditEntrySchema);
export type AuditListView = z.infer<typeof auditListSchema>;

export const auditSealSchema = z.object({
  /** Entries of the workspace's log that are sealed. */
  sealedCount: z.int(),
  /** Whether entries wait to be sealed, and for how many seconds the oldest does. */
  lagSeconds: z.number(),
  /** What was last signed, with its text. */
  checkpoint: z.object({ size: z.int(), note: z.string(), createdAt: z.iso.datetime() }).nullable(),
  /** What checkpoints are verified with, the newest first. */
  verifierKeys: z.array(z.string()),
  /** Whether the workspace's admins get checkpoints by mail. */
  isMailed: z.boolean(),
});
export type AuditSealView = z.infer<typeof auditSealSchema>;

export const changeAuditSealSchema = z.object({ isMailed: z.boolean() });
export type ChangeAuditSealInput = z.infer<typeof changeAuditSealSchema>;

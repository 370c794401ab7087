import { z } from "zod";
import { builtInRoleNames, type BuiltInRole } from "#lib/authz/permissions.ts";
import { cursorSchema, idSchema, noteSchema, pageOf } from "#lib/http/schema.ts";
import { chosenRoleSchema, permissionSchema } from "#lib/sharing/schema.ts";

export const askAccessSchema = z.object({
  /** For those who answer: who one is, what one needs. */
  message: noteSchema(500).default(""),
});
export type AskAccessInput = z.input<typeof askAccessSchema>;

const requestStates = ["open", "approved", "declined", "withdrawn", "lapsed"] as const;
const resource = z.object({ type: z.enum(["collection", "document"]), id: z.uuid() });

/** A request as whoever made it sees it: the same for what there is and for what there is not. */
export const ownAccessRequestSchema = z.object({
  id: z.uuid(),
  resource,
  message: z.string(),
  /** lapsed: nobody answered in 30 days. */
  status: z.enum(requestStates),
  askedAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
});
export type OwnAccessRequestView = z.infer<typeof ownAccessRequestSchema>;
export const ownAccessRequestListSchema = pageOf(ownAccessRequestSchema);
export const listOwnAccessRequestsSchema = z.object({
  resourceId: idSchema.optional(),
  cursor: cursorSchema,
});

const named = z.object({ id: z.uuid(), name: z.string() });

/** A request as those see it who answer it. */
export const accessRequestSchema = z.object({
  id: z.uuid(),
  resource: resource.extend({ name: z.string() }),
  person: named.extend({ email: z.string() }),
  /** A guest, or of another workspace than the reader. */
  isExternal: z.boolean(),
  /** What they can do there already: the strongest built-in role of it, null for none; and each permission. */
  role: z.enum(builtInRoleNames as [BuiltInRole, ...BuiltInRole[]]).nullable(),
  permissions: z.array(permissionSchema),
  message: z.string(),
  status: z.enum(requestStates),
  askedAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
  answeredBy: named.nullable(),
});
export type AccessRequestView = z.infer<typeof accessRequestSchema>;
export const accessRequestListSchema = pageOf(accessRequestSchema);
export const listAccessRequestsSchema = z.object({ cursor: cursorSchema });

/** The role to give, built in by name or any by id, and its end. */
export const approveAccessRequestSchema = chosenRoleSchema;
export type ApproveAccessRequestInput = z.infer<typeof approveAccessRequestSchema>;
/** What became of a request that was just answered. */
export const answeredAccessRequestSchema = z.object({ id: z.uuid(), status: z.enum(requestStates) });
export type AnsweredAccessRequestView = z.infer<typeof answeredAccessRequestSchema>;

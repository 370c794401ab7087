import { z } from "zod";
import { idSchema, pageOf } from "#lib/http/schema.ts";
import { type BuiltInRole, builtInRoleNames } from "#lib/authz/permissions.ts";

const role = z.enum(builtInRoleNames as [BuiltInRole, ...BuiltInRole[]]);

/** One mailbox: no quotes, no lists, ASCII at-sign only, so that an address can mean one person alone. */
export const emailSchema = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s\p{C}"'(),:;<>@[\\\]]+@[^\s\p{C}"'(),:;<>@[\\\]]+\.[^\s\p{C}"'(),:;<>@[\\\]]+$/u, {
    message: "email",
  })
  .refine((email) => email.normalize("NFKC") === email, { message: "email" });

/** The form an address is compared in. Never used for display or mail. */
export const normalizeEmail = (email: string): string => email.trim().toLowerCase();

export const addCollaboratorSchema = z.object({
  email: emailSchema,
  role,
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
});
export type AddCollaboratorInput = z.infer<typeof addCollaboratorSchema>;

export const changeCollaboratorSchema = z
  .object({ role: role.optional(), expiresAt: z.iso.datetime({ offset: true }).nullish() })
  .refine((input) => input.role !== undefined || input.expiresAt !== undefined, {
    message: "nothing_to_change",
  });
export type ChangeCollaboratorInput = z.infer<typeof changeCollaboratorSchema>;

/**
 * A person's or address's grant. `pending` until that address opens the collection:
 * a person outside the reader's workspace looks the same as an address without an account.
 */
export const collaboratorViewSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  /** Null while pending. */
  name: z.string().nullable(),
  userId: z.uuid().nullable(),
  role,
  isPending: z.boolean(),
  isOwner: z.boolean(),
  isYou: z.boolean(),
  grantedBy: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  grantedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
});
export type CollaboratorView = z.infer<typeof collaboratorViewSchema>;
export const collaboratorListSchema = pageOf(collaboratorViewSchema);

/** The add call's answer: the same shape and values whether or not the address has an account. */
export const addedCollaboratorSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  role,
  expiresAt: z.iso.datetime().nullable(),
});

export const collaboratorParams = z.object({ id: idSchema, collaboratorId: idSchema });
export type AddedCollaboratorView = z.infer<typeof addedCollaboratorSchema>;

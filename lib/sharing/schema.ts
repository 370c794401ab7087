import { z } from "zod";
import { idSchema, momentSchema, noteSchema, pageOf, searchSchema, textSchema } from "#lib/http/schema.ts";
import { allPermissions, type BuiltInRole, builtInRoleNames } from "#lib/authz/permissions.ts";

const role = z.enum(builtInRoleNames as [BuiltInRole, ...BuiltInRole[]]);
export const permissionSchema = z.enum(allPermissions as [(typeof allPermissions)[number]]);

/** One mailbox: no quotes, no lists, ASCII at-sign only, so that an address can mean one person alone. */
export const emailSchema = textSchema(254)
  .trim()
  // neither what ends an address nor what nobody sees; labels hold no dot, so that there is one way to match
  .regex(
    /^[^\s\p{C}\p{DI}"'(),:;<>@[\\\]]+@[^\s\p{C}\p{DI}"'(),.:;<>@[\\\]]+(?:\.[^\s\p{C}\p{DI}"'(),.:;<>@[\\\]]+)+$/u,
    { message: "email", abort: true },
  )
  .refine((email) => email.normalize("NFKC") === email, { message: "email" })
  // the only letter whose small one is another address's: İ would be i to the database
  .refine((email) => !email.includes("\u0130"), { message: "email" });

const expiresAt = momentSchema.nullish();

/** A role to give, a built-in one by name or any by id, and when it ends. */
export const chosenRoleSchema = z
  .object({ role: role.optional(), roleId: idSchema.optional(), expiresAt })
  .refine((input) => (input.role === undefined) !== (input.roleId === undefined), {
    message: "one_role",
    path: ["role"],
  });

/** Who gets which role: an address or a group, and a built-in role by name or any role by id. */
export const grantInputSchema = z
  .object({
    email: emailSchema.optional(),
    groupId: idSchema.optional(),
    role: role.optional(),
    roleId: idSchema.optional(),
    expiresAt,
    /** Whether an address is told by a letter, where this is new to it. It is unless this is false. */
    notify: z.boolean().optional(),
    /** What the letter says beside that, as plain text; kept for a letter that is sent again, and never in the audit log. */
    message: noteSchema(500).optional(),
  })
  .refine(({ email, groupId }) => (email === undefined) !== (groupId === undefined), {
    message: "one_subject",
    path: ["email"],
  })
  .refine((input) => (input.role === undefined) !== (input.roleId === undefined), {
    message: "one_role",
    path: ["role"],
  });
export type GrantInput = z.infer<typeof grantInputSchema>;
/** An address and a built-in role: what is asked for most. */
export type AddCollaboratorInput = Required<Pick<GrantInput, "email" | "role">> &
  Pick<GrantInput, "expiresAt">;

export const changeGrantSchema = z
  .object({ role: role.optional(), roleId: idSchema.optional(), expiresAt })
  .refine(
    (input) => input.role !== undefined || input.roleId !== undefined || input.expiresAt !== undefined,
    { message: "nothing_to_change" },
  )
  .refine((input) => input.role === undefined || input.roleId === undefined, {
    message: "one_role",
    path: ["role"],
  });
export type ChangeGrantInput = z.infer<typeof changeGrantSchema>;

const named = z.object({ id: z.uuid(), name: z.string() });

/**
 * A person's, an address's or a group's grant. A person is `pending` until they open what was shared: a person outside
 * the reader's workspace looks the same as an address without an account.
 */
export const grantViewSchema = z.object({
  id: z.uuid(),
  subjectType: z.enum(["user", "group"]),
  /** Null for a group. */
  email: z.string().nullable(),
  /** The person's or group's; null while pending. */
  name: z.string().nullable(),
  userId: z.uuid().nullable(),
  /** With everyone who acts as the group now, nested groups included. */
  group: named.extend({ memberCount: z.int() }).nullable(),
  /** The role's name: a built-in one, or a custom role of the workspace. */
  role: z.string(),
  roleId: z.uuid(),
  permissions: z.array(permissionSchema),
  isPending: z.boolean(),
  isOwner: z.boolean(),
  isYou: z.boolean(),
  /** Known to be of another workspace, or a guest; false where the reader must not know. */
  isExternal: z.boolean(),
  grantedBy: named.nullable(),
  grantedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  /** When the letter was last asked for, of those pending, to those who manage access; null where none was. */
  letterAt: z.iso.datetime().nullable(),
  /** What was written to it, for the same. */
  message: z.string().nullable(),
});
export type GrantView = z.infer<typeof grantViewSchema>;
export const grantListSchema = pageOf(grantViewSchema);

/** The answer to a grant: for an address the same shape and values whether or not it has an account. */
export const addedGrantSchema = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  groupId: z.uuid().nullable(),
  role: z.string(),
  roleId: z.uuid(),
  expiresAt: z.iso.datetime().nullable(),
});
export type AddedGrantView = z.infer<typeof addedGrantSchema>;
export type AddedCollaboratorView = Pick<AddedGrantView, "id" | "expiresAt"> & AddCollaboratorInput;

/** recent: a letter was asked for less than a minute ago; waits: it goes out once the document is not private any more. */
export const resentSchema = z.object({ state: z.enum(["sent", "recent", "waits"]) });
export type ResentView = z.infer<typeof resentSchema>;

export const collaboratorParams = z.object({ id: idSchema, collaboratorId: idSchema });

export const setVisibilitySchema = z.object({
  visibility: z.enum(["private", "workspace", "public"]),
  /** The owner's flag: a protected collection is never public or linked. Kept when left out. */
  isProtected: z.boolean().optional(),
});
export type SetVisibilityInput = z.infer<typeof setVisibilitySchema>;
export const visibilityViewSchema = z.object({
  visibility: z.enum(["private", "workspace", "public"]),
  isProtected: z.boolean(),
});
export type VisibilityView = z.infer<typeof visibilityViewSchema>;

/** What was typed into a field that takes people and groups. */
export const suggestSubjectsSchema = z.object({ q: searchSchema(80).min(1) });
/** People and groups of the reader's workspace that something can be given to. */
export const subjectsSchema = z.object({
  people: z.array(named.extend({ email: z.string() })),
  /** With everyone who acts as the group now, nested groups included. */
  groups: z.array(named.extend({ description: z.string(), memberCount: z.int() })),
});
export type SubjectsView = z.infer<typeof subjectsSchema>;

export const setAccessModeSchema = z.object({ mode: z.enum(["private", "collection", "invite", "link"]) });
export type AccessMode = z.infer<typeof setAccessModeSchema>["mode"];

import { z } from "zod";
import { tokenScopes } from "#lib/authz/scopes.ts";
import { idSchema, nameSchema, pageOf, textSchema } from "#lib/http/schema.ts";
import { quotaViewSchema } from "#lib/quota/schema.ts";
import { emailSchema } from "#lib/sharing/schema.ts";

/** Length over composition (ASVS 6.2.1, 6.2.9); 128 keeps hashing bounded. */
export const passwordSchema = textSchema(128).min(10);

export const registerSchema = z.object({
  email: emailSchema,
  name: nameSchema(100),
  password: passwordSchema,
});
export type RegisterInput = z.infer<typeof registerSchema>;

/** The same for an address that has an account and one that has none. */
export const registeredSchema = z.object({
  email: z.string(),
  /** Whether a mail with a link has to be followed before the first sign-in. */
  isConfirmationNeeded: z.boolean(),
});
export type RegisteredView = z.infer<typeof registeredSchema>;

export const requestPasswordResetSchema = z.object({ email: emailSchema });
export const confirmPasswordResetSchema = z.object({
  token: textSchema(200).min(20),
  password: passwordSchema,
});
export type ConfirmPasswordResetInput = z.infer<typeof confirmPasswordResetSchema>;
export const requestMagicLinkSchema = z.object({
  email: emailSchema,
  /** The path of the application to go on to after signing in. */
  next: textSchema(500)
    .regex(/^\/[!-~]*$/)
    .optional(),
});
export type RequestMagicLinkInput = z.infer<typeof requestMagicLinkSchema>;
export const verifyEmailSchema = z.object({ token: textSchema(200).min(20) });

export const viewerSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** A short name of one's own choice, in lower case. */
  handle: z.string().nullable(),
  email: z.string(),
  language: z.enum(languages),
  isEmailVerified: z.boolean(),
  isSystemAdmin: z.boolean(),
  workspace: z.object({ id: z.uuid(), name: z.string(), role: z.enum(["admin", "member", "guest"]) }),
});
/** `GET /me`. */
export type ViewerView = z.infer<typeof viewerSchema>;

export const secondFactorSchema = z.object({ isActive: z.boolean(), backupCodesLeft: z.int() });
export type SecondFactorView = z.infer<typeof secondFactorSchema>;

/** `GET /settings`. */
export const settingsViewSchema = z.object({
  profile: viewerSchema,
  /** The address a change was asked to and is not confirmed yet. */
  pendingEmail: z.string().nullable(),
  /** Whether this installation sends mail: without, a new address holds at once. */
  isMailConfigured: z.boolean(),
  secondFactor: secondFactorSchema,
  quota: quotaViewSchema,
  limits: z.object({ maxUploadBytes: z.int() }),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;

/** Compared without case, so kept in one. */
export const handleSchema = textSchema(100)
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9_-]{3,30}$/, { message: "handle" });

export const updateSettingsSchema = z.object({
  name: nameSchema(100).optional(),
  /** null takes it away. */
  handle: handleSchema.nullable().optional(),
  language: z.enum(languages).optional(),
});
export type UpdateSettingsInput = z.infer<typeof updateSettingsSchema>;
export const changePasswordSchema = z.object({
  currentPassword: textSchema(128),
  newPassword: passwordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordSchema>;

/** What is asked for once more before the account itself changes; the code only where a second factor is on. */
export const proofSchema = z.object({
  password: textSchema(128),
  code: textSchema(40).optional(),
});
export type ProofInput = z.infer<typeof proofSchema>;

export const changeEmailSchema = proofSchema.extend({ email: emailSchema });
export type ChangeEmailInput = z.infer<typeof changeEmailSchema>;
/** The same for an address that has an account and one that has none. */
export const emailChangeSchema = z.object({
  email: z.string(),
  /** Whether the change waits for a link in a mail to be followed. */
  isConfirmationNeeded: z.boolean(),
});
export type EmailChangeView = z.infer<typeof emailChangeSchema>;

export const secondFactorSetupSchema = z.object({
  /** Base32, for typing. */
  secret: z.string(),
  uri: z.string(),
  /** An SVG path in a view box of `size` units a side. */
  qr: z.object({ size: z.int(), path: z.string() }),
});
export type SecondFactorSetupView = z.infer<typeof secondFactorSetupSchema>;
export const activateSecondFactorSchema = z.object({ code: textSchema(40) });
/** The only time they are shown. */
export const backupCodesSchema = z.object({ backupCodes: z.array(z.string()) });
export type BackupCodesView = z.infer<typeof backupCodesSchema>;

/** What closing the account would delete, and what stands in its way. */
export const closingSchema = z.object({
  /** Collections the person owns, and all their documents in them or elsewhere. */
  collections: z.int(),
  documents: z.int(),
  /** Of these documents, those in collections of others. */
  documentsElsewhere: z.int(),
  sharedCollections: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      /** Grants, invitations and visibility. */
      shares: z.int(),
      /** Documents of others in it. */
      foreignDocuments: z.int(),
    }),
  ),
  neededAs: z.enum(["last_system_admin", "last_workspace_admin"]).nullable(),
});
export type ClosingView = z.infer<typeof closingSchema>;
export const closeAccountSchema = proofSchema.extend({ email: textSchema(254) });
export type CloseAccountInput = z.infer<typeof closeAccountSchema>;

export const sessionViewSchema = z.object({
  id: z.uuid(),
  isCurrent: z.boolean(),
  /** Short, readable form of the browser's name, as it was at sign-in. */
  device: z.string(),
  ip: z.string().nullable(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;
export const sessionListSchema = pageOf(sessionViewSchema);
/** A page of sessions or tokens starts after the one with this id. */
export const listOwnSchema = z.object({ cursor: idSchema.optional() });

export const identityListSchema = pageOf(
  z.object({
    id: z.uuid(),
    /** The provider's name. */
    name: z.string(),
    /** The address there. */
    email: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
  }),
);
export type IdentityListView = z.infer<typeof identityListSchema>;
export type IdentityView = IdentityListView["items"][number];

export { type TokenScope, tokenScopes } from "#lib/authz/scopes.ts";
import { languages } from "./values.ts";
export const createTokenSchema = z.object({
  name: nameSchema(80),
  scope: z.enum(tokenScopes).default("read"),
  expiresInDays: z.int().min(1).max(366).default(90),
});
export type CreateTokenInput = z.infer<typeof createTokenSchema>;
export const tokenViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scope: z.enum(tokenScopes),
  /** First characters, to recognise it by. */
  prefix: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type TokenView = z.infer<typeof tokenViewSchema>;
export const tokenListSchema = pageOf(tokenViewSchema);
/** The only time the token itself is shown. */
export const createdTokenSchema = tokenViewSchema.extend({ token: z.string() });
export type CreatedTokenView = z.infer<typeof createdTokenSchema>;

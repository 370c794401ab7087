import { z } from "zod";
import { pageOf } from "#lib/http/schema.ts";
import { quotaViewSchema } from "#lib/quota/schema.ts";
import { emailSchema } from "#lib/sharing/schema.ts";

export const languages = ["en", "de"] as const;
export const themes = ["system", "light", "dark"] as const;

/** Length over composition (ASVS 6.2.1, 6.2.9); 128 keeps hashing bounded. */
export const passwordSchema = z.string().min(10).max(128);

/** Names stand in mails and lists, in one line. */
const oneLine = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((name) => !/\p{Cc}/u.test(name), { message: "name_characters" });

export const registerSchema = z.object({
  email: emailSchema,
  name: oneLine(100),
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
  token: z.string().min(20).max(200),
  password: passwordSchema,
});
export type ConfirmPasswordResetInput = z.infer<typeof confirmPasswordResetSchema>;
export const verifyEmailSchema = z.object({ token: z.string().min(20).max(200) });

export const viewerSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  language: z.enum(languages),
  isEmailVerified: z.boolean(),
  isSystemAdmin: z.boolean(),
  workspace: z.object({ id: z.uuid(), name: z.string(), role: z.enum(["admin", "member", "guest"]) }),
});
/** `GET /me`. */
export type ViewerView = z.infer<typeof viewerSchema>;

/** `GET /settings`. */
export const settingsViewSchema = z.object({
  profile: viewerSchema,
  quota: quotaViewSchema,
  limits: z.object({ maxUploadBytes: z.int() }),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;

export const updateSettingsSchema = z.object({
  name: oneLine(100).optional(),
  language: z.enum(languages).optional(),
});
export type UpdateSettingsInput = z.infer<typeof updateSettingsSchema>;
export const changePasswordSchema = z.object({
  currentPassword: z.string().max(128),
  newPassword: passwordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordSchema>;

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

export const createTokenSchema = z.object({
  name: oneLine(80),
  expiresInDays: z.int().min(1).max(366).default(90),
});
export type CreateTokenInput = z.infer<typeof createTokenSchema>;
export const tokenViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
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

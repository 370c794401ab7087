import { z } from "zod";
import { pageOf } from "#lib/http/schema.ts";
import { emailSchema } from "#lib/sharing/schema.ts";

export const languages = ["en", "de"] as const;
export const themes = ["system", "light", "dark"] as const;

/** Length over composition (ASVS 6.2.1, 6.2.9); 128 keeps hashing bounded. */
export const passwordSchema = z.string().min(10).max(128);

export const registerSchema = z.object({
  email: emailSchema,
  name: z.string().trim().min(1).max(100),
  password: passwordSchema,
});
export type RegisterInput = z.infer<typeof registerSchema>;

export const requestPasswordResetSchema = z.object({ email: emailSchema });
export const confirmPasswordResetSchema = z.object({
  token: z.string().min(20).max(200),
  password: passwordSchema,
});
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

export const updateSettingsSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  language: z.enum(languages).optional(),
});
export const changePasswordSchema = z.object({
  currentPassword: z.string().max(128),
  newPassword: passwordSchema,
});

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
  name: z.string().trim().min(1).max(80),
  expiresInDays: z.int().min(1).max(366).default(90),
});
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

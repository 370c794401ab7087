import { operation } from "#lib/http/operation.ts";
import type * as http from "#lib/http/schema.ts";
import type * as schema from "./schema.ts";

export const register = operation<{
  body: typeof schema.registerSchema;
  answers: { 201: typeof schema.registeredSchema };
}>()({
  method: "POST",
  path: "/api/v1/auth/register",
  summary: "Create an account; an address that has one is answered alike",
  auth: "optional",
  rate: "register",
  refusals: ["forbidden"],
});

export const requestPasswordReset = operation<{
  body: typeof schema.requestPasswordResetSchema;
  answers: { 202: null };
}>()({
  method: "POST",
  path: "/api/v1/auth/password-reset",
  summary: "Mail a link to choose a new password, if the address has an account",
  auth: "optional",
  rate: "passwordReset",
});

export const resetPassword = operation<{
  body: typeof schema.confirmPasswordResetSchema;
  answers: { 204: null };
}>()({
  method: "POST",
  path: "/api/v1/auth/password-reset/confirm",
  summary: "Set a new password with the secret from the mail; ends all sessions",
  auth: "optional",
  rate: "signIn",
});

export const requestMagicLink = operation<{
  body: typeof schema.requestMagicLinkSchema;
  answers: { 202: null };
}>()({
  method: "POST",
  path: "/api/v1/auth/magic-link",
  summary:
    "Mail a link to sign in with, if the address has an account; it is consumed at /api/auth/callback/magic-link",
  auth: "optional",
  rate: "passwordReset",
});

export const verifyEmail = operation<{ body: typeof schema.verifyEmailSchema; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/auth/verify-email",
  summary: "Confirm an address with the secret mailed to it",
  auth: "optional",
  rate: "signIn",
});

export const confirmEmailChange = operation<{
  body: typeof schema.verifyEmailSchema;
  answers: { 204: null };
}>()({
  method: "POST",
  path: "/api/v1/auth/email-change/confirm",
  summary: "Make a change of address hold with the secret mailed to the new one; ends all other sessions",
  auth: "optional",
  rate: "signIn",
});

export const getMe = operation<{ answers: { 200: typeof schema.viewerSchema } }>()({
  method: "GET",
  path: "/api/v1/me",
  summary: "The signed-in person",
  auth: "user",
  rate: "read",
});

export const changePassword = operation<{
  body: typeof schema.changePasswordSchema;
  answers: { 204: null };
}>()({
  method: "PUT",
  path: "/api/v1/me/password",
  summary: "Change the password; ends all other sessions",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden"],
});

export const listSessions = operation<{
  query: typeof schema.listOwnSchema;
  answers: { 200: typeof schema.sessionListSchema };
}>()({
  method: "GET",
  path: "/api/v1/me/sessions",
  summary: "The person's live sessions, newest first",
  auth: "user",
  scope: "session",
  rate: "read",
});

export const revokeOtherSessions = operation<{ answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/me/sessions",
  summary: "End all of the person's sessions but the one that asks, at once",
  auth: "user",
  scope: "session",
  rate: "write",
});

export const revokeSession = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/me/sessions/{id}",
  summary: "End one of the person's sessions at once",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["not_found"],
});

export const listIdentities = operation<{ answers: { 200: typeof schema.identityListSchema } }>()({
  method: "GET",
  path: "/api/v1/me/identities",
  summary: "Accounts at other providers by which the person signs in",
  auth: "user",
  scope: "session",
  rate: "read",
});

export const unlinkIdentity = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/me/identities/{id}",
  summary: "Sign in by an account at another provider no more",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["not_found", "conflict"],
});

export const listTokens = operation<{
  query: typeof schema.listOwnSchema;
  answers: { 200: typeof schema.tokenListSchema };
}>()({
  method: "GET",
  path: "/api/v1/me/tokens",
  summary: "The person's access tokens, newest first",
  auth: "user",
  scope: "session",
  rate: "read",
});

export const createToken = operation<{
  body: typeof schema.createTokenSchema;
  answers: { 201: typeof schema.createdTokenSchema };
}>()({
  method: "POST",
  path: "/api/v1/me/tokens",
  summary: "Create an access token, shown this once",
  auth: "user",
  scope: "session",
  rate: "write",
});

export const revokeToken = operation<{ params: typeof http.idParams; answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/me/tokens/{id}",
  summary: "Revoke one of the person's access tokens at once",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["not_found"],
});

export const changeEmail = operation<{
  body: typeof schema.changeEmailSchema;
  answers: { 202: typeof schema.emailChangeSchema };
}>()({
  method: "POST",
  path: "/api/v1/me/email-change",
  summary:
    "Change the address, with a link mailed to the new one; an address that has an account is answered alike",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden"],
});

export const cancelEmailChange = operation<{ answers: { 204: null } }>()({
  method: "DELETE",
  path: "/api/v1/me/email-change",
  summary: "Withdraw a change of address that is not confirmed yet",
  auth: "user",
  scope: "session",
  rate: "write",
});

export const setUpSecondFactor = operation<{
  body: typeof schema.proofSchema;
  answers: { 201: typeof schema.secondFactorSetupSchema };
}>()({
  method: "POST",
  path: "/api/v1/me/second-factor",
  summary: "Make a secret for an authenticator app; it counts once it is activated",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const activateSecondFactor = operation<{
  body: typeof schema.activateSecondFactorSchema;
  answers: { 200: typeof schema.backupCodesSchema };
}>()({
  method: "POST",
  path: "/api/v1/me/second-factor/activate",
  summary: "Turn the second factor on with a code of the app; answers the backup codes, shown this once",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const removeSecondFactor = operation<{ body: typeof schema.proofSchema; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/me/second-factor/remove",
  summary: "Turn the second factor off",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const renewBackupCodes = operation<{
  body: typeof schema.proofSchema;
  answers: { 200: typeof schema.backupCodesSchema };
}>()({
  method: "POST",
  path: "/api/v1/me/second-factor/backup-codes",
  summary: "New backup codes, shown this once; the old ones stop working",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const getClosing = operation<{ answers: { 200: typeof schema.closingSchema } }>()({
  method: "GET",
  path: "/api/v1/me/closing",
  summary: "What closing the account would delete, and what stands in its way",
  auth: "user",
  scope: "session",
  rate: "read",
});

export const closeAccount = operation<{ body: typeof schema.closeAccountSchema; answers: { 204: null } }>()({
  method: "POST",
  path: "/api/v1/me/closing",
  summary: "Close the account for good, with everything the person owns",
  auth: "user",
  scope: "session",
  rate: "write",
  refusals: ["forbidden", "conflict"],
});

export const getSettings = operation<{ answers: { 200: typeof schema.settingsViewSchema } }>()({
  method: "GET",
  path: "/api/v1/settings",
  summary: "Profile, usage and limits",
  auth: "user",
  rate: "read",
});

export const updateSettings = operation<{
  body: typeof schema.updateSettingsSchema;
  answers: { 200: typeof schema.settingsViewSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/settings",
  summary: "Change name, handle or language",
  auth: "user",
  rate: "write",
});

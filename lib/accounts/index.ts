export { type CallOrigin, originOf } from "./call.ts";
export { changePassword, requestPasswordReset, resetPassword } from "./password.ts";
export { register } from "./register.ts";
export { createSession, listSessions, refreshSession, revokeSession, signOut } from "./sessions.ts";
export { getSettings, getViewer, updateSettings } from "./settings.ts";
export { verifyCredentials } from "./sign-in.ts";
export { createToken, listTokens, revokeToken } from "./tokens.ts";
export { verifyEmail } from "./verify-email.ts";

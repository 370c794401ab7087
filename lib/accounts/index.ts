export { type CallOrigin, originOf } from "./call.ts";
export { closeAccount, getClosing } from "./closing.ts";
export { cancelEmailChange, changeEmail, confirmEmailChange } from "./email-change.ts";
export { changePassword, requestPasswordReset, resetPassword } from "./password.ts";
export { register } from "./register.ts";
export {
  activateSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
  setUpSecondFactor,
} from "./second-factor.ts";
export {
  createSession,
  listSessions,
  refreshSession,
  revokeOtherSessions,
  revokeSession,
  signOut,
} from "./sessions.ts";
export { getSettings, getViewer, updateSettings } from "./settings.ts";
export { verifyCredentials } from "./sign-in.ts";
export { sweepExpired } from "./sweep.ts";
export { createToken, listTokens, revokeToken } from "./tokens.ts";
export { verifyEmail } from "./verify-email.ts";

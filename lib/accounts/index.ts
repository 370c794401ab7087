export { originOf } from "./call.ts";
export { closeAccount, getClosing } from "./closing.ts";
export { cancelEmailChange, changeEmail, confirmEmailChange } from "./email-change.ts";
export { listIdentities, unlinkIdentity } from "./identities.ts";
export { oidcName } from "./oidc.ts";
export { findMagicLink, requestMagicLink } from "./magic-link.ts";
export { changePassword, requestPasswordReset, resetPassword } from "./password.ts";
export { register, verifyEmail } from "./register.ts";
export {
  activateSecondFactor,
  removeSecondFactor,
  renewBackupCodes,
  setUpSecondFactor,
} from "./second-factor.ts";
export { listSessions, revokeOtherSessions, revokeSession } from "./sessions.ts";
export { getSettings, getViewer, updateSettings } from "./settings.ts";
export { sweepExpired } from "./sweep.ts";
export { createToken, listTokens, revokeToken } from "./tokens.ts";

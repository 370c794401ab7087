export { authenticate, type Authenticated, proofOf, recognize } from "./authenticate.ts";
export { sessionCookieIn, sessionCookieName, sessionIdOf, usesSecureCookies } from "./session-cookie.ts";
export { marking, sealing } from "./sealed.ts";
export { hashParameters, hashPassword, isPasswordRight } from "./passwords.ts";
export { hashSecret, newSecret, tokenPrefix } from "./secrets.ts";
export { findViewer, getActor, getViewer, goToSignIn, requireActor, requireSession } from "./viewer.ts";

export {
  authenticate,
  type Authenticated,
  recognize,
  sessionCookieName,
  sessionIdOf,
  usesSecureCookies,
} from "./authenticate.ts";
export { sealing } from "./sealed.ts";
export { hashSecret, newSecret, tokenPrefix } from "./secrets.ts";
export { findViewer, getViewer, requireActor, requireSession } from "./viewer.ts";

const failures = new Map<string | null | undefined, Failure>([
  ["CredentialsSignin", "failed"],
  ["code_needed", "codeWanted"],
  ["wrong_code", "wrongCode"],
  ["magic_link", "deadLink"],
  ["rate_limited", "tooMany"],
  // what next-auth says where a provider did not answer as it should, or somebody turned back there
  ["OAuthSignin", "providerFailed"],
  ["OAuthCallback", "providerFailed"],
  ["Callback", "providerFailed"],
  ["identity_unverified", "identityUnverified"],
  ["identity_unproven", "identityUnproven"],
  ["identity_refused", "identityRefused"],
  ["sign_up_closed", "signUpClosed"],
]);
type Failure =
  | "failed"
  | "codeWanted"
  | "wrongCode"
  | "deadLink"
  | "tooMany"
  | "providerFailed"
  | "identityUnverified"
  | "identityUnproven"
  | "identityRefused"
  | "signUpClosed"
  | "unavailable";

/** The message for what sign-in answered; a wrong password and an unknown address are one and the same. */
export const failureOf = (error: string | null | undefined): Failure => failures.get(error) ?? "unavailable";

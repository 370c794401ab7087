/** What the sign-in page may say has just happened: its name in the address, and the message. */
export const signInNotices = {
  "password-changed": "passwordChanged",
  "address-confirmed": "addressConfirmed",
  "address-changed": "addressChanged",
  "account-closed": "accountClosed",
} as const;
export type SignInNotice = keyof typeof signInNotices;

export const isSignInNotice = (value: unknown): value is SignInNotice =>
  typeof value === "string" && Object.hasOwn(signInNotices, value);

export const scopes = ["read", "write", "admin"] as const;
export type Scope = (typeof scopes)[number];
/** A token of this scope or a wider one; or no token at all, but somebody who has signed in. */
export type Needed = Scope | "session";

/** Which tokens are enough. */
export const isEnough = (held: Scope, needed: Needed): boolean =>
  needed === "read" || (needed === "write" && held !== "read") || (needed === "admin" && held === "admin");

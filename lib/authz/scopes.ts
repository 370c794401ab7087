/** What personal access tokens may; each holds what those before it hold. */
export const tokenScopes = ["read", "write", "admin"] as const;
export type TokenScope = (typeof tokenScopes)[number];

export const holdsScope = (held: TokenScope, needed: TokenScope): boolean =>
  tokenScopes.indexOf(held) >= tokenScopes.indexOf(needed);

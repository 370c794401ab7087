/** Addresses that one call invites at most. */
export const MOST_INVITATIONS_PER_CALL = 100;
/** Invitations that wait in a workspace at most: each is a mail to somebody who did not ask for it. */
export const MOST_WAITING_INVITATIONS = 200;
/** How long an invitation holds. */
export const INVITATION_DAYS = 14;

export const workspaceRoles = ["admin", "member"] as const;
export type WorkspaceRole = (typeof workspaceRoles)[number];

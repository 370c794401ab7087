/**
 * Everything that the log tells of, by topic. Whoever writes a new action adds it here, and a sentence for it to
 * `audit.actions` in the messages of each language: a test finds what is missing.
 */
export const auditTopics = {
  sharing: [
    "permission.granted",
    "permission.changed",
    "permission.revoked",
    "permission.claimed",
    "invitation.resent",
    "access.requested",
    "access.withdrawn",
    "access.approved",
    "access.declined",
    "ownership.offered",
    "ownership.withdrawn",
    "ownership.declined",
    "ownership.transferred",
    "collection.visibility_changed",
    "collection.protected",
    "collection.unprotected",
    "document.access_mode_changed",
  ],
  links: [
    "link.created",
    "link.changed",
    "link.regenerated",
    "link.revoked",
    "link.opened",
    "link.password_refused",
    "link.visitor_named",
  ],
  documents: [
    "document.uploaded",
    "document.viewed",
    "document.downloaded",
    "document.renamed",
    "document.moved",
    "document.moved_away",
    "document.conflict",
    "document.trashed",
    "document.restored",
    "document.deleted",
    "document.processing_restarted",
    "quota.refused",
  ],
  collections: [
    "collection.created",
    "collection.updated",
    "collection.conflict",
    "collection.moved",
    "collection.trashed",
    "collection.restored",
    "collection.deleted",
  ],
  people: [
    "member.invited",
    "member.invitation_changed",
    "member.invitation_renewed",
    "member.invitation_revoked",
    "member.invitation_declined",
    "member.joined",
    "member.left",
    "member.removed",
    "member.role_changed",
    "member.suspended",
    "member.reactivated",
    "group.created",
    "group.updated",
    "group.deleted",
    "group.member_added",
    "group.member_removed",
    "group.nested",
    "group.unnested",
    "role.created",
    "role.changed",
    "role.deleted",
    "workspace.renamed",
    "quota.changed",
  ],
  accounts: [
    "sign_in.failed",
    "session.opened",
    "session.closed",
    "session.revoked",
    "session.others_revoked",
    "account.registered",
    "account.closed",
    "profile.changed",
    "email.verified",
    "email.change_requested",
    "email.changed",
    "password.reset_requested",
    "password.reset",
    "password.changed",
    "second_factor.activated",
    "second_factor.removed",
    "backup_code.used",
    "backup_codes.renewed",
    "identity.linked",
    "identity.unlinked",
    "token.created",
    "token.revoked",
  ],
  log: ["access.refused", "audit.exported", "audit.mail_changed", "quota.exported"],
} as const;

export type AuditTopic = keyof typeof auditTopics;
export type AuditAction = (typeof auditTopics)[AuditTopic][number];

export const auditTopicNames = Object.keys(auditTopics) as AuditTopic[];
export const auditActions: readonly AuditAction[] = Object.values(auditTopics).flat();

/** The actions that a filter stands for: a topic's, or the one it names. Null for what is neither. */
export function actionsIn(filter: string): readonly AuditAction[] | null {
  if (Object.hasOwn(auditTopics, filter)) return auditTopics[filter as AuditTopic];
  const action = auditActions.find((name) => name === filter);
  return action ? [action] : null;
}

export const auditFormats = ["csv", "jsonl"] as const;
export type AuditFormat = (typeof auditFormats)[number];

DROP TABLE rate_windows, audit_events, outbox, pdf_jobs, quota_ledger, user_quotas, tiers, document_texts, permissions, invitations,
  documents, blobs, objects, collections, roles, user_principals, group_nestings, group_memberships, groups, tokens, sessions,
  credentials, users, workspaces CASCADE;
DROP SEQUENCE outbox_seq;

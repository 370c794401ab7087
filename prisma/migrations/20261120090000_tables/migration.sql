-- CreateTable
CREATE TABLE "workspaces" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "workspace_id" UUID NOT NULL,
    "workspace_role" TEXT NOT NULL DEFAULT 'member',
    "email" TEXT NOT NULL,
    "email_normalized" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL DEFAULT 'en',
    "is_system_admin" BOOLEAN NOT NULL DEFAULT false,
    "is_external" BOOLEAN NOT NULL DEFAULT false,
    "email_verified_at" TIMESTAMPTZ(3),
    "suspended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "user_id" UUID NOT NULL,
    "password_hash" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "user_agent" TEXT NOT NULL DEFAULT '',
    "ip" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tokens" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "prefix" TEXT NOT NULL DEFAULT '',
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_memberships" (
    "group_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_memberships_pkey" PRIMARY KEY ("group_id","user_id")
);

-- CreateTable
CREATE TABLE "group_nestings" (
    "parent_id" UUID NOT NULL,
    "child_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_nestings_pkey" PRIMARY KEY ("parent_id","child_id")
);

-- CreateTable
CREATE TABLE "user_principals" (
    "user_id" UUID NOT NULL,
    "principal_id" UUID NOT NULL,

    CONSTRAINT "user_principals_pkey" PRIMARY KEY ("user_id","principal_id")
);

-- CreateTable
CREATE TABLE "roles" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "workspace_id" UUID,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "mask" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "permissions" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID,
    "group_id" UUID,
    "subject_workspace_id" UUID,
    "is_everyone" BOOLEAN NOT NULL DEFAULT false,
    "principal_id" UUID GENERATED ALWAYS AS (COALESCE(user_id, group_id, subject_workspace_id, '00000000-0000-0000-0000-000000000001'::uuid)) STORED,
    "collection_id" UUID,
    "document_id" UUID,
    "role_id" UUID NOT NULL,
    "mask" INTEGER NOT NULL DEFAULT 0,
    "granted_by_id" UUID,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "opened_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "permissions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "email" TEXT NOT NULL,
    "email_normalized" TEXT NOT NULL,
    "collection_id" UUID NOT NULL,
    "role_id" UUID NOT NULL,
    "invited_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "collections" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "workspace_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'private',
    "is_protected" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "collections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "objects" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "owner_id" UUID,
    "key" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "doomed_at" TIMESTAMPTZ(3),

    CONSTRAINT "objects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blobs" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "owner_id" UUID NOT NULL,
    "sha256" BYTEA NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "object_id" UUID NOT NULL,
    "refs" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "documents" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "collection_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "sha256" BYTEA NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "problem" TEXT,
    "progress" INTEGER NOT NULL DEFAULT 0,
    "page_count" INTEGER,
    "access_mode" TEXT NOT NULL DEFAULT 'collection',
    "version" INTEGER NOT NULL DEFAULT 1,
    "upload_object_id" UUID,
    "blob_id" UUID,
    "thumbnail_object_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document_texts" (
    "document_id" UUID NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "document_texts_pkey" PRIMARY KEY ("document_id")
);

-- CreateTable
CREATE TABLE "tiers" (
    "name" TEXT NOT NULL,
    "collections" INTEGER NOT NULL,
    "documents" INTEGER NOT NULL,
    "storage_bytes" BIGINT NOT NULL,
    "pdf_jobs_per_day" INTEGER NOT NULL,
    "collaborators_per_collection" INTEGER NOT NULL,

    CONSTRAINT "tiers_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "user_quotas" (
    "user_id" UUID NOT NULL,
    "tier_name" TEXT NOT NULL DEFAULT 'free',
    "collections_used" INTEGER NOT NULL DEFAULT 0,
    "documents_used" INTEGER NOT NULL DEFAULT 0,
    "storage_bytes_used" BIGINT NOT NULL DEFAULT 0,
    "pdf_jobs_used" INTEGER NOT NULL DEFAULT 0,
    "pdf_jobs_day" DATE,
    "collections_override" INTEGER,
    "documents_override" INTEGER,
    "storage_bytes_override" BIGINT,
    "pdf_jobs_per_day_override" INTEGER,
    "collaborators_override" INTEGER,
    "overrides_end_at" TIMESTAMPTZ(3),

    CONSTRAINT "user_quotas_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "quota_ledger" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "collections" INTEGER NOT NULL DEFAULT 0,
    "documents" INTEGER NOT NULL DEFAULT 0,
    "storage_bytes" BIGINT NOT NULL DEFAULT 0,
    "pdf_jobs" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quota_ledger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pdf_jobs" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "kind" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "collection_id" UUID,
    "document_id" UUID,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "heartbeat_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "pdf_jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "seq" BIGINT,
    "name" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "workspace_id" UUID,
    "action" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "actor_email" TEXT,
    "subject_type" TEXT,
    "subject_id" UUID,
    "subject_email" TEXT,
    "resource_type" TEXT,
    "resource_id" UUID,
    "resource_name" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "ip" TEXT,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_windows" (
    "key" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "rate_windows_pkey" PRIMARY KEY ("key","started_at")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_normalized_key" ON "users"("email_normalized");

-- CreateIndex
CREATE INDEX "users_workspace_id_idx" ON "users"("workspace_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "tokens_hash_key" ON "tokens"("hash");

-- CreateIndex
CREATE INDEX "tokens_user_id_kind_idx" ON "tokens"("user_id", "kind");

-- CreateIndex
CREATE INDEX "groups_workspace_id_idx" ON "groups"("workspace_id");

-- CreateIndex
CREATE INDEX "group_memberships_user_id_idx" ON "group_memberships"("user_id");

-- CreateIndex
CREATE INDEX "group_nestings_child_id_idx" ON "group_nestings"("child_id");

-- CreateIndex
CREATE INDEX "user_principals_principal_id_idx" ON "user_principals"("principal_id");

-- CreateIndex
CREATE INDEX "roles_workspace_id_idx" ON "roles"("workspace_id");

-- CreateIndex
CREATE INDEX "permissions_role_id_idx" ON "permissions"("role_id");

-- CreateIndex
CREATE INDEX "collections_owner_id_id_idx" ON "collections"("owner_id", "id");

-- CreateIndex
CREATE INDEX "collections_workspace_id_idx" ON "collections"("workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "objects_key_key" ON "objects"("key");

-- CreateIndex
CREATE INDEX "objects_state_doomed_at_idx" ON "objects"("state", "doomed_at");

-- CreateIndex
CREATE UNIQUE INDEX "blobs_object_id_key" ON "blobs"("object_id");

-- CreateIndex
CREATE UNIQUE INDEX "blobs_owner_id_sha256_key" ON "blobs"("owner_id", "sha256");

-- CreateIndex
CREATE INDEX "documents_collection_id_id_idx" ON "documents"("collection_id", "id");

-- CreateIndex
CREATE INDEX "documents_owner_id_id_idx" ON "documents"("owner_id", "id");

-- CreateIndex
CREATE INDEX "documents_blob_id_idx" ON "documents"("blob_id");

-- CreateIndex
CREATE INDEX "documents_upload_object_id_idx" ON "documents"("upload_object_id");

-- CreateIndex
CREATE INDEX "documents_thumbnail_object_id_idx" ON "documents"("thumbnail_object_id");

-- CreateIndex
CREATE UNIQUE INDEX "quota_ledger_cause_key" ON "quota_ledger"("cause");

-- CreateIndex
CREATE INDEX "quota_ledger_user_id_id_idx" ON "quota_ledger"("user_id", "id");

-- CreateIndex
CREATE INDEX "pdf_jobs_user_id_id_idx" ON "pdf_jobs"("user_id", "id");

-- CreateIndex
CREATE INDEX "pdf_jobs_document_id_idx" ON "pdf_jobs"("document_id");

-- CreateIndex
CREATE INDEX "pdf_jobs_collection_id_idx" ON "pdf_jobs"("collection_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_seq_key" ON "outbox"("seq");

-- CreateIndex
CREATE INDEX "audit_events_resource_id_id_idx" ON "audit_events"("resource_id", "id");

-- CreateIndex
CREATE INDEX "audit_events_workspace_id_id_idx" ON "audit_events"("workspace_id", "id");

-- CreateIndex
CREATE INDEX "rate_windows_started_at_idx" ON "rate_windows"("started_at");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "groups" ADD CONSTRAINT "groups_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_memberships" ADD CONSTRAINT "group_memberships_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_memberships" ADD CONSTRAINT "group_memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_nestings" ADD CONSTRAINT "group_nestings_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_nestings" ADD CONSTRAINT "group_nestings_child_id_fkey" FOREIGN KEY ("child_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "roles" ADD CONSTRAINT "roles_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_subject_workspace_id_fkey" FOREIGN KEY ("subject_workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_granted_by_id_fkey" FOREIGN KEY ("granted_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_invited_by_id_fkey" FOREIGN KEY ("invited_by_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "collections" ADD CONSTRAINT "collections_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "collections" ADD CONSTRAINT "collections_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "objects" ADD CONSTRAINT "objects_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_object_id_fkey" FOREIGN KEY ("object_id") REFERENCES "objects"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_upload_object_id_fkey" FOREIGN KEY ("upload_object_id") REFERENCES "objects"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_thumbnail_object_id_fkey" FOREIGN KEY ("thumbnail_object_id") REFERENCES "objects"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_blob_id_fkey" FOREIGN KEY ("blob_id") REFERENCES "blobs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_texts" ADD CONSTRAINT "document_texts_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_quotas" ADD CONSTRAINT "user_quotas_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_quotas" ADD CONSTRAINT "user_quotas_tier_name_fkey" FOREIGN KEY ("tier_name") REFERENCES "tiers"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_ledger" ADD CONSTRAINT "quota_ledger_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pdf_jobs" ADD CONSTRAINT "pdf_jobs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pdf_jobs" ADD CONSTRAINT "pdf_jobs_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pdf_jobs" ADD CONSTRAINT "pdf_jobs_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the columns may hold. Text with checks rather than enums: comparisons on enums are not leakproof under policies.
ALTER TABLE users ADD CHECK (workspace_role IN ('admin', 'member', 'guest')), ADD CHECK (email_normalized = lower(email_normalized));
ALTER TABLE tokens ADD CHECK (kind IN ('access', 'password_reset', 'email_verification'));
ALTER TABLE group_nestings ADD CHECK (parent_id <> child_id);
ALTER TABLE roles ADD CHECK (mask > 0);
ALTER TABLE permissions
  ADD CHECK (num_nonnulls(user_id, group_id, subject_workspace_id) + is_everyone::int = 1),
  ADD CHECK (num_nonnulls(collection_id, document_id) = 1);
ALTER TABLE collections ADD CHECK (visibility IN ('private', 'workspace', 'public')), ADD CHECK (length(name) BETWEEN 1 AND 120);
ALTER TABLE objects ADD CHECK (state IN ('pending', 'stored', 'doomed'));
ALTER TABLE blobs ADD CHECK (refs > 0), ADD CHECK (size_bytes > 0), ADD CHECK (octet_length(sha256) = 32);
ALTER TABLE documents
  ADD CHECK (status IN ('pending', 'uploaded', 'ready', 'failed')),
  ADD CHECK (access_mode IN ('private', 'collection', 'invite', 'link')),
  ADD CHECK (progress BETWEEN 0 AND 100),
  ADD CHECK (size_bytes > 0),
  ADD CHECK (octet_length(sha256) = 32),
  ADD CHECK ((status = 'pending') = (blob_id IS NULL));
-- No upper bounds: a smaller tier must be possible while more is used.
ALTER TABLE user_quotas
  ADD CHECK (collections_used >= 0), ADD CHECK (documents_used >= 0), ADD CHECK (storage_bytes_used >= 0), ADD CHECK (pdf_jobs_used >= 0);
ALTER TABLE pdf_jobs
  ADD CHECK (kind IN ('process', 'binder')),
  ADD CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  ADD CHECK (progress BETWEEN 0 AND 100);

-- One live grant per subject and resource; the same indexes answer "what may this person reach" and "who reaches this".
CREATE UNIQUE INDEX permissions_live_collection ON permissions (collection_id, principal_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE UNIQUE INDEX permissions_live_document ON permissions (document_id, principal_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND document_id IS NOT NULL;
CREATE INDEX permissions_principal_collection ON permissions (principal_id, collection_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE INDEX permissions_principal_document ON permissions (principal_id, document_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND document_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_live ON invitations (collection_id, email_normalized) WHERE deleted_at IS NULL AND accepted_at IS NULL;
CREATE INDEX invitations_address ON invitations (email_normalized) WHERE deleted_at IS NULL AND accepted_at IS NULL;
CREATE UNIQUE INDEX groups_live_name ON groups (workspace_id, lower(name)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX roles_built_in_name ON roles (name) WHERE workspace_id IS NULL;
CREATE UNIQUE INDEX roles_custom_name ON roles (workspace_id, lower(name)) WHERE workspace_id IS NOT NULL;
CREATE UNIQUE INDEX pdf_jobs_one_process ON pdf_jobs (document_id) WHERE kind = 'process' AND status IN ('pending', 'processing');
CREATE INDEX documents_pending ON documents (created_at) WHERE status = 'pending';
CREATE INDEX outbox_unsequenced ON outbox (id) WHERE seq IS NULL;
CREATE INDEX outbox_undelivered ON outbox (seq) WHERE delivered_at IS NULL AND seq IS NOT NULL;

-- Rows that are updated all the time keep room on their page.
ALTER TABLE user_quotas SET (fillfactor = 50);
ALTER TABLE sessions SET (fillfactor = 70);
CREATE SEQUENCE outbox_seq;

INSERT INTO roles (id, name, mask) VALUES
  ('00000000-0000-7000-8000-000000000001', 'owner', 8191),
  ('00000000-0000-7000-8000-000000000002', 'editor', 5487),
  ('00000000-0000-7000-8000-000000000003', 'commenter', 353),
  ('00000000-0000-7000-8000-000000000004', 'viewer', 1);
INSERT INTO tiers VALUES ('free', 20, 500, 5368709120, 10, 50), ('pro', 500, 50000, 107374182400, 200, 200);
-- The principal everyone holds, signed in or not; an anonymous actor is this one alone.
INSERT INTO user_principals VALUES ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001');

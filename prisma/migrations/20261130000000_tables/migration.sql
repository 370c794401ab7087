-- Tables with their columns, constraints and indexes, and the rows that every database has. What acts on them (functions,
-- views, policies, triggers, rights) follows domain by domain and is edited in lib/<domain>/sql.
-- Text with checks rather than enums: comparisons on enums are not leakproof, so under policies they can't use an index.

CREATE SCHEMA app;

-- What indexes are made with.
-- The form in which names are compared: composed (NFC), without case, and with any white space as one space. Only what
-- has to be unique or is searched for is compared so; lists keep their order. Most names are plain and take the short
-- way, at the cost of `lower` alone. Not STRICT: the planner would not put it where it is called.
CREATE FUNCTION app.folded(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN octet_length(name) = length(name) AND strpos(name, '  ') = 0 THEN lower(name)
    ELSE regexp_replace(CASE WHEN lower(name) IS NFC NORMALIZED THEN lower(name) ELSE normalize(lower(name), NFC) END,
      U&'[\0009-\000d \0085\00a0\1680\2000-\200a\2028\2029\202f\205f\3000]+', ' ', 'g') END;

-- The parts of a name that a search looks up: every character and every pair of neighbours, folded. Pairs rather than
-- threes, so that words of two signs are found as quickly; any sign counts.
CREATE FUNCTION app.name_parts(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  RETURN (SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM (SELECT c AS one, lead(c) OVER () AS next FROM unnest(string_to_array(app.folded(name), NULL)) c) s, LATERAL (VALUES (one), (one || next)) p (part)
   WHERE part IS NOT NULL);

-- --- People ----------------------------------------------------------------------------------------------

CREATE TABLE workspaces (
  id uuid NOT NULL DEFAULT uuidv7(),
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT workspaces_pkey PRIMARY KEY (id),
  CONSTRAINT workspaces_name_nfc CHECK (name IS NFC NORMALIZED)
);

CREATE TABLE users (
  id uuid NOT NULL DEFAULT uuidv7(),
  workspace_id uuid NOT NULL,
  workspace_role text NOT NULL DEFAULT 'member',
  email text NOT NULL,
  email_normalized text NOT NULL,
  name text NOT NULL,
  language text NOT NULL DEFAULT 'en',
  is_system_admin boolean NOT NULL DEFAULT false,
  is_external boolean NOT NULL DEFAULT false,
  email_verified_at timestamptz(3),
  suspended_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  handle text,
  -- Since when the person is in this workspace.
  joined_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_normalized_check CHECK (email_normalized = lower(email_normalized)),
  -- Lower case, so that equal is what people take for equal.
  CONSTRAINT users_handle_check CHECK (handle ~ '^[a-z0-9_-]{3,30}$'),
  -- Names are stored composed (NFC), whatever system they were typed on.
  CONSTRAINT users_name_nfc CHECK (name IS NFC NORMALIZED),
  CONSTRAINT users_workspace_role_check CHECK (workspace_role IN ('admin', 'member', 'guest')),
  CONSTRAINT users_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX users_email_normalized_key ON users (email_normalized);
CREATE UNIQUE INDEX users_handle_key ON users (handle);
-- Lists of people are sorted by name.
CREATE INDEX users_by_name ON users (workspace_id, lower(name), id);
CREATE INDEX users_workspace_id_idx ON users (workspace_id);

-- Kept apart from the person, so that no query about people can read it.
CREATE TABLE credentials (
  user_id uuid NOT NULL,
  password_hash text NOT NULL,
  changed_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT credentials_pkey PRIMARY KEY (user_id),
  CONSTRAINT credentials_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);

-- Counts once it is activated. The secret is encrypted by the application.
CREATE TABLE second_factors (
  user_id uuid NOT NULL,
  secret bytea NOT NULL,
  backup_salt bytea NOT NULL,
  last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  activated_at timestamptz(3),
  CONSTRAINT second_factors_pkey PRIMARY KEY (user_id),
  CONSTRAINT second_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE backup_codes (
  user_id uuid NOT NULL,
  hash bytea NOT NULL,
  used_at timestamptz(3),
  CONSTRAINT backup_codes_pkey PRIMARY KEY (user_id, hash),
  CONSTRAINT backup_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES second_factors (user_id) ON UPDATE CASCADE ON DELETE CASCADE
);

-- Wrong codes in a row. Each source of tries (`lane`) counts by itself, so that nobody locks another person out.
CREATE TABLE code_tries (
  user_id uuid NOT NULL,
  lane text NOT NULL,
  wrong_tries integer NOT NULL DEFAULT 1,
  next_try_at timestamptz(3),
  tried_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT code_tries_pkey PRIMARY KEY (user_id, lane),
  CONSTRAINT code_tries_user_id_fkey FOREIGN KEY (user_id) REFERENCES second_factors (user_id) ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE sessions (
  id uuid NOT NULL DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  user_agent text NOT NULL DEFAULT '',
  ip text,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_seen_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  CONSTRAINT sessions_pkey PRIMARY KEY (id),
  CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
) WITH (fillfactor=70);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);

-- A sign-up that waits for its link to be followed; the account is made then.
CREATE TABLE registrations (
  id uuid NOT NULL DEFAULT uuidv7(),
  email text NOT NULL,
  email_normalized text NOT NULL,
  name text NOT NULL,
  language text NOT NULL,
  password_hash text NOT NULL,
  hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL,
  CONSTRAINT registrations_pkey PRIMARY KEY (id),
  CONSTRAINT registrations_name_nfc CHECK (name IS NFC NORMALIZED)
);
CREATE UNIQUE INDEX registrations_hash_key ON registrations (hash);
CREATE INDEX registrations_email_normalized_idx ON registrations (email_normalized);
CREATE INDEX registrations_expires_at_idx ON registrations (expires_at);

-- Secrets that a person holds, as hashes: access tokens, password resets, changes of address.
CREATE TABLE tokens (
  id uuid NOT NULL DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL DEFAULT '',
  prefix text NOT NULL DEFAULT '',
  hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL,
  last_used_at timestamptz(3),
  used_at timestamptz(3),
  revoked_at timestamptz(3),
  -- The address that a change of address was mailed to.
  email text,
  -- What an access token may do; null for other kinds.
  scope text,
  CONSTRAINT tokens_pkey PRIMARY KEY (id),
  CONSTRAINT tokens_email_check CHECK ((kind = 'email_change') = (email IS NOT NULL)),
  CONSTRAINT tokens_kind_check CHECK (kind IN ('access', 'password_reset', 'email_change')),
  CONSTRAINT tokens_name_nfc CHECK (name IS NFC NORMALIZED),
  -- Each scope holds what those before it hold.
  CONSTRAINT tokens_scope_check CHECK (
CASE
    WHEN (kind = 'access') THEN COALESCE((scope IN ('read', 'write', 'admin')), false)
    ELSE (scope IS NULL)
END),
  CONSTRAINT tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX tokens_hash_key ON tokens (hash);
CREATE INDEX tokens_user_id_kind_idx ON tokens (user_id, kind);

CREATE TABLE workspace_invitations (
  id uuid NOT NULL DEFAULT uuidv7(),
  workspace_id uuid NOT NULL,
  email text NOT NULL,
  email_normalized text NOT NULL,
  role text NOT NULL,
  invited_by_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL,
  mail_asked_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  mailed_at timestamptz(3),
  accepted_at timestamptz(3),
  declined_at timestamptz(3),
  deleted_at timestamptz(3),
  CONSTRAINT workspace_invitations_pkey PRIMARY KEY (id),
  CONSTRAINT workspace_invitations_email_check CHECK (email_normalized = lower(email_normalized)),
  CONSTRAINT workspace_invitations_role_check CHECK (role IN ('admin', 'member')),
  CONSTRAINT workspace_invitations_invited_by_id_fkey FOREIGN KEY (invited_by_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT workspace_invitations_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX workspace_invitations_live ON workspace_invitations (workspace_id, email_normalized)
  WHERE accepted_at IS NULL AND declined_at IS NULL AND deleted_at IS NULL;
CREATE INDEX workspace_invitations_address ON workspace_invitations (email_normalized)
  WHERE accepted_at IS NULL AND declined_at IS NULL AND deleted_at IS NULL;

CREATE TABLE groups (
  id uuid NOT NULL DEFAULT uuidv7(),
  workspace_id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at timestamptz(3),
  CONSTRAINT groups_pkey PRIMARY KEY (id),
  CONSTRAINT groups_name_nfc CHECK (name IS NFC NORMALIZED),
  CONSTRAINT groups_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX groups_live_name ON groups (workspace_id, app.folded(name))
  WHERE deleted_at IS NULL;
CREATE INDEX groups_workspace_id_idx ON groups (workspace_id);

CREATE TABLE group_memberships (
  group_id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT group_memberships_pkey PRIMARY KEY (group_id, user_id),
  CONSTRAINT group_memberships_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT group_memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX group_memberships_user_id_idx ON group_memberships (user_id);

CREATE TABLE group_nestings (
  parent_id uuid NOT NULL,
  child_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT group_nestings_pkey PRIMARY KEY (parent_id, child_id),
  CONSTRAINT group_nestings_check CHECK (parent_id <> child_id),
  CONSTRAINT group_nestings_child_id_fkey FOREIGN KEY (child_id) REFERENCES groups (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT group_nestings_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES groups (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX group_nestings_child_id_idx ON group_nestings (child_id);

-- Whom a person or a link acts as, flattened. Triggers keep it exact; nothing else writes it.
CREATE TABLE user_principals (
  user_id uuid NOT NULL,
  principal_id uuid NOT NULL,
  CONSTRAINT user_principals_pkey PRIMARY KEY (user_id, principal_id)
);
CREATE INDEX user_principals_principal_id_idx ON user_principals (principal_id);

-- --- Content ---------------------------------------------------------------------------------------------

CREATE TABLE collections (
  id uuid NOT NULL DEFAULT uuidv7(),
  workspace_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  visibility text NOT NULL DEFAULT 'private',
  is_protected boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at timestamptz(3),
  CONSTRAINT collections_pkey PRIMARY KEY (id),
  CONSTRAINT collections_name_check CHECK ((length(name) >= 1) AND (length(name) <= 120)),
  CONSTRAINT collections_name_nfc CHECK (name IS NFC NORMALIZED),
  CONSTRAINT collections_visibility_check CHECK (visibility IN ('private', 'workspace', 'public')),
  CONSTRAINT collections_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT collections_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX collections_owner_id_id_idx ON collections (owner_id, id);
CREATE INDEX collections_trashed ON collections (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX collections_workspace_id_idx ON collections (workspace_id);

-- Bytes in the object store. A doomed object is deleted there by a sweep.
CREATE TABLE objects (
  id uuid NOT NULL DEFAULT uuidv7(),
  owner_id uuid,
  key text NOT NULL,
  state text NOT NULL DEFAULT 'pending',
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  doomed_at timestamptz(3),
  -- How much an upload's address lets in; null for what the system writes itself.
  size_bytes bigint,
  CONSTRAINT objects_pkey PRIMARY KEY (id),
  CONSTRAINT objects_size_bytes_check CHECK (size_bytes > 0),
  CONSTRAINT objects_state_check CHECK (state IN ('pending', 'stored', 'doomed')),
  CONSTRAINT objects_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE UNIQUE INDEX objects_key_key ON objects (key);
-- What a person gave up within the last hour counts towards their pending uploads.
CREATE INDEX objects_given_up ON objects (owner_id, created_at) INCLUDE (size_bytes)
  WHERE state = 'doomed' AND size_bytes IS NOT NULL;
CREATE INDEX objects_state_doomed_at_idx ON objects (state, doomed_at);

-- Stored bytes, paid for once by each owner. The last reference frees them.
CREATE TABLE blobs (
  id uuid NOT NULL DEFAULT uuidv7(),
  owner_id uuid NOT NULL,
  sha256 bytea NOT NULL,
  size_bytes bigint NOT NULL,
  object_id uuid NOT NULL,
  refs integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT blobs_pkey PRIMARY KEY (id),
  CONSTRAINT blobs_refs_check CHECK (refs > 0),
  CONSTRAINT blobs_sha256_check CHECK (octet_length(sha256) = 32),
  CONSTRAINT blobs_size_bytes_check CHECK (size_bytes > 0),
  CONSTRAINT blobs_object_id_fkey FOREIGN KEY (object_id) REFERENCES objects (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT blobs_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX blobs_object_id_key ON blobs (object_id);
CREATE UNIQUE INDEX blobs_owner_id_sha256_key ON blobs (owner_id, sha256);

CREATE TABLE documents (
  id uuid NOT NULL DEFAULT uuidv7(),
  collection_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  name text NOT NULL,
  content_type text NOT NULL,
  size_bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  problem text,
  progress integer NOT NULL DEFAULT 0,
  page_count integer,
  access_mode text NOT NULL DEFAULT 'collection',
  version integer NOT NULL DEFAULT 1,
  upload_object_id uuid,
  blob_id uuid,
  thumbnail_object_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at timestamptz(3),
  CONSTRAINT documents_pkey PRIMARY KEY (id),
  CONSTRAINT documents_access_mode_check CHECK (access_mode IN ('private', 'collection', 'invite', 'link')),
  CONSTRAINT documents_check CHECK ((status = 'pending') = (blob_id IS NULL)),
  CONSTRAINT documents_name_nfc CHECK (name IS NFC NORMALIZED),
  CONSTRAINT documents_progress_check CHECK (progress BETWEEN 0 AND 100),
  CONSTRAINT documents_sha256_check CHECK (octet_length(sha256) = 32),
  CONSTRAINT documents_size_bytes_check CHECK (size_bytes > 0),
  CONSTRAINT documents_status_check CHECK (status IN ('pending', 'uploaded', 'ready', 'failed')),
  CONSTRAINT documents_blob_id_fkey FOREIGN KEY (blob_id) REFERENCES blobs (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT documents_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT documents_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT documents_thumbnail_object_id_fkey FOREIGN KEY (thumbnail_object_id) REFERENCES objects (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT documents_upload_object_id_fkey FOREIGN KEY (upload_object_id) REFERENCES objects (id) ON UPDATE CASCADE ON DELETE SET NULL
);
-- Live documents that a grant on their collection does not open.
CREATE INDEX documents_apart ON documents (collection_id) INCLUDE (id, owner_id, access_mode)
  WHERE deleted_at IS NULL AND status <> 'pending' AND access_mode IN ('private', 'invite');
CREATE INDEX documents_blob_id_idx ON documents (blob_id);
CREATE INDEX documents_collection_id_id_idx ON documents (collection_id, id);
-- Pages and counts of one collection are read from the index alone, with what decides who sees a document.
CREATE INDEX documents_live ON documents (collection_id, id) INCLUDE (owner_id, access_mode)
  WHERE deleted_at IS NULL AND status <> 'pending';
-- Names by collection: a search in one collection reads of common parts only what lies in it. The pending list is short,
-- because every search reads all of it.
CREATE INDEX documents_names ON documents USING gin ((ARRAY[collection_id]), app.name_parts(name)) WITH (gin_pending_list_limit='256')
  WHERE deleted_at IS NULL AND status <> 'pending';
-- Everybody's live documents from new to old, with what decides who sees them and what they are called.
CREATE INDEX documents_newest ON documents (id) INCLUDE (collection_id, owner_id, access_mode, name)
  WHERE deleted_at IS NULL AND status <> 'pending';
CREATE INDEX documents_owner_id_id_idx ON documents (owner_id, id);
CREATE INDEX documents_pending ON documents (created_at) WHERE status = 'pending';
CREATE INDEX documents_thumbnail_object_id_idx ON documents (thumbnail_object_id);
CREATE INDEX documents_trashed_collection ON documents (collection_id, id)
  WHERE deleted_at IS NOT NULL;
-- The trash, by owner and by collection.
CREATE INDEX documents_trashed_owner ON documents (owner_id, id)
  WHERE deleted_at IS NOT NULL;
CREATE INDEX documents_upload_object_id_idx ON documents (upload_object_id);

CREATE TABLE document_texts (
  document_id uuid NOT NULL,
  body text NOT NULL,
  CONSTRAINT document_texts_pkey PRIMARY KEY (document_id),
  CONSTRAINT document_texts_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE
);

-- What each person opened, uploaded or changed last.
CREATE TABLE recent_documents (
  user_id uuid NOT NULL,
  document_id uuid NOT NULL,
  used_at timestamptz(3) NOT NULL,
  CONSTRAINT recent_documents_pkey PRIMARY KEY (user_id, document_id),
  CONSTRAINT recent_documents_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT recent_documents_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX recent_documents_document_id_idx ON recent_documents (document_id);
CREATE INDEX recent_documents_user_id_used_at_idx ON recent_documents (user_id, used_at);

-- --- Access ----------------------------------------------------------------------------------------------

-- A named mask. Built-in roles belong to no workspace. A deleted role stays, because ended grants name it.
CREATE TABLE roles (
  id uuid NOT NULL DEFAULT uuidv7(),
  workspace_id uuid,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  mask integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at timestamptz(3),
  CONSTRAINT roles_pkey PRIMARY KEY (id),
  CONSTRAINT roles_known_bits CHECK (mask & ~8191 = 0),
  CONSTRAINT roles_mask_check CHECK (mask > 0),
  CONSTRAINT roles_name_nfc CHECK (name IS NFC NORMALIZED),
  CONSTRAINT roles_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE UNIQUE INDEX roles_built_in_name ON roles (name) WHERE workspace_id IS NULL;
CREATE UNIQUE INDEX roles_custom_name ON roles (workspace_id, app.folded(name))
  WHERE workspace_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX roles_workspace_id_idx ON roles (workspace_id);

-- Opens one resource to whoever has its token.
CREATE TABLE public_links (
  id uuid NOT NULL DEFAULT uuidv7(),
  collection_id uuid,
  document_id uuid,
  role_id uuid NOT NULL,
  name text NOT NULL DEFAULT '',
  token_hash bytea NOT NULL,
  token_sealed bytea NOT NULL,
  password_hash text,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  created_by_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  view_count integer NOT NULL DEFAULT 0,
  last_accessed_at timestamptz(3),
  CONSTRAINT public_links_pkey PRIMARY KEY (id),
  CONSTRAINT public_links_hash CHECK (octet_length(token_hash) = 32),
  CONSTRAINT public_links_name CHECK (length(name) <= 120),
  CONSTRAINT public_links_name_nfc CHECK (name IS NFC NORMALIZED),
  CONSTRAINT public_links_one_resource CHECK (num_nonnulls(collection_id, document_id) = 1),
  -- Commenter or viewer: a visitor may do no more.
  CONSTRAINT public_links_role CHECK (role_id IN ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000004')),
  CONSTRAINT public_links_view_count CHECK (view_count >= 0),
  CONSTRAINT public_links_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT public_links_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT public_links_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT public_links_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX public_links_token_hash_key ON public_links (token_hash);
CREATE INDEX public_links_collection_id_idx ON public_links (collection_id);
CREATE INDEX public_links_document_id_idx ON public_links (document_id);

-- A grant: one subject has one role on one resource. A link, a person, a group, a workspace and everyone are subjects.
CREATE TABLE permissions (
  id uuid NOT NULL DEFAULT uuidv7(),
  user_id uuid,
  group_id uuid,
  subject_workspace_id uuid,
  is_everyone boolean NOT NULL DEFAULT false,
  principal_id uuid GENERATED ALWAYS AS (COALESCE(user_id, group_id, subject_workspace_id, link_id, '00000000-0000-0000-0000-000000000001'::uuid)) STORED,
  collection_id uuid,
  document_id uuid,
  role_id uuid NOT NULL,
  -- The role's mask, so that reading access needs no join.
  mask integer NOT NULL DEFAULT 0,
  granted_by_id uuid,
  granted_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  opened_at timestamptz(3),
  deleted_at timestamptz(3),
  link_id uuid,
  -- The address as it was typed. Whoever has not opened the resource yet is shown by it, and by nothing that an account
  -- would tell.
  given_address text,
  -- The mail waits until the document is not private any more.
  letter_waits boolean NOT NULL DEFAULT false,
  CONSTRAINT permissions_pkey PRIMARY KEY (id),
  CONSTRAINT permissions_check CHECK (num_nonnulls(user_id, group_id, subject_workspace_id, link_id) + is_everyone::integer = 1),
  CONSTRAINT permissions_check1 CHECK (num_nonnulls(collection_id, document_id) = 1),
  CONSTRAINT permissions_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT permissions_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT permissions_granted_by_id_fkey FOREIGN KEY (granted_by_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT permissions_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT permissions_link_id_fkey FOREIGN KEY (link_id) REFERENCES public_links (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT permissions_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT permissions_subject_workspace_id_fkey FOREIGN KEY (subject_workspace_id) REFERENCES workspaces (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT permissions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);
-- A link has one grant, ever.
CREATE UNIQUE INDEX permissions_link ON permissions (link_id) WHERE link_id IS NOT NULL;
-- One live grant per subject and resource.
CREATE UNIQUE INDEX permissions_live_collection ON permissions (collection_id, principal_id)
  WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE UNIQUE INDEX permissions_live_document ON permissions (document_id, principal_id) INCLUDE (mask, expires_at, link_id)
  WHERE deleted_at IS NULL AND document_id IS NOT NULL;
-- A person's earlier grants on a resource, ended ones too.
CREATE INDEX permissions_collection ON permissions (collection_id, user_id)
  WHERE collection_id IS NOT NULL;
CREATE INDEX permissions_document ON permissions (document_id, user_id)
  WHERE document_id IS NOT NULL;
-- People who opened what was shared with them, in the order in which their faces are shown.
CREATE INDEX permissions_known ON permissions (collection_id, granted_at, user_id) INCLUDE (expires_at)
  WHERE deleted_at IS NULL AND opened_at IS NOT NULL AND user_id IS NOT NULL AND collection_id IS NOT NULL;
-- What a principal may reach, from the index alone.
CREATE INDEX permissions_principal_collection ON permissions (principal_id, collection_id) INCLUDE (mask, expires_at, link_id)
  WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE INDEX permissions_principal_document ON permissions (principal_id, document_id) INCLUDE (mask, expires_at, link_id)
  WHERE deleted_at IS NULL AND document_id IS NOT NULL;
CREATE INDEX permissions_role_id_idx ON permissions (role_id);
CREATE INDEX permissions_waiting_letters ON permissions (document_id) WHERE letter_waits;

-- A grant to an address that has no proven account yet.
CREATE TABLE invitations (
  id uuid NOT NULL DEFAULT uuidv7(),
  email text NOT NULL,
  email_normalized text NOT NULL,
  collection_id uuid,
  role_id uuid NOT NULL,
  invited_by_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  accepted_at timestamptz(3),
  deleted_at timestamptz(3),
  document_id uuid,
  letter_waits boolean NOT NULL DEFAULT false,
  CONSTRAINT invitations_pkey PRIMARY KEY (id),
  CONSTRAINT invitations_one_resource CHECK (num_nonnulls(collection_id, document_id) = 1),
  CONSTRAINT invitations_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT invitations_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT invitations_invited_by_id_fkey FOREIGN KEY (invited_by_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT invitations_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE UNIQUE INDEX invitations_live ON invitations (collection_id, email_normalized)
  WHERE deleted_at IS NULL AND accepted_at IS NULL;
CREATE UNIQUE INDEX invitations_live_document ON invitations (document_id, email_normalized)
  WHERE deleted_at IS NULL AND accepted_at IS NULL AND document_id IS NOT NULL;
CREATE INDEX invitations_address ON invitations (email_normalized)
  WHERE deleted_at IS NULL AND accepted_at IS NULL;
CREATE INDEX invitations_document_id_idx ON invitations (document_id);
CREATE INDEX invitations_waiting_letters ON invitations (document_id) WHERE letter_waits;

-- --- Quota -----------------------------------------------------------------------------------------------

-- Limits that people share; synchronized from the environment.
CREATE TABLE tiers (
  name text NOT NULL,
  collections integer NOT NULL,
  documents integer NOT NULL,
  storage_bytes bigint NOT NULL,
  pdf_jobs_per_day integer NOT NULL,
  collaborators_per_collection integer NOT NULL,
  pending_uploads integer NOT NULL DEFAULT 1000,
  CONSTRAINT tiers_pkey PRIMARY KEY (name)
);

-- Limits of a person and what they use. No upper bounds: a smaller tier must be possible while more is used.
CREATE TABLE user_quotas (
  user_id uuid NOT NULL,
  tier_name text NOT NULL DEFAULT 'free',
  collections_used integer NOT NULL DEFAULT 0,
  documents_used integer NOT NULL DEFAULT 0,
  storage_bytes_used bigint NOT NULL DEFAULT 0,
  pdf_jobs_used integer NOT NULL DEFAULT 0,
  pdf_jobs_day date,
  collections_override integer,
  documents_override integer,
  storage_bytes_override bigint,
  pdf_jobs_per_day_override integer,
  collaborators_override integer,
  overrides_end_at timestamptz(3),
  pending_documents integer NOT NULL DEFAULT 0,
  pending_bytes bigint NOT NULL DEFAULT 0,
  CONSTRAINT user_quotas_pkey PRIMARY KEY (user_id),
  CONSTRAINT user_quotas_collections_used_check CHECK (collections_used >= 0),
  CONSTRAINT user_quotas_documents_used_check CHECK (documents_used >= 0),
  CONSTRAINT user_quotas_pdf_jobs_used_check CHECK (pdf_jobs_used >= 0),
  CONSTRAINT user_quotas_pending_bytes_check CHECK (pending_bytes >= 0),
  CONSTRAINT user_quotas_pending_documents_check CHECK (pending_documents >= 0),
  CONSTRAINT user_quotas_storage_bytes_used_check CHECK (storage_bytes_used >= 0),
  CONSTRAINT user_quotas_tier_name_fkey FOREIGN KEY (tier_name) REFERENCES tiers (name) ON UPDATE CASCADE ON DELETE RESTRICT,
  CONSTRAINT user_quotas_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
) WITH (fillfactor=50);

-- Every charge and release, once for each cause.
CREATE TABLE quota_ledger (
  id uuid NOT NULL DEFAULT uuidv7(),
  user_id uuid NOT NULL,
  cause text NOT NULL,
  collections integer NOT NULL DEFAULT 0,
  documents integer NOT NULL DEFAULT 0,
  storage_bytes bigint NOT NULL DEFAULT 0,
  pdf_jobs integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT quota_ledger_pkey PRIMARY KEY (id),
  CONSTRAINT quota_ledger_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX quota_ledger_cause_key ON quota_ledger (cause);
CREATE INDEX quota_ledger_user_id_id_idx ON quota_ledger (user_id, id);

-- --- Work ------------------------------------------------------------------------------------------------

CREATE TABLE pdf_jobs (
  id uuid NOT NULL DEFAULT uuidv7(),
  kind text NOT NULL,
  user_id uuid NOT NULL,
  collection_id uuid,
  document_id uuid,
  status text NOT NULL DEFAULT 'pending',
  progress integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  problem text,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  started_at timestamptz(3),
  heartbeat_at timestamptz(3),
  finished_at timestamptz(3),
  CONSTRAINT pdf_jobs_pkey PRIMARY KEY (id),
  CONSTRAINT pdf_jobs_kind_check CHECK (kind IN ('process', 'binder')),
  CONSTRAINT pdf_jobs_progress_check CHECK (progress BETWEEN 0 AND 100),
  CONSTRAINT pdf_jobs_status_check CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  CONSTRAINT pdf_jobs_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT pdf_jobs_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT pdf_jobs_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE
);
-- A document is processed by one job at a time.
CREATE UNIQUE INDEX pdf_jobs_one_process ON pdf_jobs (document_id)
  WHERE kind = 'process' AND status IN ('pending', 'processing');
CREATE INDEX pdf_jobs_collection_id_idx ON pdf_jobs (collection_id);
CREATE INDEX pdf_jobs_document_id_idx ON pdf_jobs (document_id);
CREATE INDEX pdf_jobs_user_id_id_idx ON pdf_jobs (user_id, id);

-- Events to deliver. `seq` is given after commit, by one process.
CREATE TABLE outbox (
  id uuid NOT NULL DEFAULT uuidv7(),
  seq bigint,
  name text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  delivered_at timestamptz(3),
  CONSTRAINT outbox_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX outbox_seq_key ON outbox (seq);
CREATE INDEX outbox_undelivered ON outbox (seq)
  WHERE delivered_at IS NULL AND seq IS NOT NULL;
CREATE INDEX outbox_unsequenced ON outbox (id) WHERE seq IS NULL;

CREATE TABLE audit_events (
  id uuid NOT NULL DEFAULT uuidv7(),
  workspace_id uuid,
  action text NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  actor_email text,
  subject_type text,
  subject_id uuid,
  subject_email text,
  resource_type text,
  resource_id uuid,
  resource_name text,
  metadata jsonb NOT NULL DEFAULT '{}',
  ip text,
  request_id text,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT audit_events_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_events_resource_id_id_idx ON audit_events (resource_id, id);
CREATE INDEX audit_events_workspace_id_id_idx ON audit_events (workspace_id, id);

CREATE TABLE rate_windows (
  key text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  count integer NOT NULL,
  CONSTRAINT rate_windows_pkey PRIMARY KEY (key, started_at)
);
CREATE INDEX rate_windows_started_at_idx ON rate_windows (started_at);

CREATE SEQUENCE outbox_seq;

-- --- Rows ------------------------------------------------------------------------------------------------

-- The principal that everyone holds, signed in or not. Whoever is not signed in acts as this one alone.
INSERT INTO user_principals (user_id, principal_id) VALUES
  ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001');
-- The built-in roles; lib/authz/permissions.ts names the bits and the ids.
INSERT INTO roles (id, name, mask) VALUES
  ('00000000-0000-7000-8000-000000000001', 'owner', 8191),
  ('00000000-0000-7000-8000-000000000002', 'editor', 5487),
  ('00000000-0000-7000-8000-000000000003', 'commenter', 353),
  ('00000000-0000-7000-8000-000000000004', 'viewer', 1);
INSERT INTO tiers (name, collections, documents, storage_bytes, pdf_jobs_per_day, collaborators_per_collection, pending_uploads) VALUES
  ('free', 20, 500, 5368709120, 10, 50, 1000),
  ('pro', 500, 50000, 107374182400, 200, 200, 1000);

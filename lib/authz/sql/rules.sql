-- The rules of access that readers and writers share, each in one place. The planner puts a rule's expression where it is
-- called, so that indexes serve it: a rule is one expression without settings, and an argument that it uses twice is
-- given as a column, a variable or a constant.

-- Whether a grant counts: it was not revoked and has not expired.
CREATE FUNCTION app.is_grant_live(deleted_at timestamptz, expires_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN deleted_at IS NULL AND (expires_at IS NULL OR expires_at > statement_timestamp());

-- Whether an invitation waits to become a grant: not accepted, not revoked, not expired.
CREATE FUNCTION app.is_invitation_live(deleted_at timestamptz, accepted_at timestamptz, expires_at timestamptz) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN deleted_at IS NULL AND accepted_at IS NULL AND (expires_at IS NULL OR expires_at > statement_timestamp());

-- Whether an end has passed; without an end, never.
CREATE FUNCTION app.is_expired(expires_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(expires_at <= statement_timestamp(), false);

-- Whether one end is later than another; without an end is latest.
CREATE FUNCTION app.is_later(one timestamptz, other timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(one, 'infinity') > coalesce(other, 'infinity');

-- Whether a document can be read by those who may: uploaded and not in the trash. Its collection is not asked about.
CREATE FUNCTION app.is_document_live(deleted_at timestamptz, status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN deleted_at IS NULL AND status <> 'pending';

-- The access modes say which grants count on a document: in `collection` and `link` those on its collection and its own;
-- in `invite` its own; in `private` none but its owner's, who has both. Whether grants on its collection count.
CREATE FUNCTION app.counts_collection_grants(access_mode text, is_owner boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode = 'collection' OR access_mode = 'link' OR (access_mode = 'private' AND is_owner);

-- Whether grants on the document itself count.
CREATE FUNCTION app.counts_document_grants(access_mode text, is_owner boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode <> 'private' OR is_owner;

-- Whether grants on the collection leave a document closed to whoever does not own it.
CREATE FUNCTION app.is_apart(access_mode text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode IN ('private', 'invite');

-- What a document's owner keeps on it whatever is granted, and may give on: to view and to delete it.
CREATE FUNCTION app.owner_keeps() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN app.view_documents() | app.delete_own_documents();

-- What a document's owner has on it by owning it: they also edit what nobody else sees.
CREATE FUNCTION app.owner_mask(access_mode text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN access_mode = 'private' THEN app.owner_keeps() | app.edit_documents() ELSE app.owner_keeps() END;

-- The mask on a document: what its owner has, and the masks of the grants on its collection and on itself as the mode counts them.
CREATE FUNCTION app.combined_mask(access_mode text, is_owner boolean, on_collection integer, on_document integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN is_owner THEN app.owner_mask(access_mode) ELSE 0 END
    | CASE WHEN app.counts_collection_grants(access_mode, is_owner) THEN on_collection ELSE 0 END
    | CASE WHEN app.counts_document_grants(access_mode, is_owner) THEN on_document ELSE 0 END;

GRANT EXECUTE ON FUNCTION app.is_grant_live, app.is_invitation_live, app.is_expired, app.is_document_live,
  app.counts_collection_grants, app.counts_document_grants, app.owner_keeps, app.owner_mask, app.combined_mask TO sheaf_app;

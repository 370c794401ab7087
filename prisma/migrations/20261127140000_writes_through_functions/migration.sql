-- What gives access is written by functions alone: they look at what a policy cannot (the row as it was, the workspace of
-- roles and groups, limits, the trash). No statement of the application ever wrote these tables by itself.
REVOKE INSERT, UPDATE ON permissions, invitations, public_links FROM sheaf_app;
REVOKE INSERT (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id) ON public_links FROM sheaf_app;
REVOKE UPDATE (role_id, name, expires_at, revoked_at) ON public_links FROM sheaf_app;
REVOKE UPDATE (role_id, expires_at, deleted_at) ON permissions FROM sheaf_app;
REVOKE UPDATE (role_id, expires_at, accepted_at, deleted_at) ON invitations FROM sheaf_app;
REVOKE INSERT ON collections FROM sheaf_app;
DROP POLICY permissions_add ON permissions;
DROP POLICY permissions_change ON permissions;
DROP POLICY invitations_add ON invitations;
DROP POLICY invitations_change ON invitations;
DROP POLICY links_add ON public_links;
DROP POLICY links_change ON public_links;
DROP POLICY collections_add ON collections;

-- An id is a principal: nobody chooses that of a group, person or workspace.
REVOKE INSERT ON groups, users, workspaces FROM sheaf_app;
GRANT INSERT (workspace_id, name, description) ON groups TO sheaf_app;
GRANT INSERT (workspace_id, workspace_role, email, email_normalized, name, language, is_system_admin, is_external, email_verified_at,
  created_at, updated_at, handle, joined_at) ON users TO sheaf_app;
GRANT INSERT (name, created_at) ON workspaces TO sheaf_app;

-- A new document refers to an upload of one's own and to nothing else that is stored.
REVOKE INSERT ON documents FROM sheaf_app;
GRANT INSERT (id, collection_id, owner_id, name, content_type, size_bytes, sha256, status, progress, access_mode, version,
  upload_object_id, created_at, updated_at) ON documents TO sheaf_app;
ALTER POLICY documents_add ON documents
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND status = 'pending' AND access_mode = 'collection'
    AND (upload_object_id IS NULL OR EXISTS (SELECT FROM objects o WHERE o.id = documents.upload_object_id AND o.owner_id = documents.owner_id))
    AND app.collection_mask(collection_id) & 3 = 3 AND app.is_collection_live(collection_id));

-- What `user_principals` is kept from comes and goes by rows; the triggers that keep it know no other change.
CREATE FUNCTION app.stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Not changed, but deleted and added: %', TG_TABLE_NAME USING ERRCODE = '0A000';
END $$;
REVOKE ALL ON FUNCTION app.stays_as_it_is FROM PUBLIC;
CREATE TRIGGER stays_as_it_is BEFORE UPDATE ON group_memberships FOR EACH STATEMENT EXECUTE FUNCTION app.stays_as_it_is();
CREATE TRIGGER stays_as_it_is BEFORE UPDATE ON group_nestings FOR EACH STATEMENT EXECUTE FUNCTION app.stays_as_it_is();
CREATE TRIGGER stays_as_it_is BEFORE UPDATE OF workspace_id ON groups FOR EACH STATEMENT EXECUTE FUNCTION app.stays_as_it_is();

-- Nothing calls these any more.
DROP FUNCTION app.add_collaborator, app.list_collaborators, app.invitation_mail;

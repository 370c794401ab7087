-- --- what pages hear of ---
CREATE TRIGGER tell_collection AFTER UPDATE ON collections FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION app.tell_collection();
-- before, because its grants go with it
CREATE TRIGGER tell_collection_gone BEFORE DELETE ON collections FOR EACH ROW EXECUTE FUNCTION app.tell_collection();
CREATE TRIGGER tell_document AFTER UPDATE ON documents FOR EACH ROW
  WHEN (NEW.status <> 'pending' AND (OLD.status, OLD.name, OLD.access_mode, OLD.collection_id, OLD.owner_id, OLD.deleted_at, OLD.thumbnail_object_id, OLD.version, OLD.progress / 10)
    IS DISTINCT FROM (NEW.status, NEW.name, NEW.access_mode, NEW.collection_id, NEW.owner_id, NEW.deleted_at, NEW.thumbnail_object_id, NEW.version, NEW.progress / 10))
  EXECUTE FUNCTION app.tell_document();
CREATE TRIGGER tell_document_gone BEFORE DELETE ON documents FOR EACH ROW WHEN (OLD.status <> 'pending') EXECUTE FUNCTION app.tell_document();
CREATE TRIGGER tell_grants_given AFTER INSERT ON permissions REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_grants();
CREATE TRIGGER tell_grants_changed AFTER UPDATE ON permissions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.tell_grants();
CREATE TRIGGER tell_grants_gone AFTER DELETE ON permissions REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_grants();
CREATE TRIGGER tell_invitation AFTER INSERT OR UPDATE OF role_id, expires_at, accepted_at, deleted_at, letter_at ON invitations
  FOR EACH ROW EXECUTE FUNCTION app.tell_invitation();
CREATE TRIGGER tell_link AFTER INSERT OR UPDATE OF name, role_id, token_hash, password_hash, allow_download, max_uses, expires_at, revoked_at, last_accessed_at ON public_links
  FOR EACH ROW EXECUTE FUNCTION app.tell_link();
CREATE TRIGGER tell_principals_more AFTER INSERT ON user_principals REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_principals();
CREATE TRIGGER tell_principals_less AFTER DELETE ON user_principals REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_principals();
CREATE TRIGGER tell_group AFTER INSERT OR UPDATE OR DELETE ON groups FOR EACH ROW EXECUTE FUNCTION app.tell_group();
CREATE TRIGGER tell_members_more AFTER INSERT ON group_memberships REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_members();
CREATE TRIGGER tell_members_less AFTER DELETE ON group_memberships REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_members();
CREATE TRIGGER tell_nestings_more AFTER INSERT ON group_nestings REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_nestings();
CREATE TRIGGER tell_nestings_less AFTER DELETE ON group_nestings REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_nestings();
-- those of every workspace are built in
CREATE TRIGGER tell_role AFTER INSERT OR UPDATE ON roles FOR EACH ROW WHEN (NEW.workspace_id IS NOT NULL) EXECUTE FUNCTION app.tell_role();
CREATE TRIGGER tell_workspace AFTER UPDATE OF name ON workspaces FOR EACH ROW EXECUTE FUNCTION app.tell_workspace();
CREATE TRIGGER tell_person AFTER INSERT OR DELETE OR UPDATE OF name, handle, email, language, workspace_id, workspace_role, is_external, is_system_admin, suspended_at
  ON users FOR EACH ROW EXECUTE FUNCTION app.tell_person();
CREATE TRIGGER tell_workspace_invitation AFTER INSERT OR UPDATE OR DELETE ON workspace_invitations FOR EACH ROW EXECUTE FUNCTION app.tell_workspace_invitation();
CREATE TRIGGER tell_quota AFTER UPDATE ON user_quotas FOR EACH ROW
  WHEN ((OLD.tier_name, OLD.collections_used, OLD.documents_used, OLD.storage_bytes_used, OLD.pdf_jobs_used, OLD.pdf_jobs_day, OLD.collections_override, OLD.documents_override,
      OLD.storage_bytes_override, OLD.pdf_jobs_per_day_override, OLD.collaborators_override, OLD.overrides_end_at)
    IS DISTINCT FROM (NEW.tier_name, NEW.collections_used, NEW.documents_used, NEW.storage_bytes_used, NEW.pdf_jobs_used, NEW.pdf_jobs_day, NEW.collections_override,
      NEW.documents_override, NEW.storage_bytes_override, NEW.pdf_jobs_per_day_override, NEW.collaborators_override, NEW.overrides_end_at))
  EXECUTE FUNCTION app.tell_quota();
CREATE TRIGGER tell_job AFTER INSERT OR UPDATE OF status ON pdf_jobs FOR EACH ROW EXECUTE FUNCTION app.tell_job();
CREATE TRIGGER tell_notification_more AFTER INSERT ON notifications REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_notification();
CREATE TRIGGER tell_notification_changed AFTER UPDATE ON notifications REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_notification();
CREATE TRIGGER tell_session AFTER INSERT OR DELETE OR UPDATE OF revoked_at ON sessions FOR EACH ROW EXECUTE FUNCTION app.tell_session();
CREATE TRIGGER tell_token AFTER INSERT OR UPDATE OF revoked_at ON tokens FOR EACH ROW WHEN (NEW.kind = 'access') EXECUTE FUNCTION app.tell_session();

-- --- live_state ---
CALL app.protect('live_state');

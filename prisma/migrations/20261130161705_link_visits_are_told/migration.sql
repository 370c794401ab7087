DROP TRIGGER tell_link ON public_links;

CREATE TRIGGER tell_link AFTER INSERT OR UPDATE OF name, role_id, token_hash, password_hash, allow_download, max_uses, expires_at, revoked_at, last_accessed_at ON public_links
  FOR EACH ROW EXECUTE FUNCTION app.tell_link();

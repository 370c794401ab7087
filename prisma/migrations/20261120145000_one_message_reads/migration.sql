-- Whether a document was shared with the actor singly and they have not opened it: asked by the statement that reads it.
CREATE FUNCTION app.is_unopened(document uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM permissions WHERE document_id = document AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL);
REVOKE ALL ON FUNCTION app.is_unopened FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_unopened TO sheaf_app;

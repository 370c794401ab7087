-- Bodies in quotes name functions of later domains.
SET LOCAL check_function_bodies = off;

-- Writes events to the log in the name of whoever acts; the system may write in anybody's. An event of nobody belongs to
-- the workspace of its resource.
CREATE FUNCTION app.record_audit(entries jsonb, kind text, actor uuid, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE workspace uuid; address text;
BEGIN
  IF NOT app.is_system() AND (kind IS DISTINCT FROM nullif(current_setting('app.actor_kind', true), '')
      OR actor IS DISTINCT FROM CASE WHEN kind IN ('user', 'visitor') THEN app.actor_id() END) THEN
    RAISE EXCEPTION 'In the name of another' USING ERRCODE = '42501';
  END IF;
  IF kind = 'user' THEN
    SELECT u.workspace_id, u.email INTO workspace, address FROM users u WHERE u.id = actor;
  ELSIF kind = 'visitor' THEN
    SELECT c.workspace_id INTO workspace FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) WHERE l.id = actor;
  ELSIF kind = 'everyone' THEN
    SELECT c.workspace_id INTO workspace FROM jsonb_to_recordset(entries) e (resource jsonb)
      LEFT JOIN documents d ON e.resource->>'type' = 'document' AND d.id = (e.resource->>'id')::uuid
      JOIN collections c ON c.id = CASE e.resource->>'type' WHEN 'collection' THEN (e.resource->>'id')::uuid ELSE d.collection_id END LIMIT 1;
  END IF;
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT workspace, e.action, kind, actor, address, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, e.resource->>'name', coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb);
END $$;
GRANT EXECUTE ON FUNCTION app.record_audit TO sheaf_app;

-- Writes events to the log of a workspace in the actor's name, also when the actor is not in it: not yet, or not any
-- more.
CREATE FUNCTION app.record_audit_in(workspace uuid, entries jsonb, from_ip text, request text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT workspace, e.action, 'user', app.actor_id(), u.email, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, e.resource->>'name', coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb) LEFT JOIN users u ON u.id = app.actor_id()
$$;

-- --- audit_events ---
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON audit_events TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY audit_add ON audit_events FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY audit_read ON audit_events FOR SELECT TO sheaf_app
  USING ((resource_type = 'collection' AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = resource_id AND app.allows(g.mask, app.manage_permissions())))
    OR (resource_type = 'document' AND app.allows(app.rights(NULL, resource_id), app.manage_permissions()))
    OR (SELECT app.is_system()));
GRANT INSERT, SELECT ON audit_events TO sheaf_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION app.append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION app.append_only();

-- Nobody calls a function but those who were named.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;

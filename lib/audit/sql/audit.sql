-- Where something happened: the workspace it belongs to, the collection that it is or lies in, its name, and whether it is
-- closed to those who may only do something on the collection. Of what is gone, as its last entry tells.
CREATE FUNCTION app.audit_place(type text, resource uuid)
  RETURNS TABLE (workspace_id uuid, collection_id uuid, name text, is_apart boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  CASE type
    WHEN 'document' THEN RETURN QUERY SELECT c.workspace_id, c.id, d.name, app.is_apart(d.access_mode)
      FROM documents d JOIN collections c ON c.id = d.collection_id WHERE d.id = resource;
    WHEN 'collection' THEN RETURN QUERY SELECT c.workspace_id, c.id, c.name, false FROM collections c WHERE c.id = resource;
    WHEN 'user' THEN RETURN QUERY SELECT u.workspace_id, NULL::uuid, u.name, false FROM users u WHERE u.id = resource;
    WHEN 'group' THEN RETURN QUERY SELECT g.workspace_id, NULL::uuid, g.name, false FROM groups g WHERE g.id = resource;
    WHEN 'workspace' THEN RETURN QUERY SELECT w.id, NULL::uuid, w.name, false FROM workspaces w WHERE w.id = resource;
    ELSE RETURN;
  END CASE;
  IF NOT FOUND AND type IN ('document', 'collection') THEN
    RETURN QUERY SELECT e.workspace_id, e.collection_id, e.resource_name, e.is_apart FROM audit_events e
      WHERE e.resource_id = resource ORDER BY e.id DESC LIMIT 1;
  END IF;
END $$;

-- Writes entries. They belong to the workspace that is given, else to that of what they are about, else to the actor's.
CREATE FUNCTION app.add_audit(workspace uuid, home uuid, entries jsonb, kind text, actor uuid, address text, from_ip text, request text) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, collection_id, is_apart, metadata, ip, request_id)
    SELECT coalesce(workspace, p.workspace_id, home), e.action, kind, actor, address, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, coalesce(e.resource->>'name', p.name), p.collection_id, coalesce(p.is_apart, false),
           coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb)
      LEFT JOIN LATERAL app.audit_place(e.resource->>'type', (e.resource->>'id')::uuid) p ON true
$$;

-- Writes entries to the log in the name of whoever acts; the system may write in anybody's.
CREATE FUNCTION app.record_audit(entries jsonb, kind text, actor uuid, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE home uuid; address text;
BEGIN
  IF NOT app.is_system() AND (kind IS DISTINCT FROM nullif(current_setting('app.actor_kind', true), '')
      OR actor IS DISTINCT FROM CASE WHEN kind IN ('user', 'visitor') THEN app.actor_id() END) THEN
    RAISE EXCEPTION 'In the name of another' USING ERRCODE = '42501';
  END IF;
  IF kind = 'user' THEN
    SELECT u.workspace_id, u.email INTO home, address FROM users u WHERE u.id = actor;
  ELSIF kind = 'visitor' THEN
    SELECT c.workspace_id INTO home FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) WHERE l.id = actor;
  END IF;
  PERFORM app.add_audit(NULL, home, entries, kind, actor, address, from_ip, request);
END $$;
GRANT EXECUTE ON FUNCTION app.record_audit TO sheaf_app;

-- A moment as the API writes it.
CREATE FUNCTION app.iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN to_char(moment AT TIME ZONE 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- Writes one entry in the actor's own name, with the request that the context tells of: for functions that change something,
-- so that nobody changes it without the entry. The subject is {type, id, email}.
CREATE FUNCTION app.audit(action text, resource_type text, resource_id uuid, resource_name text, subject jsonb, metadata jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE kind text := nullif(current_setting('app.actor_kind', true), '');
BEGIN
  PERFORM app.record_audit(
    jsonb_build_array(jsonb_build_object('action', action, 'subject', subject, 'metadata', metadata,
      'resource', jsonb_build_object('type', resource_type, 'id', resource_id, 'name', resource_name))),
    kind, CASE WHEN kind IN ('user', 'visitor') THEN app.actor_id() END,
    nullif(current_setting('app.request_ip', true), ''), nullif(current_setting('app.request_id', true), ''));
END $$;

-- Writes events to the log of a workspace in the actor's name, also when the actor is not in it: not yet, or not any
-- more.
CREATE FUNCTION app.record_audit_in(workspace uuid, entries jsonb, from_ip text, request text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.add_audit(workspace, NULL, entries, 'user', app.actor_id(), (SELECT u.email FROM users u WHERE u.id = app.actor_id()), from_ip, request)
$$;

-- Whom a grant reaches: its person, or everybody in its group. The owner of a collection hears nothing of grants on it.
CREATE FUNCTION app.reached_by_grant(wanted uuid)
  RETURNS TABLE (person uuid, collection_id uuid, document_id uuid, role_id uuid, mask integer, granted_at timestamptz, deleted_at timestamptz, expires_at timestamptz,
    granted_by_id uuid, group_id uuid, group_name text, message text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT up.user_id, p.collection_id, p.document_id, p.role_id, p.mask, p.granted_at, p.deleted_at, p.expires_at, p.granted_by_id, g.id, g.name, p.message
    FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id LEFT JOIN groups g ON g.id = p.group_id
    LEFT JOIN collections c ON c.id = p.collection_id
   WHERE p.id = wanted AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL) AND up.user_id IS DISTINCT FROM c.owner_id
   ORDER BY up.user_id LIMIT app.most_recipients()
$$;

-- What names a role in a notification. Built-in ones are named by the reader's language.
CREATE FUNCTION app.role_facts(role uuid) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT jsonb_build_object('role', CASE WHEN r.workspace_id IS NULL THEN r.name ELSE 'custom' END, 'roleName', r.name) FROM roles r WHERE r.id = role);

-- Who is told that something was shared with them, unless they asked for it and are told that they get it. Members of a group, whom the grant gives nothing that they did not have,
-- are not.
CREATE FUNCTION app.shared_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.person, (event->>'actorId')::uuid, r.collection_id, r.document_id, app.view_documents(),
         app.role_facts(r.role_id) || jsonb_build_object('group', coalesce(r.group_name, '')) || jsonb_strip_nulls(jsonb_build_object('message', r.message)), NULL,
         CASE event->>'mail' WHEN 'none' THEN 'none' WHEN 'letter' THEN 'summary' END
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at) AND app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
     AND NOT coalesce((event->>'isAsked')::boolean, false)
     AND (r.group_id IS NULL OR NOT EXISTS (
       SELECT FROM permissions o JOIN user_principals up ON up.principal_id = o.principal_id
        WHERE up.user_id = r.person AND (o.collection_id = r.collection_id OR o.document_id = r.document_id) AND o.id <> (event->>'grantId')::uuid
          AND o.granted_at <= r.granted_at AND app.covers(o.mask, r.mask) AND app.is_grant_live(o.deleted_at, o.expires_at)))
$$;

-- Who is told that their role, or the end of their access, is another.
CREATE FUNCTION app.role_changed_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.person, (event->>'actorId')::uuid, r.collection_id, r.document_id, app.view_documents(),
         app.role_facts(r.role_id) || jsonb_build_object('isRoleNew', (event->>'isRoleNew')::boolean, 'endsAt', coalesce(app.iso(r.expires_at), '')), NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at) AND app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
     AND NOT coalesce((event->>'isAsked')::boolean, false)
$$;

-- Who is told that they lost access: whoever cannot view the resource any more, by no other way either. They read its name as
-- they knew it: none once it was changed, and none who came into the group after it had lost it.
CREATE FUNCTION app.access_removed_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.person, (event->>'actorId')::uuid, NULL::uuid, NULL::uuid, 0, jsonb_build_object('type', CASE WHEN r.document_id IS NULL THEN 'collection' ELSE 'document' END,
           'name', CASE WHEN was_told.yes AND coalesce(d.updated_at, c.updated_at) <= r.deleted_at THEN coalesce(d.name, c.name) ELSE '' END), NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
    LEFT JOIN documents d ON d.id = r.document_id LEFT JOIN collections c ON c.id = r.collection_id,
    LATERAL (SELECT r.group_id IS NULL OR EXISTS (SELECT FROM group_memberships m WHERE m.group_id = r.group_id AND m.user_id = r.person AND m.created_at < r.deleted_at)) was_told (yes)
   WHERE r.deleted_at IS NOT NULL AND (event->>'isOpen')::boolean AND (d.id IS NOT NULL OR c.id IS NOT NULL)
     AND NOT app.allows(app.person_mask(r.person, r.collection_id, r.document_id), app.view_documents())
$$;

-- Who is told that what they gave was opened for the first time: whoever gave it, while they manage it.
CREATE FUNCTION app.invitation_accepted_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.granted_by_id, r.person, r.collection_id, r.document_id, app.view_documents() | app.manage_permissions(), '{}'::jsonb, NULL, NULL
    FROM app.reached_by_grant((event->>'grantId')::uuid) r
   WHERE app.is_grant_live(r.deleted_at, r.expires_at)
     AND app.covers(app.person_mask(r.granted_by_id, r.collection_id, r.document_id), app.view_documents() | app.manage_permissions())
$$;
GRANT EXECUTE ON FUNCTION app.shared_recipients, app.role_changed_recipients, app.access_removed_recipients, app.invitation_accepted_recipients TO sheaf_app;

-- Makes a member an admin or the other way round; returns the previous role. There is always an active admin.
CREATE FUNCTION app.change_member_role(person uuid, wanted text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_workspace_admin(false); who users := app.demand_member(mine, person);
BEGIN
  IF who.is_external THEN RAISE EXCEPTION 'Guests' USING ERRCODE = 'SH003', DETAIL = 'guest_member'; END IF;
  IF wanted <> 'admin' AND NOT app.has_other_admin(mine, person) THEN
    RAISE EXCEPTION 'The last admin' USING ERRCODE = 'SH003', DETAIL = 'last_admin';
  END IF;
  UPDATE users SET workspace_role = wanted, updated_at = now() WHERE id = person AND workspace_role <> wanted;
  RETURN who.workspace_role;
END $$;
GRANT EXECUTE ON FUNCTION app.change_member_role TO sheaf_app;

-- Locks somebody of a workspace. Refuses what is missing and who is elsewhere alike.
CREATE FUNCTION app.demand_member(workspace uuid, person uuid) RETURNS users
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row users;
BEGIN
  SELECT * INTO found_row FROM users u WHERE u.id = person AND u.workspace_id = workspace FOR NO KEY UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'Nobody of this workspace' USING ERRCODE = 'SH002', DETAIL = 'member'; END IF;
  RETURN found_row;
END $$;

-- Locks the actor's workspace for a change of who is in it, and demands that they administer it: asked again once it is
-- locked, so that of two admins who suspend each other one is refused.
CREATE FUNCTION app.demand_workspace_admin(alone boolean) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.actor_workspace();
BEGIN
  IF mine IS NOT NULL AND app.is_workspace_admin() THEN
    PERFORM app.lock_nestings(alone);
    PERFORM FROM workspaces WHERE id = mine FOR NO KEY UPDATE;
  END IF;
  IF mine IS NULL OR app.actor_workspace() IS DISTINCT FROM mine OR NOT app.is_workspace_admin() THEN
    RAISE EXCEPTION 'Only workspace admins' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
  END IF;
  RETURN mine;
END $$;

-- Whether a workspace has an active admin other than this person.
CREATE FUNCTION app.has_other_admin(workspace uuid, person uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM users u WHERE u.workspace_id = workspace AND u.id <> person AND u.workspace_role = 'admin' AND u.suspended_at IS NULL)
$$;

-- What removal_effects says, for workspace admins, and for everybody about themselves.
CREATE FUNCTION app.member_removal(person uuid)
  RETURNS TABLE (collections integer, trashed_collections integer, documents integer, groups integer, grants integer, obstacle text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.* FROM app.removal_effects(app.actor_workspace(), person) r WHERE app.is_workspace_admin() OR person = app.actor_id()
$$;
GRANT EXECUTE ON FUNCTION app.member_removal TO sheaf_app;

-- What removing a person from a workspace would take from them, and the name of the reason for which it cannot be done,
-- or null.
CREATE FUNCTION app.removal_effects(workspace uuid, person uuid)
  RETURNS TABLE (collections integer, trashed_collections integer, documents integer, groups integer, grants integer, obstacle text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT own.live, own.trashed,
    (SELECT count(*)::integer FROM documents d JOIN collections c ON c.id = d.collection_id
      WHERE d.owner_id = who.id AND d.status <> 'pending' AND c.workspace_id = workspace AND c.owner_id <> who.id),
    (SELECT count(*)::integer FROM group_memberships m JOIN groups g ON g.id = m.group_id WHERE m.user_id = who.id AND g.deleted_at IS NULL),
    (SELECT count(*)::integer FROM permissions p LEFT JOIN documents d ON d.id = p.document_id
       JOIN collections c ON c.id = coalesce(p.collection_id, d.collection_id)
      WHERE p.user_id = who.id AND app.is_grant_live(p.deleted_at, p.expires_at)
        AND c.workspace_id = workspace AND c.owner_id <> who.id),
    CASE WHEN who.is_external THEN 'guest_member'
      WHEN NOT EXISTS (SELECT FROM users o WHERE o.workspace_id = workspace AND o.id <> who.id) THEN 'alone'
      WHEN who.workspace_role = 'admin' AND NOT app.has_other_admin(workspace, who.id) THEN 'last_admin'
      WHEN own.live + own.trashed > 0 THEN 'owns_collections' END
    FROM users who, LATERAL (SELECT count(*) FILTER (WHERE c.deleted_at IS NULL)::integer, count(*) FILTER (WHERE c.deleted_at IS NOT NULL)::integer
      FROM collections c WHERE c.owner_id = who.id AND c.workspace_id = workspace) own (live, trashed)
   WHERE who.id = person AND who.workspace_id = workspace
$$;

-- Takes a person out of the actor's workspace, or lets the actor leave it: they go on with a workspace of their own and
-- lose their groups, what is open to the workspace, and every grant they have here. Refused while they own collections
-- here, which would go with them. Documents they uploaded to others' collections stay where they are. The log of
-- the workspace tells.
CREATE FUNCTION app.remove_member(person uuid, new_workspace_name text, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid; who users; reason text; made uuid; ended jsonb;
BEGIN
  IF person = app.actor_id() AND app.actor_workspace() IS NOT NULL THEN
    mine := app.actor_workspace();
    PERFORM app.lock_nestings(true);
    PERFORM FROM workspaces w WHERE w.id = mine FOR NO KEY UPDATE;
  ELSE
    mine := app.demand_workspace_admin(true);
  END IF;
  SELECT * INTO who FROM users u WHERE u.id = person AND u.workspace_id = mine FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'Nobody of this workspace' USING ERRCODE = 'SH002', DETAIL = 'member'; END IF;
  SELECT r.obstacle INTO reason FROM app.removal_effects(mine, person) r;
  IF reason IS NOT NULL THEN
    RAISE EXCEPTION 'Cannot be removed' USING ERRCODE = CASE WHEN reason IN ('last_admin', 'guest_member') THEN 'SH003' ELSE 'SH004' END, DETAIL = reason;
  END IF;
  WITH revoked AS (
    UPDATE permissions p SET deleted_at = now()
     WHERE p.user_id = person AND p.deleted_at IS NULL AND EXISTS (
       SELECT FROM collections c LEFT JOIN documents d ON d.id = p.document_id
        WHERE c.id = coalesce(p.collection_id, d.collection_id) AND c.workspace_id = mine)
    RETURNING p.id, p.collection_id, p.document_id, p.role_id
  ) SELECT coalesce(jsonb_agg(jsonb_build_object('action', 'permission.revoked',
      'subject', jsonb_build_object('type', 'user', 'id', person, 'email', who.email),
      'resource', CASE WHEN e.document_id IS NULL THEN jsonb_build_object('type', 'collection', 'id', e.collection_id)
        ELSE jsonb_build_object('type', 'document', 'id', e.document_id) END,
      'metadata', jsonb_build_object('grantId', e.id, 'previous', jsonb_build_object('role', r.name), 'because', 'member_removed'))), '[]')
    INTO ended FROM revoked e JOIN roles r ON r.id = e.role_id;
  PERFORM app.record_audit_in(mine, jsonb_build_array(jsonb_build_object(
    'action', CASE WHEN person = app.actor_id() THEN 'member.left' ELSE 'member.removed' END,
    'subject', jsonb_build_object('type', 'user', 'id', person, 'email', who.email),
    'resource', jsonb_build_object('type', 'user', 'id', person, 'name', who.name),
    'metadata', jsonb_build_object('role', who.workspace_role, 'grants', jsonb_array_length(ended)))) || ended, from_ip, request);
  INSERT INTO workspaces (name) VALUES (new_workspace_name) RETURNING workspaces.id INTO made;
  UPDATE users SET workspace_id = made, workspace_role = 'admin', joined_at = now(), updated_at = now() WHERE id = person;
END $$;
GRANT EXECUTE ON FUNCTION app.remove_member TO sheaf_app;

-- Renames the actor's workspace, for its admins; returns the previous name.
CREATE FUNCTION app.rename_workspace(title text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_workspace_admin(false); before text;
BEGIN
  SELECT w.name INTO before FROM workspaces w WHERE w.id = mine;
  UPDATE workspaces SET name = title WHERE id = mine;
  RETURN before;
END $$;
GRANT EXECUTE ON FUNCTION app.rename_workspace TO sheaf_app;

-- Suspends or brings back; true when that changed something. From the next statement on a suspended person is nobody;
-- their sessions end for good, their access tokens until they are back. A workspace's admin does not shut out those who
-- run the instance.
CREATE FUNCTION app.set_member_suspended(person uuid, suspended boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_workspace_admin(false); who users := app.demand_member(mine, person);
BEGIN
  IF person = app.actor_id() THEN RAISE EXCEPTION 'Oneself' USING ERRCODE = 'SH003', DETAIL = 'suspend_self'; END IF;
  IF who.is_system_admin AND NOT EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_system_admin) THEN
    RAISE EXCEPTION 'Runs the instance' USING ERRCODE = 'SH003', DETAIL = 'system_admin_member';
  END IF;
  IF (who.suspended_at IS NOT NULL) = suspended THEN RETURN false; END IF;
  UPDATE users SET suspended_at = CASE WHEN suspended THEN now() END, updated_at = now() WHERE id = person;
  IF suspended THEN UPDATE sessions s SET revoked_at = now() WHERE s.user_id = person AND s.revoked_at IS NULL; END IF;
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.set_member_suspended TO sheaf_app;

-- A page of people outside of the workspace who reach something in it, by address, with the first few things they reach;
-- for its admins. Of a document that the admin may not open no name is told.
CREATE FUNCTION app.workspace_outsiders(part text, after text, at_most integer)
  RETURNS TABLE (address text, email text, user_id uuid, name text, is_guest boolean, is_suspended boolean, reach_count integer, reaches jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT app.actor_workspace() AS id WHERE app.is_workspace_admin()
  ), reached AS (
    SELECT lower(CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END) AS address, CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END AS email, u.id AS user_id, u.name, u.is_external AND u.workspace_id = mine.id AS is_guest,
           u.suspended_at IS NOT NULL AND u.workspace_id = mine.id AS is_suspended,
           p.opened_at IS NOT NULL OR u.workspace_id = mine.id AS is_known,
           c.id AS collection_id, c.name AS collection_name, d.id AS document_id, d.name AS document_name, p.role_id, p.granted_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN permissions p ON p.collection_id = c.id LEFT JOIN documents d ON false JOIN users u ON u.id = p.user_id
     WHERE app.is_grant_live(p.deleted_at, p.expires_at)
       AND (u.workspace_id <> mine.id OR u.is_external) AND u.id <> c.owner_id
    UNION ALL
    SELECT lower(CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END), CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END, u.id, u.name, u.is_external AND u.workspace_id = mine.id, u.suspended_at IS NOT NULL AND u.workspace_id = mine.id,
           p.opened_at IS NOT NULL OR u.workspace_id = mine.id, c.id, c.name, d.id, d.name, p.role_id, p.granted_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN documents d ON d.collection_id = c.id AND d.deleted_at IS NULL AND app.counts_document_grants(d.access_mode, false)
      JOIN permissions p ON p.document_id = d.id JOIN users u ON u.id = p.user_id
     WHERE app.is_grant_live(p.deleted_at, p.expires_at) AND (u.workspace_id <> mine.id OR u.is_external)
    UNION ALL
    SELECT i.email_normalized, i.email, NULL, NULL, false, false, false, c.id, c.name, d.id, d.name, i.role_id, i.created_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN invitations i ON i.collection_id = c.id LEFT JOIN documents d ON false
     WHERE app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
    UNION ALL
    SELECT i.email_normalized, i.email, NULL, NULL, false, false, false, c.id, c.name, d.id, d.name, i.role_id, i.created_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN documents d ON d.collection_id = c.id AND d.deleted_at IS NULL AND app.counts_document_grants(d.access_mode, false) JOIN invitations i ON i.document_id = d.id
     WHERE app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
  ), numbered AS (
    SELECT x.*, row_number() OVER (PARTITION BY x.address ORDER BY lower(x.collection_name), x.collection_id, x.document_name NULLS FIRST) AS nth
      FROM reached x
  )
  SELECT n.address, max(n.email), (array_agg(n.user_id) FILTER (WHERE n.is_known))[1], (array_agg(n.name) FILTER (WHERE n.is_known))[1],
         bool_or(n.is_guest), bool_or(n.is_suspended), count(*)::integer,
         jsonb_agg(jsonb_build_object('collection', jsonb_build_object('id', n.collection_id, 'name', n.collection_name),
           -- a document's name is for those who may open it
           'document', CASE WHEN n.document_id IS NOT NULL THEN jsonb_build_object('id', n.document_id,
             'name', CASE WHEN app.allows(app.rights(NULL, n.document_id), app.view_documents()) THEN n.document_name END) END,
           'role', r.name) ORDER BY n.nth) FILTER (WHERE n.nth <= 5)
    FROM numbered n JOIN roles r ON r.id = n.role_id
   WHERE (after IS NULL OR n.address > after)
   GROUP BY n.address
  HAVING strpos(n.address, lower(part)) > 0 OR strpos(app.folded((array_agg(n.name) FILTER (WHERE n.is_known))[1]), app.folded(part)) > 0
   ORDER BY n.address LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION app.workspace_outsiders TO sheaf_app;

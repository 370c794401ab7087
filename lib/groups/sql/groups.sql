-- Locks a live group of the actor's workspace for a change, with the nesting lock first (alone where nestings or the
-- group itself change). Refuses what is missing, deleted, elsewhere or not shown to guests alike; then those who are no
-- workspace admins.
CREATE FUNCTION app.demand_group(wanted uuid, alone boolean) RETURNS groups
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row groups;
BEGIN
  -- nobody waits for a lock, or holds one, who may not go on anyway
  IF NOT EXISTS (SELECT FROM groups WHERE id = wanted AND workspace_id = app.actor_workspace() AND deleted_at IS NULL) THEN
    RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group';
  END IF;
  IF NOT app.is_workspace_admin() THEN
    RAISE EXCEPTION 'Only workspace admins change groups' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
  END IF;
  PERFORM app.lock_nestings(alone);
  SELECT * INTO found_row FROM groups WHERE id = wanted AND deleted_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group'; END IF;
  RETURN found_row;
END $$;
GRANT EXECUTE ON FUNCTION app.demand_group TO sheaf_app;

-- Ends a group with its nestings and grants, and tells what that was; null when it had ended before. Who was in it stays
-- on record. A new group of the same name is another group.
CREATE FUNCTION app.delete_group(wanted uuid) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row groups; ended jsonb;
BEGIN
  IF app.is_workspace_admin() AND EXISTS (SELECT FROM groups WHERE id = wanted AND workspace_id = app.actor_workspace()) THEN
    PERFORM app.lock_nestings(true);
    IF EXISTS (SELECT FROM groups WHERE id = wanted AND deleted_at IS NOT NULL) THEN RETURN NULL; END IF;
  END IF;
  found_row := app.demand_group(wanted, true);
  WITH unnested AS (DELETE FROM group_nestings WHERE parent_id = wanted OR child_id = wanted RETURNING parent_id, child_id)
    SELECT jsonb_build_object('name', found_row.name, 'members', (SELECT count(*) FROM group_memberships WHERE group_id = wanted),
      'nested', coalesce(jsonb_agg(child_id) FILTER (WHERE parent_id = wanted), '[]'),
      'parents', coalesce(jsonb_agg(parent_id) FILTER (WHERE child_id = wanted), '[]'))
    INTO ended FROM unnested;
  UPDATE groups SET deleted_at = now(), updated_at = now() WHERE id = wanted;
  WITH revoked AS (
    UPDATE permissions p SET deleted_at = now() WHERE p.group_id = wanted AND p.deleted_at IS NULL
    RETURNING p.collection_id, p.document_id, p.role_id
  )
  SELECT ended || jsonb_build_object('grants', coalesce(jsonb_agg(jsonb_build_object('collectionId', x.collection_id,
      'collectionName', c.name, 'documentId', x.document_id, 'role', r.name)), '[]'))
    INTO ended FROM revoked x JOIN roles r ON r.id = x.role_id LEFT JOIN collections c ON c.id = x.collection_id;
  RETURN ended;
END $$;
GRANT EXECUTE ON FUNCTION app.delete_group TO sheaf_app;

-- People who are in a group themselves, and people who act as it now: in it or in a group nested in it, and not
-- suspended.
CREATE FUNCTION app.group_counts(wanted uuid) RETURNS TABLE (direct integer, effective integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT count(*)::integer FROM group_memberships m WHERE m.group_id = g.id),
         (SELECT count(*)::integer FROM user_principals p WHERE p.principal_id = g.id)
    FROM groups g WHERE g.id = wanted AND (g.workspace_id = app.actor_workspace() OR app.is_system())
$$;
GRANT EXECUTE ON FUNCTION app.group_counts TO sheaf_app;

-- A page of what a group's grants open, its own and those of the groups it is nested in. Names are for those who may see
-- the named thing.
CREATE FUNCTION app.group_reach(wanted uuid, after uuid, at_most integer)
  RETURNS TABLE (id uuid, collection_id uuid, collection_name text, document_id uuid, document_name text, role text,
    expires_at timestamptz, via_id uuid, via_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE up (group_id) AS (
    SELECT g.id FROM groups g WHERE g.id = wanted AND g.deleted_at IS NULL AND (g.workspace_id = app.actor_workspace() OR app.is_system())
    UNION
    SELECT n.parent_id FROM up JOIN group_nestings n ON n.child_id = up.group_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  ), reached AS (
    SELECT p.id, p.role_id, p.expires_at, p.deleted_at, p.group_id, p.document_id, c.id AS collection_id, c.name AS collection_name,
           d.name AS document_name, d.owner_id, d.access_mode,
           (lower(c.name), c.id, coalesce(d.id, '00000000-0000-0000-0000-000000000000'::uuid), p.id) AS sort_key,
           c.deleted_at IS NULL AND (d.id IS NULL OR (app.is_document_live(d.deleted_at, d.status) AND app.counts_document_grants(d.access_mode, false))) AS is_open
      FROM permissions p LEFT JOIN documents d ON d.id = p.document_id JOIN collections c ON c.id = coalesce(p.collection_id, d.collection_id)
     WHERE p.group_id IN (SELECT group_id FROM up)
  )
  SELECT x.id, x.collection_id,
         CASE WHEN x.document_id IS NULL OR app.allows(app.collection_mask(x.collection_id), app.view_documents()) THEN x.collection_name ELSE '' END, x.document_id, CASE WHEN app.allows(mine.mask, app.view_documents()) THEN x.document_name END, r.name,
         x.expires_at, g.id, g.name
    FROM reached x JOIN roles r ON r.id = x.role_id JOIN groups g ON g.id = x.group_id,
         LATERAL (SELECT CASE WHEN x.document_id IS NULL THEN app.collection_mask(x.collection_id)
           ELSE app.document_mask(x.document_id, x.collection_id, x.owner_id, x.access_mode) END) mine (mask)
   WHERE x.is_open AND app.is_grant_live(x.deleted_at, x.expires_at)
     AND (after IS NULL OR x.sort_key > (SELECT y.sort_key FROM reached y WHERE y.id = after))
     AND ((SELECT app.is_workspace_admin() OR app.is_system()) OR app.allows(mine.mask, app.view_documents()))
   ORDER BY x.sort_key LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION app.group_reach TO sheaf_app;

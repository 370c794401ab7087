-- Groups as people change them, and what was missing in the upkeep of user_principals:
--   the locks come in one order everywhere (the nesting lock, groups, memberships and nestings, people by id). Before,
--   suspending or removing somebody took the person first and the nesting lock second, and met nesting changes halfway;
--   whoever moves to another workspace leaves the groups of the old one, and a group never acts for people of another;
--   groups end as a whole: a deleted one keeps no nestings (they would forbid others as cycles) and no grants (they
--   would go on counting as collaborators).

-- --- locks -----------------------------------------------------------------------------------------------------
CREATE FUNCTION app.lock_nestings(alone boolean) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF alone THEN PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  ELSE PERFORM pg_advisory_xact_lock_shared(hashtext('sheaf.nestings')); END IF;
END $$;

CREATE FUNCTION app.memberships_lock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_nestings(false);
  RETURN NULL;
END $$;
CREATE TRIGGER memberships_lock BEFORE INSERT OR DELETE ON group_memberships
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_lock();
CREATE TRIGGER people_lock BEFORE UPDATE OF is_external, suspended_at ON users
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_lock();
CREATE TRIGGER groups_lock BEFORE DELETE OR UPDATE OF deleted_at ON groups
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();
-- Leaving takes memberships away, which are otherwise locked before people: so it is alone with the lock.
-- Named to come before people_lock, which then has nothing to wait for.
CREATE TRIGGER leaving_lock BEFORE DELETE OR UPDATE OF workspace_id ON users
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();

-- --- principals ------------------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION app.refresh_principals(people uuid[]) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH RECURSIVE acts_as (user_id, principal_id) AS (
    SELECT m.user_id, m.group_id
      FROM group_memberships m JOIN users u ON u.id = m.user_id JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = ANY (people) AND u.suspended_at IS NULL AND g.deleted_at IS NULL AND g.workspace_id = u.workspace_id
    UNION
    SELECT a.user_id, n.parent_id
      FROM acts_as a JOIN group_nestings n ON n.child_id = a.principal_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  ), wanted AS (
    SELECT user_id, principal_id FROM acts_as
    UNION SELECT id, id FROM users WHERE id = ANY (people) AND suspended_at IS NULL
    UNION SELECT id, workspace_id FROM users WHERE id = ANY (people) AND suspended_at IS NULL AND NOT is_external
    UNION SELECT id, '00000000-0000-0000-0000-000000000001'::uuid FROM users WHERE id = ANY (people) AND suspended_at IS NULL
  ), gone AS (
    DELETE FROM user_principals p
     WHERE p.user_id = ANY (people)
       AND NOT EXISTS (SELECT FROM wanted w WHERE w.user_id = p.user_id AND w.principal_id = p.principal_id)
  )
  INSERT INTO user_principals SELECT user_id, principal_id FROM wanted ON CONFLICT DO NOTHING
$$;

CREATE OR REPLACE FUNCTION app.person_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM user_principals WHERE user_id = OLD.id;
  ELSE
    IF TG_OP = 'UPDATE' AND NEW.workspace_id <> OLD.workspace_id THEN
      DELETE FROM group_memberships m USING groups g WHERE m.user_id = NEW.id AND g.id = m.group_id AND g.workspace_id <> NEW.workspace_id;
    END IF;
    PERFORM app.refresh_principals(ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;

-- --- changing groups -------------------------------------------------------------------------------------------
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

-- Ends a group with everything that hangs on it, and tells what that was; null when it had ended before. Who was in it
-- stays on record. A new group of the same name is another group. Nobody edits deleted_at by itself.
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
REVOKE UPDATE (deleted_at) ON groups FROM sheaf_app;

-- Guests are in one collection and in no group, and nobody is in a group before their address is proven.
DROP POLICY memberships_add ON group_memberships;
CREATE POLICY memberships_add ON group_memberships FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (
    SELECT FROM groups g JOIN users u ON u.workspace_id = g.workspace_id
     WHERE g.id = group_id AND u.id = user_id AND g.deleted_at IS NULL AND NOT u.is_external AND u.email_verified_at IS NOT NULL)));

-- --- looking at groups -----------------------------------------------------------------------------------------
-- People who are in a group themselves, and people who act as it right now: in it or in a group nested in it, and not
-- suspended.
CREATE FUNCTION app.group_counts(wanted uuid) RETURNS TABLE (direct integer, effective integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT count(*)::integer FROM group_memberships m WHERE m.group_id = g.id),
         (SELECT count(*)::integer FROM user_principals p WHERE p.principal_id = g.id)
    FROM groups g WHERE g.id = wanted AND (g.workspace_id = app.actor_workspace() OR app.is_system())
$$;

-- What the people of a group can reach through it: live grants to it and to every group it is in, by collection, a page
-- at a time after a grant. Workspace admins see all of them, others those they may open themselves. A document that the
-- actor may not open has no name here.
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
           (lower(c.name), c.id, coalesce(d.id, '00000000-0000-0000-0000-000000000000'::uuid), p.id) AS place,
           c.deleted_at IS NULL AND (d.id IS NULL OR (d.deleted_at IS NULL AND d.status <> 'pending' AND d.access_mode <> 'private')) AS is_open
      FROM permissions p LEFT JOIN documents d ON d.id = p.document_id JOIN collections c ON c.id = coalesce(p.collection_id, d.collection_id)
     WHERE p.group_id IN (SELECT group_id FROM up)
  )
  SELECT x.id, x.collection_id, x.collection_name, x.document_id, CASE WHEN mine.mask & 1 <> 0 THEN x.document_name END, r.name,
         x.expires_at, g.id, g.name
    FROM reached x JOIN roles r ON r.id = x.role_id JOIN groups g ON g.id = x.group_id,
         LATERAL (SELECT CASE WHEN x.document_id IS NULL THEN app.collection_mask(x.collection_id)
           ELSE app.document_mask(x.document_id, x.collection_id, x.owner_id, x.access_mode) END) mine (mask)
   WHERE x.is_open AND x.deleted_at IS NULL AND (x.expires_at IS NULL OR x.expires_at > statement_timestamp())
     AND (after IS NULL OR x.place > (SELECT y.place FROM reached y WHERE y.id = after))
     AND ((SELECT app.is_workspace_admin() OR app.is_system()) OR mine.mask & 1 <> 0)
   ORDER BY x.place LIMIT at_most
$$;

REVOKE ALL ON FUNCTION app.lock_nestings, app.memberships_lock, app.demand_group, app.delete_group, app.group_counts, app.group_reach FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.demand_group, app.delete_group, app.group_counts, app.group_reach TO sheaf_app;

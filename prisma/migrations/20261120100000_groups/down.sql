DROP FUNCTION app.group_reach, app.group_counts, app.delete_group, app.demand_group;
DROP POLICY memberships_add ON group_memberships;
CREATE POLICY memberships_add ON group_memberships FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (
    SELECT FROM groups g JOIN users u ON u.workspace_id = g.workspace_id WHERE g.id = group_id AND u.id = user_id AND g.deleted_at IS NULL)));
GRANT UPDATE (deleted_at) ON groups TO sheaf_app;
DROP TRIGGER leaving_lock ON users;
DROP TRIGGER groups_lock ON groups;
DROP TRIGGER people_lock ON users;
DROP TRIGGER memberships_lock ON group_memberships;
DROP FUNCTION app.memberships_lock, app.lock_nestings;
CREATE OR REPLACE FUNCTION app.person_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM user_principals WHERE user_id = OLD.id;
  ELSE
    PERFORM pg_advisory_xact_lock_shared(hashtext('sheaf.nestings'));
    PERFORM app.refresh_principals(ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION app.refresh_principals(people uuid[]) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH RECURSIVE acts_as (user_id, principal_id) AS (
    SELECT m.user_id, m.group_id
      FROM group_memberships m JOIN users u ON u.id = m.user_id JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = ANY (people) AND u.suspended_at IS NULL AND g.deleted_at IS NULL
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

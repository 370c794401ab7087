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

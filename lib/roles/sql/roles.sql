-- Makes a role of the actor's workspace, for its admins. A workspace has ten at most, whoever asks.
CREATE FUNCTION app.create_role(title text, about text, bits integer, at_most integer) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_role_admin(); taken integer; made uuid;
BEGIN
  SELECT count(*) INTO taken FROM roles r WHERE r.workspace_id = mine AND r.deleted_at IS NULL;
  at_most := least(at_most, 10);
  IF taken >= at_most THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'customRoles', 'used', taken, 'limit', at_most, 'requested', 1)::text;
  END IF;
  PERFORM app.demand_role_name(mine, title, NULL);
  INSERT INTO roles (workspace_id, name, description, mask) VALUES (mine, title, about, bits) RETURNING id INTO made;
  RETURN made;
END $$;
GRANT EXECUTE ON FUNCTION app.create_role TO sheaf_app;

-- Changes what is not null, and returns what was before. The change holds for every grant of the role from the next
-- statement on.
CREATE FUNCTION app.change_role(wanted uuid, title text, about text, bits integer,
    OUT previous_name text, OUT previous_description text, OUT previous_mask integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_role_admin(); before roles := app.demand_custom_role(mine, wanted);
BEGIN
  IF title IS NOT NULL THEN PERFORM app.demand_role_name(mine, title, wanted); END IF;
  PERFORM app.demand_widening(wanted, bits & ~before.mask, 'role_beyond_own');
  UPDATE roles SET name = coalesce(title, name), description = coalesce(about, description), mask = coalesce(bits, mask), updated_at = now()
   WHERE id = wanted;
  previous_name := before.name;
  previous_description := before.description;
  previous_mask := before.mask;
END $$;
GRANT EXECUTE ON FUNCTION app.change_role TO sheaf_app;

-- Ends a role, and moves what uses it to another one if one is given; refused while it is in use otherwise.
CREATE FUNCTION app.delete_role(wanted uuid, move_to uuid, OUT name text, OUT moved integer, OUT target text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_role_admin(); before roles := app.demand_custom_role(mine, wanted); bits integer; waiting integer;
BEGIN
  name := before.name;
  IF move_to IS NOT NULL THEN
    SELECT r.name, r.mask INTO target, bits FROM roles r
     WHERE r.id = move_to AND r.id <> wanted AND r.deleted_at IS NULL AND (r.workspace_id IS NULL OR r.workspace_id = mine) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
    PERFORM app.demand_widening(wanted, bits & ~before.mask, 'role_move_beyond_own');
  ELSIF EXISTS (SELECT FROM permissions p WHERE p.role_id = wanted AND p.deleted_at IS NULL)
     OR EXISTS (SELECT FROM invitations i WHERE i.role_id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL) THEN
    RAISE EXCEPTION 'Role in use' USING ERRCODE = 'SH004', DETAIL = 'role_in_use';
  END IF;
  UPDATE permissions p SET role_id = move_to WHERE p.role_id = wanted AND p.deleted_at IS NULL;
  GET DIAGNOSTICS moved = ROW_COUNT;
  UPDATE invitations i SET role_id = move_to WHERE i.role_id = wanted AND i.deleted_at IS NULL AND i.accepted_at IS NULL;
  GET DIAGNOSTICS waiting = ROW_COUNT;
  moved := moved + waiting;
  UPDATE roles SET deleted_at = now(), updated_at = now() WHERE id = wanted;
END $$;
GRANT EXECUTE ON FUNCTION app.delete_role TO sheaf_app;

-- Locks a role of the actor's own workspace.
CREATE FUNCTION app.demand_custom_role(mine uuid, wanted uuid) RETURNS roles
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row roles;
BEGIN
  SELECT * INTO found_row FROM roles r WHERE r.id = wanted AND r.workspace_id = mine AND r.deleted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  RETURN found_row;
END $$;

-- Locks the actor's workspace for a change of its roles, and demands that they administer it.
CREATE FUNCTION app.demand_role_admin() RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.actor_workspace();
BEGIN
  IF mine IS NOT NULL AND app.is_workspace_admin() THEN PERFORM FROM workspaces WHERE id = mine FOR NO KEY UPDATE; END IF;
  IF app.actor_workspace() IS NULL OR NOT app.is_workspace_admin() THEN
    RAISE EXCEPTION 'Only workspace admins change roles' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
  END IF;
  RETURN mine;
END $$;

-- Refuses a name that another role of the workspace, or a built-in one, has.
CREATE FUNCTION app.demand_role_name(workspace uuid, title text, itself uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM roles r WHERE (r.workspace_id IS NULL OR r.workspace_id = workspace) AND r.deleted_at IS NULL
      AND app.folded(r.name) = app.folded(title) AND r.id IS DISTINCT FROM itself) THEN
    RAISE EXCEPTION 'Name taken' USING ERRCODE = 'SH004', DETAIL = 'role_name';
  END IF;
END $$;

-- How many grants and invitations a role has that were not revoked; null for those who do not administer it.
CREATE FUNCTION app.role_use_count(wanted uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT ((SELECT count(*) FROM permissions p WHERE p.role_id = r.id AND p.deleted_at IS NULL)
        + (SELECT count(*) FROM invitations i WHERE i.role_id = r.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL))::integer
    FROM roles r WHERE r.id = wanted AND r.workspace_id = app.actor_workspace() AND app.is_workspace_admin()
$$;
GRANT EXECUTE ON FUNCTION app.role_use_count TO sheaf_app;

-- Copies a role's mask to its grants. Those that were revoked go on telling what they gave.
CREATE FUNCTION app.role_mask_changed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE permissions SET mask = NEW.mask WHERE role_id = NEW.id AND deleted_at IS NULL;
  RETURN NULL;
END $$;

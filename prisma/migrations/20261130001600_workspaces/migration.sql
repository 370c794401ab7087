-- Bodies in quotes name functions of later domains.
SET LOCAL check_function_bodies = off;

-- Whether an invitation to a workspace can be accepted: not answered, not taken back, not expired.
CREATE FUNCTION app.is_offer_live(accepted_at timestamptz, declined_at timestamptz, deleted_at timestamptz, expires_at timestamptz) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN accepted_at IS NULL AND declined_at IS NULL AND deleted_at IS NULL AND expires_at > statement_timestamp();

-- Invites addresses into the actor's workspace. Says of each whether it is invited now ('invited'), was already
-- ('again'; role and end are renewed), or is somebody of this workspace ('member', 'guest'); of addresses elsewhere it
-- says nothing. Everybody's invitations together are bounded, because each of them is a mail to a stranger.
CREATE FUNCTION app.invite_members(addresses text[], wanted_role text, ends_at timestamptz, at_most integer)
  RETURNS TABLE (id uuid, address text, outcome text, previous_role text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE mine uuid := app.demand_workspace_admin(false); normal text; known users; before workspace_invitations; waiting integer;
BEGIN
  FOR address, normal IN SELECT DISTINCT ON (lower(trim(a))) trim(a), lower(trim(a)) FROM unnest(addresses) a ORDER BY lower(trim(a)) LOOP
    previous_role := NULL;
    SELECT * INTO known FROM users u WHERE u.workspace_id = mine AND u.email_normalized = normal;
    IF FOUND THEN
      id := NULL;
      outcome := CASE WHEN known.is_external THEN 'guest' ELSE 'member' END;
      RETURN NEXT;
      CONTINUE;
    END IF;
    SELECT * INTO before FROM workspace_invitations i WHERE i.workspace_id = mine AND i.email_normalized = normal
      AND i.accepted_at IS NULL AND i.declined_at IS NULL AND i.deleted_at IS NULL FOR UPDATE;
    IF FOUND THEN
      id := before.id;
      outcome := CASE WHEN before.expires_at > now() THEN 'again' ELSE 'invited' END;
      previous_role := before.role;
      UPDATE workspace_invitations i SET role = wanted_role, expires_at = ends_at,
          invited_by_id = CASE outcome WHEN 'invited' THEN app.actor_id() ELSE i.invited_by_id END,
          created_at = CASE outcome WHEN 'invited' THEN now() ELSE i.created_at END,
          mail_asked_at = CASE outcome WHEN 'invited' THEN now() ELSE i.mail_asked_at END
       WHERE i.id = before.id;
    ELSE
      outcome := 'invited';
      INSERT INTO workspace_invitations AS i (workspace_id, email, email_normalized, role, invited_by_id, expires_at)
        VALUES (mine, address, normal, wanted_role, app.actor_id(), ends_at) RETURNING i.id INTO id;
    END IF;
    RETURN NEXT;
  END LOOP;
  SELECT count(*) INTO waiting FROM workspace_invitations i WHERE i.workspace_id = mine
    AND app.is_offer_live(i.accepted_at, i.declined_at, i.deleted_at, i.expires_at);
  IF waiting > at_most THEN RAISE EXCEPTION 'Too many wait' USING ERRCODE = 'SH004', DETAIL = 'too_many_invitations'; END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.invite_members TO sheaf_app;

-- Whoever has just signed up, and proven an address that one workspace invited, is of that workspace from the start.
-- With two invitations they choose themselves. For the system, which has seen the proof.
CREATE FUNCTION app.join_invited(person uuid) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE offers uuid[]; me users;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO me FROM users u WHERE u.id = person AND u.email_verified_at IS NULL AND u.suspended_at IS NULL AND NOT u.is_external
     AND NOT EXISTS (SELECT FROM collections c WHERE c.owner_id = u.id) AND NOT EXISTS (SELECT FROM documents d WHERE d.owner_id = u.id);
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT array_agg(i.id) INTO offers FROM workspace_invitations i WHERE i.email_normalized = me.email_normalized
     AND app.is_offer_live(i.accepted_at, i.declined_at, i.deleted_at, i.expires_at);
  IF cardinality(offers) IS DISTINCT FROM 1 THEN RETURN NULL; END IF;
  PERFORM app.lock_nestings(true);
  IF app.moving_obstacle(person) IS NOT NULL THEN RETURN NULL; END IF;
  BEGIN
    RETURN app.move_person(person, offers[1]);
  EXCEPTION WHEN SQLSTATE 'SH002' THEN
    -- taken back at the same moment: they have a workspace of their own
    RETURN NULL;
  END;
END $$;
GRANT EXECUTE ON FUNCTION app.join_invited TO sheaf_app;

-- The actor joins the workspace that invited them, with what they own.
CREATE FUNCTION app.join_workspace(wanted uuid) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- nobody waits for the lock, or holds it, whom the invitation is not for
  IF NOT EXISTS (SELECT FROM workspace_invitations i JOIN users u ON u.email_normalized = i.email_normalized
      WHERE i.id = wanted AND u.id = app.actor_id() AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL) THEN
    RAISE EXCEPTION 'No such invitation' USING ERRCODE = 'SH002', DETAIL = 'workspace_invitation';
  END IF;
  PERFORM app.lock_nestings(true);
  RETURN app.move_person(app.actor_id(), wanted);
END $$;
GRANT EXECUTE ON FUNCTION app.join_workspace TO sheaf_app;

-- Moves a person with their collections to the workspace of an invitation, and ends the one they leave. What was open to
-- that workspace is private now: nobody is shown it unasked. Refuses what is not for their address or has ended. Returns
-- what happened for the audit; null when they had accepted before. The caller holds the nesting lock alone.
CREATE FUNCTION app.move_person(person uuid, wanted uuid) RETURNS jsonb
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE old uuid; target uuid; locked uuid; me users; offer workspace_invitations; reason text; done jsonb;
BEGIN
  SELECT u.workspace_id INTO old FROM users u WHERE u.id = person;
  SELECT i.workspace_id INTO target FROM workspace_invitations i WHERE i.id = wanted;
  FOR pass IN 1..2 LOOP
    PERFORM FROM collections c WHERE c.owner_id = person ORDER BY c.id FOR NO KEY UPDATE;
    CONTINUE WHEN pass = 2;
    -- nobody can join either, and the one to be joined is not deleted
    FOR locked IN SELECT p FROM unnest(ARRAY[old, target]) p WHERE p IS NOT NULL ORDER BY p LOOP
      IF locked = old AND old IS DISTINCT FROM target THEN PERFORM FROM workspaces w WHERE w.id = locked FOR UPDATE;
      ELSE PERFORM FROM workspaces w WHERE w.id = locked FOR KEY SHARE; END IF;
    END LOOP;
    -- nothing new can come to be theirs
    SELECT * INTO me FROM users u WHERE u.id = person AND u.suspended_at IS NULL FOR UPDATE;
  END LOOP;
  SELECT * INTO offer FROM workspace_invitations i WHERE i.id = wanted AND i.email_normalized = me.email_normalized FOR UPDATE;
  IF offer.accepted_at IS NOT NULL AND offer.workspace_id = me.workspace_id THEN RETURN NULL; END IF;
  IF offer.id IS NULL OR num_nonnulls(offer.accepted_at, offer.declined_at, offer.deleted_at) > 0 OR offer.expires_at <= clock_timestamp()
    OR NOT EXISTS (SELECT FROM workspaces w WHERE w.id = offer.workspace_id) THEN
    RAISE EXCEPTION 'No such invitation' USING ERRCODE = 'SH002', DETAIL = 'workspace_invitation';
  END IF;
  IF me.workspace_id <> old THEN RAISE EXCEPTION 'Moved meanwhile' USING ERRCODE = '40001'; END IF;
  UPDATE workspace_invitations SET accepted_at = now() WHERE id = wanted;
  -- invited before they came by another way
  IF old = target THEN RETURN NULL; END IF;
  reason := app.moving_obstacle(person);
  IF reason IS NOT NULL THEN RAISE EXCEPTION 'Cannot move' USING ERRCODE = 'SH004', DETAIL = reason; END IF;

  SELECT jsonb_build_object('workspaceId', target, 'workspaceName', (SELECT w.name FROM workspaces w WHERE w.id = target),
      'previousWorkspaceId', old, 'role', offer.role, 'invitedById', offer.invited_by_id,
      'collections', coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'wasOpen', c.visibility = 'workspace') ORDER BY c.id)
        FROM collections c WHERE c.workspace_id = old), '[]'),
      'grants', coalesce((SELECT jsonb_agg(jsonb_build_object('collectionId', p.collection_id, 'documentId', p.document_id, 'groupId', g.id, 'group', g.name))
        FROM permissions p JOIN groups g ON g.id = p.group_id WHERE g.workspace_id = old AND p.deleted_at IS NULL), '[]'))
    INTO done;
  UPDATE collections SET workspace_id = target, visibility = CASE visibility WHEN 'workspace' THEN 'private' ELSE visibility END,
      version = version + (visibility = 'workspace')::integer WHERE workspace_id = old;
  DELETE FROM groups WHERE workspace_id = old;
  DELETE FROM permissions WHERE subject_workspace_id = old;
  -- ended grants go on telling what their roles once were
  UPDATE roles SET workspace_id = target, deleted_at = coalesce(deleted_at, now()) WHERE workspace_id = old;
  UPDATE users SET workspace_id = target, workspace_role = offer.role, joined_at = now(), updated_at = now() WHERE id = person;
  DELETE FROM workspaces WHERE id = old;
  RETURN done;
END $$;

-- Why a person cannot move to another workspace with what they own: the reason's name, or null. Only whoever is alone
-- where they are may: others there would lose the collections, or come along unasked. Groups of a workspace of one
-- person say nothing and end; roles of its own that somebody holds would change what they may, so these come first.
CREATE FUNCTION app.moving_obstacle(person uuid) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN me.is_external THEN 'guest_action'
    WHEN EXISTS (SELECT FROM users o WHERE o.workspace_id = me.workspace_id AND o.id <> me.id)
      OR EXISTS (SELECT FROM collections c WHERE c.workspace_id = me.workspace_id AND c.owner_id <> me.id) THEN 'not_alone'
    WHEN EXISTS (SELECT FROM roles r JOIN permissions p ON p.role_id = r.id
        WHERE r.workspace_id = me.workspace_id AND app.is_grant_live(p.deleted_at, p.expires_at))
      OR EXISTS (SELECT FROM roles r JOIN invitations i ON i.role_id = r.id
        WHERE r.workspace_id = me.workspace_id AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)) THEN 'own_roles_in_use'
  END FROM users me WHERE me.id = person
$$;

-- The invitations to other workspaces that wait for the actor, with what joining would move and what stands in the way.
CREATE FUNCTION app.my_workspace_invitations()
  RETURNS TABLE (id uuid, workspace_name text, inviter_name text, role text, expires_at timestamptz, collections integer, open_collections integer, obstacle text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.id, w.name, coalesce(g.name, w.name), i.role, i.expires_at, own.all_of_them, own.open, app.moving_obstacle(me.id)
    FROM users me JOIN workspace_invitations i ON i.email_normalized = me.email_normalized JOIN workspaces w ON w.id = i.workspace_id
    LEFT JOIN users g ON g.id = i.invited_by_id,
    LATERAL (SELECT count(*)::integer, count(*) FILTER (WHERE c.visibility = 'workspace')::integer FROM collections c
      WHERE c.owner_id = me.id AND c.workspace_id = me.workspace_id) own (all_of_them, open)
   WHERE me.id = app.actor_id() AND me.email_verified_at IS NOT NULL AND me.suspended_at IS NULL AND NOT me.is_external
     AND i.workspace_id <> me.workspace_id
     AND app.is_offer_live(i.accepted_at, i.declined_at, i.deleted_at, i.expires_at)
   ORDER BY i.created_at DESC, i.id
$$;
GRANT EXECUTE ON FUNCTION app.my_workspace_invitations TO sheaf_app;

-- Turns an invitation of the actor down, and tells its workspace's log. One that has expired stays: its admins can still
-- renew it.
CREATE FUNCTION app.decline_workspace_invitation(wanted uuid, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE offer workspace_invitations;
BEGIN
  UPDATE workspace_invitations i SET declined_at = now() FROM users u
   WHERE i.id = wanted AND u.id = app.actor_id() AND u.email_normalized = i.email_normalized AND u.email_verified_at IS NOT NULL
     AND u.suspended_at IS NULL AND app.is_offer_live(i.accepted_at, i.declined_at, i.deleted_at, i.expires_at)
  RETURNING i.* INTO offer;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such invitation' USING ERRCODE = 'SH002', DETAIL = 'workspace_invitation'; END IF;
  PERFORM app.record_audit_in(offer.workspace_id, jsonb_build_array(jsonb_build_object('action', 'member.invitation_declined',
    'subject', jsonb_build_object('type', 'address', 'email', offer.email),
    'metadata', jsonb_build_object('invitationId', offer.id, 'role', offer.role))), from_ip, request);
END $$;
GRANT EXECUTE ON FUNCTION app.decline_workspace_invitation TO sheaf_app;

-- Locks an invitation of the actor's workspace that has not been accepted or taken back.
CREATE FUNCTION app.demand_workspace_invitation(wanted uuid) RETURNS workspace_invitations
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_workspace_admin(false); found_row workspace_invitations;
BEGIN
  SELECT * INTO found_row FROM workspace_invitations i
   WHERE i.id = wanted AND i.workspace_id = mine AND i.accepted_at IS NULL AND i.deleted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such invitation' USING ERRCODE = 'SH002', DETAIL = 'workspace_invitation'; END IF;
  RETURN found_row;
END $$;

-- Has the mail of an invitation sent once more, and the days counted anew. What was declined stays declined.
CREATE FUNCTION app.renew_workspace_invitation(wanted uuid, ends_at timestamptz) RETURNS SETOF workspace_invitations
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before workspace_invitations := app.demand_workspace_invitation(wanted);
BEGIN
  IF before.declined_at IS NOT NULL THEN RAISE EXCEPTION 'Declined' USING ERRCODE = 'SH004', DETAIL = 'invitation_declined'; END IF;
  RETURN QUERY UPDATE workspace_invitations SET expires_at = ends_at, mail_asked_at = clock_timestamp() WHERE id = wanted RETURNING *;
END $$;
GRANT EXECUTE ON FUNCTION app.renew_workspace_invitation TO sheaf_app;

-- Takes an invitation back, and returns it.
CREATE FUNCTION app.revoke_workspace_invitation(wanted uuid) RETURNS SETOF workspace_invitations
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before workspace_invitations := app.demand_workspace_invitation(wanted);
BEGIN
  UPDATE workspace_invitations SET deleted_at = now() WHERE id = wanted;
  RETURN NEXT before;
END $$;
GRANT EXECUTE ON FUNCTION app.revoke_workspace_invitation TO sheaf_app;

-- What the mail of an invitation to a workspace says, while one is due; for the system.
CREATE FUNCTION app.workspace_letter(wanted uuid)
  RETURNS TABLE (email text, language text, inviter_id uuid, inviter_name text, workspace_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.email, coalesce(u.language, g.language, 'en'), g.id, coalesce(g.name, w.name), w.name
    FROM workspace_invitations i JOIN workspaces w ON w.id = i.workspace_id
    LEFT JOIN users g ON g.id = i.invited_by_id LEFT JOIN users u ON u.email_normalized = i.email_normalized
   WHERE i.id = wanted AND app.is_system() AND app.is_offer_live(i.accepted_at, i.declined_at, i.deleted_at, i.expires_at) AND (i.mailed_at IS NULL OR i.mailed_at < i.mail_asked_at)
$$;
GRANT EXECUTE ON FUNCTION app.workspace_letter TO sheaf_app;

-- Notes that the mail of an invitation was sent.
CREATE FUNCTION app.workspace_letter_sent(wanted uuid) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE workspace_invitations SET mailed_at = clock_timestamp() WHERE id = wanted AND app.is_system()
$$;
GRANT EXECUTE ON FUNCTION app.workspace_letter_sent TO sheaf_app;

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

-- --- workspaces ---
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON workspaces TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY workspaces_read ON workspaces FOR SELECT TO sheaf_app
  USING (id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY workspaces_write ON workspaces FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
GRANT INSERT (created_at, name), SELECT ON workspaces TO sheaf_app;

-- --- workspace_invitations ---
ALTER TABLE workspace_invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON workspace_invitations TO sheaf_owner USING (true) WITH CHECK (true);

-- Read by the admins of the workspace. Whom an invitation is for learns of it from my_workspace_invitations; only
-- functions write here.
CREATE POLICY workspace_invitations_read ON workspace_invitations FOR SELECT TO sheaf_app
  USING ((workspace_id = (SELECT app.actor_workspace()) AND (SELECT app.is_workspace_admin())) OR (SELECT app.is_system()));
GRANT SELECT ON workspace_invitations TO sheaf_app;

-- Nobody calls a function but those who were named.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;

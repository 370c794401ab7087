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

DROP FUNCTION app.workspace_outsiders, app.rename_workspace, app.remove_member, app.member_removal, app.removal_of, app.set_member_suspended,
  app.change_member_role, app.decline_workspace_invitation, app.my_workspace_invitations, app.join_invited, app.join_workspace, app.move_person,
  app.moving_obstacle, app.workspace_letter_sent, app.workspace_letter, app.renew_workspace_invitation, app.revoke_workspace_invitation,
  app.demand_workspace_invitation, app.invite_members, app.record_audit_in, app.has_other_admin, app.demand_member, app.demand_workspace_admin;
CREATE OR REPLACE FUNCTION app.create_collection(title text, about text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made uuid := uuidv7(); me uuid := app.actor_id();
BEGIN
  IF app.actor_workspace() IS NULL THEN RAISE EXCEPTION 'Guests have no collections' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  INSERT INTO collections (id, workspace_id, owner_id, name, description) VALUES (made, app.actor_workspace(), me, title, about);
  INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, opened_at)
    SELECT me, made, id, me, now() FROM roles WHERE workspace_id IS NULL AND name = 'owner';
  PERFORM app.quota_charge(me, 'collection:' || made, 1, 0, 0);
  RETURN made;
END $$;
DROP TABLE workspace_invitations;
DROP INDEX users_by_name;
ALTER TABLE users DROP COLUMN joined_at;

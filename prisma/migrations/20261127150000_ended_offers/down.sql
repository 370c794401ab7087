CREATE OR REPLACE FUNCTION app.decline_workspace_invitation(wanted uuid, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE offer workspace_invitations;
BEGIN
  UPDATE workspace_invitations i SET declined_at = now() FROM users u
   WHERE i.id = wanted AND u.id = app.actor_id() AND u.email_normalized = i.email_normalized AND u.email_verified_at IS NOT NULL
     AND u.suspended_at IS NULL AND i.accepted_at IS NULL AND i.declined_at IS NULL AND i.deleted_at IS NULL
  RETURNING i.* INTO offer;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such invitation' USING ERRCODE = 'SH002', DETAIL = 'workspace_invitation'; END IF;
  PERFORM app.record_audit_in(offer.workspace_id, jsonb_build_array(jsonb_build_object('action', 'member.invitation_declined',
    'subject', jsonb_build_object('type', 'address', 'email', offer.email),
    'metadata', jsonb_build_object('invitationId', offer.id, 'role', offer.role))), from_ip, request);
END $$;

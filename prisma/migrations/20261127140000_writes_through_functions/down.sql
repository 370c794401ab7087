DROP TRIGGER stays_as_it_is ON group_memberships;
DROP TRIGGER stays_as_it_is ON group_nestings;
DROP TRIGGER stays_as_it_is ON groups;
DROP FUNCTION app.stays_as_it_is;
ALTER POLICY documents_add ON documents
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND status = 'pending' AND blob_id IS NULL AND deleted_at IS NULL
    AND app.collection_mask(collection_id) & 3 = 3);
REVOKE INSERT ON documents, groups, users, workspaces FROM sheaf_app;
GRANT INSERT ON documents, groups, users, workspaces, permissions, invitations, collections TO sheaf_app;
GRANT UPDATE (role_id, expires_at, deleted_at) ON permissions TO sheaf_app;
GRANT UPDATE (role_id, expires_at, accepted_at, deleted_at) ON invitations TO sheaf_app;
GRANT INSERT (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id) ON public_links TO sheaf_app;
GRANT UPDATE (role_id, name, expires_at, revoked_at) ON public_links TO sheaf_app;
CREATE POLICY collections_add ON collections FOR INSERT TO sheaf_app WITH CHECK (((owner_id = ( SELECT app.actor_id() AS actor_id)) AND (workspace_id = ( SELECT app.actor_workspace() AS actor_workspace)) AND (deleted_at IS NULL)));
CREATE POLICY invitations_add ON invitations FOR INSERT TO sheaf_app WITH CHECK ((( SELECT app.is_system() AS is_system) OR ((invited_by_id = ( SELECT app.actor_id() AS actor_id)) AND ((app.rights(collection_id, document_id) & 512) <> 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = invitations.role_id) AND (r.deleted_at IS NULL) AND ((r.mask & (~ app.rights(invitations.collection_id, invitations.document_id))) = 0)))))));
CREATE POLICY invitations_change ON invitations FOR UPDATE TO sheaf_app USING ((( SELECT app.is_system() AS is_system) OR (((app.rights(collection_id, document_id) & 512) <> 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = invitations.role_id) AND ((r.mask & (~ app.rights(invitations.collection_id, invitations.document_id))) = 0))))))) WITH CHECK ((( SELECT app.is_system() AS is_system) OR (((app.rights(collection_id, document_id) & 512) <> 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = invitations.role_id) AND ((r.mask & (~ app.rights(invitations.collection_id, invitations.document_id))) = 0)))))));
CREATE POLICY links_add ON public_links FOR INSERT TO sheaf_app WITH CHECK ((( SELECT app.is_system() AS is_system) OR ((created_by_id = ( SELECT app.live_actor_id() AS live_actor_id)) AND (( SELECT app.actor_workspace() AS actor_workspace) IS NOT NULL) AND ((app.rights(collection_id, document_id) & 512) <> 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = public_links.role_id) AND ((r.mask & (~ app.rights(public_links.collection_id, public_links.document_id))) = 0)))))));
CREATE POLICY links_change ON public_links FOR UPDATE TO sheaf_app USING ((( SELECT app.is_system() AS is_system) OR ((( SELECT app.actor_workspace() AS actor_workspace) IS NOT NULL) AND ((app.rights(collection_id, document_id) & 512) <> 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = public_links.role_id) AND ((r.mask & (~ app.rights(public_links.collection_id, public_links.document_id))) = 0))))))) WITH CHECK ((( SELECT app.is_system() AS is_system) OR (((app.rights(collection_id, document_id) & 512) <> 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = public_links.role_id) AND ((r.mask & (~ app.rights(public_links.collection_id, public_links.document_id))) = 0)))))));
CREATE POLICY permissions_add ON permissions FOR INSERT TO sheaf_app WITH CHECK (((link_id IS NULL) AND (( SELECT app.is_system() AS is_system) OR ((granted_by_id = ( SELECT app.live_actor_id() AS live_actor_id)) AND (( SELECT app.actor_workspace() AS actor_workspace) IS NOT NULL) AND (subject_workspace_id IS NULL) AND (NOT is_everyone) AND ((app.rights(collection_id, document_id) & 512) <> 0) AND ((mask & (~ app.rights(collection_id, document_id))) = 0) AND (EXISTS ( SELECT
   FROM roles r
  WHERE ((r.id = permissions.role_id) AND (r.deleted_at IS NULL)))) AND ((group_id IS NULL) OR (EXISTS ( SELECT
   FROM groups g
  WHERE ((g.id = permissions.group_id) AND (g.deleted_at IS NULL)))))) OR ((user_id = ( SELECT app.live_actor_id() AS live_actor_id)) AND (EXISTS ( SELECT
   FROM collections c
  WHERE ((c.id = permissions.collection_id) AND (c.owner_id = ( SELECT app.live_actor_id() AS live_actor_id)))))))));
CREATE POLICY permissions_change ON permissions FOR UPDATE TO sheaf_app USING (((link_id IS NULL) AND (( SELECT app.is_system() AS is_system) OR (user_id = ( SELECT app.live_actor_id() AS live_actor_id)) OR (((app.rights(collection_id, document_id) & 512) <> 0) AND ((mask & (~ app.rights(collection_id, document_id))) = 0))))) WITH CHECK ((( SELECT app.is_system() AS is_system) OR ((user_id = ( SELECT app.live_actor_id() AS live_actor_id)) AND (deleted_at IS NOT NULL)) OR (((app.rights(collection_id, document_id) & 512) <> 0) AND ((deleted_at IS NOT NULL) OR ((mask & (~ app.rights(collection_id, document_id))) = 0)))));
CREATE OR REPLACE FUNCTION app.add_collaborator(collection uuid, address text, role_name text, ends_at timestamp with time zone)
 RETURNS TABLE(id uuid, user_id uuid, is_new boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT g.id, g.user_id, g.is_new
    FROM app.grant_access(collection, NULL, address, NULL, (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name), ends_at) g;
END $function$
;
CREATE OR REPLACE FUNCTION app.list_collaborators(collection uuid)
 RETURNS TABLE(id uuid, email text, name text, user_id uuid, role text, is_pending boolean, is_owner boolean, granter_id uuid, granter_name text, granted_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT * FROM (
    SELECT p.id, u.email, CASE WHEN known.yes THEN u.name END, CASE WHEN known.yes THEN u.id END, r.name, NOT known.yes,
           u.id = c.owner_id, g.id, g.name, p.granted_at, p.expires_at
      FROM permissions p JOIN users u ON u.id = p.user_id JOIN roles r ON r.id = p.role_id JOIN collections c ON c.id = p.collection_id
           LEFT JOIN users g ON g.id = p.granted_by_id,
           LATERAL (SELECT p.opened_at IS NOT NULL OR u.id = app.actor_id() OR u.workspace_id = app.actor_workspace()) known (yes)
     WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
    UNION ALL
    SELECT i.id, i.email, NULL, NULL, r.name, true, false, g.id, g.name, i.created_at, i.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id LEFT JOIN users g ON g.id = i.invited_by_id
     WHERE i.collection_id = collection AND i.deleted_at IS NULL AND i.accepted_at IS NULL
       AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
  ) people (id, email, name, user_id, role, is_pending, is_owner, granter_id, granter_name, granted_at, expires_at)
  WHERE app.collection_mask(collection) & 516 <> 0
  ORDER BY NOT is_owner, granted_at, id
$function$
;
CREATE OR REPLACE FUNCTION app.invitation_mail(collaborator uuid)
 RETURNS TABLE(email text, language text, inviter_name text, collection_id uuid, collection_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), coalesce(g.name, ''), c.id, c.name
    FROM (SELECT collaborator) wanted (id)
    LEFT JOIN permissions p ON p.id = wanted.id AND p.deleted_at IS NULL
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN invitations i ON i.id = wanted.id AND i.deleted_at IS NULL
    JOIN collections c ON c.id = coalesce(p.collection_id, i.collection_id) AND c.deleted_at IS NULL
    LEFT JOIN users g ON g.id = coalesce(p.granted_by_id, i.invited_by_id)
   WHERE app.is_system() AND coalesce(u.email, i.email) IS NOT NULL
$function$
;
REVOKE ALL ON FUNCTION app.add_collaborator, app.list_collaborators, app.invitation_mail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.add_collaborator, app.list_collaborators, app.invitation_mail TO sheaf_app;

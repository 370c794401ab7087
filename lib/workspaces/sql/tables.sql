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

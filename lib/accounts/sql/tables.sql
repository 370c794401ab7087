-- --- users ---
ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON users TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY users_read ON users FOR SELECT TO sheaf_app
  USING (id = (SELECT app.actor_id()) OR workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY users_add ON users FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY users_change ON users FOR UPDATE TO sheaf_app USING (id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT (created_at, email, email_normalized, email_verified_at, handle, is_external, is_system_admin, joined_at, language, name, updated_at, workspace_id, workspace_role), SELECT, UPDATE (handle, language, name, updated_at) ON users TO sheaf_app;
CREATE TRIGGER person_changed AFTER INSERT OR DELETE OR UPDATE OF workspace_id, is_external, suspended_at ON users
  FOR EACH ROW EXECUTE FUNCTION app.person_changed();
CREATE TRIGGER quota_opened AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION app.quota_opened();
CREATE TRIGGER people_lock BEFORE UPDATE OF is_external, suspended_at ON users
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_lock();
-- Leaving takes memberships away, which are otherwise locked before people: so it is alone with the lock.
-- Named to come before people_lock, which then has nothing to wait for.
CREATE TRIGGER leaving_lock BEFORE DELETE OR UPDATE OF workspace_id ON users
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();
CREATE TRIGGER owner_suspended AFTER UPDATE OF suspended_at ON users FOR EACH ROW
  WHEN ((OLD.suspended_at IS NULL) <> (NEW.suspended_at IS NULL)) EXECUTE FUNCTION app.owner_suspended();

-- --- credentials ---
ALTER TABLE credentials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON credentials TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY credentials_own ON credentials TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
  WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT, SELECT, UPDATE (changed_at, password_hash) ON credentials TO sheaf_app;

-- --- identities ---
ALTER TABLE identities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON identities TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY identities_own ON identities FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY identities_change ON identities FOR UPDATE TO sheaf_app USING ((SELECT app.is_system()));
GRANT SELECT, UPDATE (email, last_used_at) ON identities TO sheaf_app;

-- --- sessions ---
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON sessions TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY sessions_own ON sessions FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY sessions_add ON sessions FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY sessions_change ON sessions FOR UPDATE TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT, SELECT, UPDATE (last_seen_at, revoked_at) ON sessions TO sheaf_app;

-- --- tokens ---
ALTER TABLE tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON tokens TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY tokens_own ON tokens TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
  WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT INSERT, SELECT, UPDATE (last_used_at, revoked_at, used_at) ON tokens TO sheaf_app;

-- --- second_factors ---
ALTER TABLE second_factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON second_factors TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY second_factors_own ON second_factors FOR ALL TO sheaf_app
  USING (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)))
  WITH CHECK (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)));
GRANT DELETE, INSERT, SELECT, UPDATE (activated_at, backup_salt, created_at, last_step, secret) ON second_factors TO sheaf_app;

-- --- backup_codes ---
ALTER TABLE backup_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON backup_codes TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY backup_codes_own ON backup_codes FOR ALL TO sheaf_app
  USING (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)))
  WITH CHECK (((user_id = ( SELECT app.actor_id() AS actor_id)) OR ( SELECT app.is_system() AS is_system)));
GRANT DELETE, INSERT, SELECT, UPDATE (used_at) ON backup_codes TO sheaf_app;

-- --- registrations ---
ALTER TABLE registrations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON registrations TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY registrations_system ON registrations TO sheaf_app USING ((SELECT app.is_system())) WITH CHECK ((SELECT app.is_system()));
GRANT DELETE, INSERT, SELECT ON registrations TO sheaf_app;

-- --- code_tries ---
ALTER TABLE code_tries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON code_tries TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY code_tries_system ON code_tries TO sheaf_app USING ((SELECT app.is_system())) WITH CHECK ((SELECT app.is_system()));
GRANT DELETE, INSERT, SELECT, UPDATE ON code_tries TO sheaf_app;

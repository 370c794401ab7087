-- --- user_principals ---
ALTER TABLE user_principals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON user_principals TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY principals_own ON user_principals FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON user_principals TO sheaf_app;

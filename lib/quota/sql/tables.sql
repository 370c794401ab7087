-- --- tiers ---
ALTER TABLE tiers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON tiers TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY tiers_read ON tiers FOR SELECT TO sheaf_app USING (true);
GRANT SELECT ON tiers TO sheaf_app;

-- --- user_quotas ---
ALTER TABLE user_quotas ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON user_quotas TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY quotas_read ON user_quotas FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON user_quotas TO sheaf_app;

-- --- quota_ledger ---
ALTER TABLE quota_ledger ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON quota_ledger TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY ledger_read ON quota_ledger FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON quota_ledger TO sheaf_app;

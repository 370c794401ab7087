-- --- rate_windows ---
ALTER TABLE rate_windows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON rate_windows TO sheaf_owner USING (true) WITH CHECK (true);

-- --- rate_tallies ---
ALTER TABLE rate_tallies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON rate_tallies TO sheaf_owner USING (true) WITH CHECK (true);

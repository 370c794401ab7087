-- --- mail_deliveries ---
ALTER TABLE mail_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON mail_deliveries TO sheaf_owner USING (true) WITH CHECK (true);

-- --- mail_refusals ---
ALTER TABLE mail_refusals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON mail_refusals TO sheaf_owner USING (true) WITH CHECK (true);

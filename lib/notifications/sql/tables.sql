-- --- notifications ---
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON notifications TO sheaf_owner USING (true) WITH CHECK (true);

-- --- notified_events ---
ALTER TABLE notified_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON notified_events TO sheaf_owner USING (true) WITH CHECK (true);

-- --- notification_preferences ---
ALTER TABLE notification_preferences ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON notification_preferences TO sheaf_owner USING (true) WITH CHECK (true);

-- --- notification_settings ---
ALTER TABLE notification_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON notification_settings TO sheaf_owner USING (true) WITH CHECK (true);

-- --- notification_mails ---
ALTER TABLE notification_mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON notification_mails TO sheaf_owner USING (true) WITH CHECK (true);

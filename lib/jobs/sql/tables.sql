-- --- outbox ---
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON outbox TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY outbox_add ON outbox FOR INSERT TO sheaf_app WITH CHECK (seq IS NULL AND ((SELECT app.actor_id()) IS NOT NULL OR (SELECT app.is_system())));
CREATE POLICY outbox_read ON outbox FOR SELECT TO sheaf_app USING (app.is_system());
CREATE POLICY outbox_change ON outbox FOR UPDATE TO sheaf_app USING (app.is_system());
CREATE POLICY outbox_remove ON outbox FOR DELETE TO sheaf_app USING (app.is_system());
GRANT DELETE, INSERT, SELECT, UPDATE (delivered_at, seq) ON outbox TO sheaf_app;

GRANT USAGE ON SEQUENCE outbox_seq TO sheaf_app;

ALTER TABLE outbox DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON outbox;
DROP POLICY outbox_remove ON outbox;
DROP POLICY outbox_read ON outbox;
DROP POLICY outbox_change ON outbox;
DROP POLICY outbox_add ON outbox;
REVOKE ALL ON TABLE outbox FROM sheaf_app;
REVOKE ALL ON SEQUENCE outbox_seq FROM sheaf_app;

DROP TRIGGER append_only_all ON audit_events;
DROP TRIGGER append_only ON audit_events;
ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON audit_events;
DROP POLICY audit_read ON audit_events;
DROP POLICY audit_add ON audit_events;
DROP FUNCTION app.record_audit_in(uuid,jsonb,text,text);
DROP FUNCTION app.record_audit(jsonb,text,uuid,text,text);
REVOKE ALL ON TABLE audit_events FROM sheaf_app;

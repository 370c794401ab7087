-- --- audit_events ---
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON audit_events TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY audit_read ON audit_events FOR SELECT TO sheaf_app
  USING ((resource_type = 'collection' AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = resource_id AND app.allows(g.mask, app.manage_permissions())))
    OR (resource_type = 'document' AND app.allows(app.rights(NULL, resource_id), app.manage_permissions()))
    OR (SELECT app.is_system()));
GRANT SELECT ON audit_events TO sheaf_app;

-- Keeps entries as they were written, whoever asks. Only app.erase_from_audit takes away what concerns a person.
CREATE FUNCTION app.keep_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('app.erases_audit', true) = 'on' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'Entries of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION app.keep_audit();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION app.keep_audit();

-- --- what seals it ---
CALL app.protect('audit_seals');
CREATE POLICY seals_read ON audit_seals FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));
GRANT SELECT ON audit_seals TO sheaf_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION app.keep_audit();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION app.keep_audit();

CALL app.protect('audit_blocks');
CREATE POLICY blocks_read ON audit_blocks FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));
GRANT SELECT ON audit_blocks TO sheaf_app;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_blocks FOR EACH ROW EXECUTE FUNCTION app.append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_blocks FOR EACH STATEMENT EXECUTE FUNCTION app.append_only();

CALL app.protect('audit_chains');
CREATE POLICY chains_read ON audit_chains FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));
GRANT SELECT ON audit_chains TO sheaf_app;

CALL app.protect('audit_checkpoints');
CREATE POLICY checkpoints_read ON audit_checkpoints FOR SELECT TO sheaf_app USING ((SELECT app.is_system()));
GRANT SELECT ON audit_checkpoints TO sheaf_app;

CALL app.protect('audit_cursor');

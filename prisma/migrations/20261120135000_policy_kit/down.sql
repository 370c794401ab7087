DROP POLICY jobs_read ON pdf_jobs;
CREATE POLICY jobs_read ON pdf_jobs FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
DROP TRIGGER append_only ON audit_events;
DROP TRIGGER append_only_all ON audit_events;
DROP POLICY audit_read ON audit_events;
CREATE POLICY audit_read ON audit_events FOR SELECT TO sheaf_app
  USING ((resource_type = 'collection' AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = resource_id AND g.mask & 512 <> 0))
    OR (SELECT app.is_system()));
DROP POLICY audit_add ON audit_events;
CREATE POLICY audit_add ON audit_events FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR (actor_kind <> 'system' AND actor_id IS NOT DISTINCT FROM (SELECT app.actor_id())));
DROP PROCEDURE app.protect_remarks, app.protect_versions, app.protect_log, app.protect;
DROP FUNCTION app.authored, app.record_audit, app.append_only, app.live_rights;

-- --- objects ---
ALTER TABLE objects ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON objects TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY objects_read ON objects FOR SELECT TO sheaf_app USING (owner_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY objects_add ON objects FOR INSERT TO sheaf_app
  WITH CHECK ((owner_id = (SELECT app.actor_id()) AND state = 'pending') OR (SELECT app.is_system()));
CREATE POLICY objects_change ON objects FOR UPDATE TO sheaf_app USING (app.is_system());
CREATE POLICY objects_remove ON objects FOR DELETE TO sheaf_app USING (app.is_system());
GRANT DELETE, INSERT, SELECT, UPDATE (doomed_at, state) ON objects TO sheaf_app;

-- --- blobs ---
ALTER TABLE blobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON blobs TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY blobs_read ON blobs FOR SELECT TO sheaf_app USING (owner_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON blobs TO sheaf_app;

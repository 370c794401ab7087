-- --- access_requests ---
ALTER TABLE access_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON access_requests TO sheaf_owner USING (true) WITH CHECK (true);
-- Read by whoever asked; those who answer read them by functions. Only functions write here.
CREATE POLICY access_requests_own ON access_requests FOR SELECT TO sheaf_app
  USING (requester_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON access_requests TO sheaf_app;
CREATE TRIGGER tell_request AFTER INSERT OR UPDATE OF status, message ON access_requests FOR EACH ROW EXECUTE FUNCTION app.tell_request();

ALTER TABLE rate_windows DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON rate_windows;
DROP FUNCTION app.count_call(text,integer,integer);

DO $$
DECLARE policy record; tab text;
BEGIN
  FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
  END LOOP;
  FOR tab IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity LOOP
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', tab);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', tab);
  END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM sheaf_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM sheaf_app;
DROP SCHEMA app CASCADE;

-- Counts one call in the current window, and says whether it is allowed, how many are left and when the window ends.
-- Refused calls are not counted.
CREATE FUNCTION app.count_call(bucket text, most integer, window_seconds integer) RETURNS TABLE (is_allowed boolean, remaining integer, resets_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE opened timestamptz(3) := to_timestamp(floor(extract(epoch FROM clock_timestamp()) / window_seconds) * window_seconds); counted integer;
BEGIN
  INSERT INTO rate_windows AS w VALUES (bucket, opened, 1)
    ON CONFLICT (key, started_at) DO UPDATE SET count = w.count + 1 WHERE w.count < most RETURNING count INTO counted;
  RETURN QUERY SELECT counted IS NOT NULL, greatest(most - coalesce(counted, most), 0), opened + make_interval(secs => window_seconds);
END $$;
GRANT EXECUTE ON FUNCTION app.count_call TO sheaf_app;

-- --- rate_windows ---
ALTER TABLE rate_windows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON rate_windows TO sheaf_owner USING (true) WITH CHECK (true);

-- Nobody calls a function but those who were named.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;

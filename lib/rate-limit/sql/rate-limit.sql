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

-- Takes one call back out of the window that runs now.
CREATE FUNCTION app.return_call(bucket text, window_seconds integer) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE rate_windows w SET count = w.count - 1
   WHERE w.key = bucket AND w.started_at = to_timestamp(floor(extract(epoch FROM clock_timestamp()) / window_seconds) * window_seconds) AND w.count > 0
$$;
GRANT EXECUTE ON FUNCTION app.return_call TO sheaf_app;

-- Adds to what operators see: who called which route how often this hour, and how often too often.
CREATE FUNCTION app.add_rate_tallies(routes text[], callers text[], called integer[], refusals integer[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO rate_tallies AS t (hour, route, caller, calls, refused)
    SELECT date_trunc('hour', now()), n.route, n.caller, sum(n.calls), sum(n.refused) FROM unnest(routes, callers, called, refusals) n (route, caller, calls, refused)
     GROUP BY n.route, n.caller ORDER BY n.route, n.caller
    ON CONFLICT (hour, route, caller) DO UPDATE SET calls = t.calls + excluded.calls, refused = t.refused + excluded.refused
$$;
GRANT EXECUTE ON FUNCTION app.add_rate_tallies TO sheaf_app;

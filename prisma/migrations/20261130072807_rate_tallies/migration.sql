-- CreateTable
CREATE TABLE "rate_tallies" (
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "route" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "calls" BIGINT NOT NULL,
    "refused" BIGINT NOT NULL,

    CONSTRAINT "rate_tallies_pkey" PRIMARY KEY ("hour","route","caller")
);

-- Deletes what has ended some time ago, and returns how much of each kind. Tries of codes and windows of rate limits go
-- after two days, as no wait is longer than an hour; tallies of calls after a week.
CREATE OR REPLACE FUNCTION app.sweep_expired() RETURNS TABLE (sessions integer, tokens integer, registrations integer, second_factors integer, rate_windows integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sweeps' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  DELETE FROM public.sessions s WHERE least(s.expires_at, s.revoked_at) < now() - interval '7 days';
  GET DIAGNOSTICS sessions = ROW_COUNT;
  DELETE FROM public.tokens t WHERE least(t.expires_at, t.used_at, t.revoked_at) < now() - CASE t.kind WHEN 'access' THEN interval '30 days' ELSE interval '1 day' END;
  GET DIAGNOSTICS tokens = ROW_COUNT;
  DELETE FROM public.registrations r WHERE r.expires_at <= now();
  GET DIAGNOSTICS registrations = ROW_COUNT;
  DELETE FROM public.second_factors f WHERE f.activated_at IS NULL AND f.created_at < now() - interval '1 day';
  GET DIAGNOSTICS second_factors = ROW_COUNT;
  DELETE FROM public.code_tries t WHERE t.tried_at < now() - interval '2 days';
  DELETE FROM public.rate_windows w WHERE w.started_at < now() - interval '2 days';
  GET DIAGNOSTICS rate_windows = ROW_COUNT;
  DELETE FROM public.rate_tallies t WHERE t.hour < now() - interval '7 days';
  RETURN NEXT;
END $$;

-- Adds to what operators see: who called which route how often this hour, and how often too often.
CREATE FUNCTION app.add_rate_tallies(routes text[], callers text[], called integer[], refusals integer[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO rate_tallies AS t (hour, route, caller, calls, refused)
    SELECT date_trunc('hour', now()), n.route, n.caller, sum(n.calls), sum(n.refused) FROM unnest(routes, callers, called, refusals) n (route, caller, calls, refused)
     GROUP BY n.route, n.caller ORDER BY n.route, n.caller
    ON CONFLICT (hour, route, caller) DO UPDATE SET calls = t.calls + excluded.calls, refused = t.refused + excluded.refused
$$;

CREATE POLICY owner_all ON rate_tallies TO sheaf_owner USING (true) WITH CHECK (true);

ALTER TABLE rate_tallies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.add_rate_tallies(text[],text[],integer[],integer[])
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.add_rate_tallies(text[],text[],integer[],integer[])
  TO sheaf_app;

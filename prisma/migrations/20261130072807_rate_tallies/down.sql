SET LOCAL check_function_bodies = off;

ALTER TABLE rate_tallies DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY owner_all ON rate_tallies;
DROP FUNCTION app.add_rate_tallies(text[],text[],integer[],integer[]);

-- DropTable
DROP TABLE "public"."rate_tallies";

CREATE OR REPLACE FUNCTION app.sweep_expired()
 RETURNS TABLE(sessions integer, tokens integer, registrations integer, second_factors integer, rate_windows integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
  RETURN NEXT;
END $function$
;

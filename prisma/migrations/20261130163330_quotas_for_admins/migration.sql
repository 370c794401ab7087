-- AlterTable
ALTER TABLE "user_quotas" ADD COLUMN     "overrides_reason" TEXT;

-- What somebody who runs the instance learns of quotas: figures and people, never a name of what they store.

-- Refuses whoever does not run the instance.
CREATE FUNCTION app.demand_system_admin() RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.is_system() OR EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_system_admin AND u.suspended_at IS NULL) THEN RETURN; END IF;
  RAISE EXCEPTION 'Only for who runs the instance' USING ERRCODE = 'SH003', DETAIL = 'system_admin';
END $$;

CREATE TYPE app.quota_person AS (
  id uuid, name text, email text, workspace_name text, is_suspended boolean, tier text,
  collections_used integer, documents_used integer, storage_bytes_used bigint, pdf_jobs_used integer,
  collections integer, documents integer, storage_bytes bigint, pdf_jobs integer, collaborators integer,
  share double precision, collections_override integer, documents_override integer, storage_bytes_override bigint,
  pdf_jobs_override integer, collaborators_override integer, overrides_end_at timestamptz, overrides_reason text,
  joined_at timestamptz, last_active_at timestamptz);

-- People with their use, a page at a time. Sorted by storage or share from the largest, or by name. `near` are those at
-- 80 percent or more of a limit and not over one, `over` those who have more than a limit allows.
CREATE FUNCTION app.list_quotas(q text, tier text, state text, sort text, after_value text, after_id uuid, at_most integer)
  RETURNS SETOF app.quota_person LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.demand_system_admin();
  RETURN QUERY
    SELECT p.* FROM (
      SELECT s.user_id FROM app.quota_standings s JOIN users u ON u.id = s.user_id
       WHERE (q = '' OR strpos(app.folded(u.name), app.folded(q)) > 0 OR strpos(u.email_normalized, lower(q)) > 0)
         AND (tier IS NULL OR s.tier_name = tier)
         AND CASE state WHEN 'near' THEN s.share >= 0.8 AND s.share <= 1 WHEN 'over' THEN s.share > 1 ELSE true END
         AND (after_id IS NULL OR CASE sort
           WHEN 'storage' THEN (s.storage_bytes_used, s.user_id) < (after_value::bigint, after_id)
           WHEN 'share' THEN (s.share, s.user_id) < (after_value::double precision, after_id)
           ELSE (lower(u.name), u.id) > (lower(after_value), after_id) END)
       ORDER BY CASE WHEN sort = 'storage' THEN s.storage_bytes_used END DESC, CASE WHEN sort = 'share' THEN s.share END DESC,
                CASE WHEN sort = 'name' THEN lower(u.name) END, CASE WHEN sort = 'name' THEN u.id END, s.user_id DESC
       LIMIT at_most) found,
      LATERAL app.quota_person_of(found.user_id) p
     ORDER BY CASE WHEN sort = 'storage' THEN p.storage_bytes_used END DESC, CASE WHEN sort = 'share' THEN p.share END DESC,
              CASE WHEN sort = 'name' THEN lower(p.name) END, CASE WHEN sort = 'name' THEN p.id END, p.id DESC;
END $$;

-- The figures of everybody together: how many people, what they use, how many are near a limit or over one, how many
-- uploads were refused, and how full people are in steps of ten percent (the last step is everybody over a limit).
CREATE FUNCTION app.quota_summary(since_days integer)
  RETURNS TABLE (people integer, documents bigint, storage_bytes bigint, near integer, over integer, refusals integer, steps integer[], tiers jsonb)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.demand_system_admin();
  RETURN QUERY
    WITH standings AS MATERIALIZED (SELECT s.tier_name, s.documents_used, s.storage_bytes_used, s.share FROM app.quota_standings s)
    SELECT count(*)::int, coalesce(sum(s.documents_used), 0)::bigint, coalesce(sum(s.storage_bytes_used), 0)::bigint,
      count(*) FILTER (WHERE s.share >= 0.8 AND s.share <= 1)::int, count(*) FILTER (WHERE s.share > 1)::int,
      (SELECT coalesce(sum(r.refused), 0)::int FROM app.quota_refusals(since_days) r),
      (SELECT array_agg(coalesce(c.people, 0) ORDER BY n) FROM generate_series(0, 10) n LEFT JOIN
        (SELECT CASE WHEN b.share > 1 THEN 10 ELSE least(floor(b.share * 10), 9)::int END AS step, count(*)::int AS people
           FROM standings b GROUP BY 1) c ON c.step = n),
      (SELECT coalesce(jsonb_object_agg(g.tier_name, g.people), '{}') FROM (SELECT b.tier_name, count(*) AS people FROM standings b GROUP BY 1) g)
    FROM standings s;
END $$;

-- How often somebody was refused for a limit, by day; the log is read workspace by workspace, where it is ordered.
CREATE FUNCTION app.quota_refusals(since_days integer) RETURNS TABLE (day date, refused integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (e.created_at AT TIME ZONE 'utc')::date, count(*)::int
    FROM workspaces w JOIN audit_events e ON e.workspace_id = w.id AND e.action = 'quota.refused'
     AND e.id >= app.audit_id_at((now() AT TIME ZONE 'utc')::date - since_days + 1)
   GROUP BY 1
$$;

-- What was stored at the end of each of the last days, and what was refused on it; from old to new. Told from today's
-- counters back through the ledger, so people who are gone are in none of it.
CREATE FUNCTION app.quota_history(since_days integer) RETURNS TABLE (day date, documents bigint, storage_bytes bigint, refused integer)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.demand_system_admin();
  RETURN QUERY
    WITH today AS (SELECT (now() AT TIME ZONE 'utc')::date AS day),
    days AS (SELECT (t.day - n)::date AS day FROM today t, generate_series(0, since_days - 1) n),
    changes AS (
      SELECT (l.created_at AT TIME ZONE 'utc')::date AS day, sum(l.documents) AS documents, sum(l.storage_bytes) AS storage_bytes
        FROM quota_ledger l, today t WHERE l.id >= app.audit_id_at(t.day - since_days + 1) GROUP BY 1),
    total AS (SELECT coalesce(sum(q.documents_used), 0) AS documents, coalesce(sum(q.storage_bytes_used), 0) AS storage_bytes FROM user_quotas q)
    SELECT d.day,
      (t.documents - coalesce(sum(c.documents) OVER later, 0))::bigint,
      (t.storage_bytes - coalesce(sum(c.storage_bytes) OVER later, 0))::bigint,
      coalesce(r.refused, 0)
    FROM days d CROSS JOIN total t LEFT JOIN changes c ON c.day = d.day LEFT JOIN app.quota_refusals(since_days) r ON r.day = d.day
    WINDOW later AS (ORDER BY d.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ORDER BY d.day;
END $$;

-- Who uploaded most in the last days, by what was charged to them and not given back.
CREATE FUNCTION app.top_uploaders(since_days integer, at_most integer) RETURNS TABLE (id uuid, name text, email text, storage_bytes bigint, documents bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.demand_system_admin();
  RETURN QUERY SELECT u.id, u.name, u.email, m.storage_bytes, m.documents FROM (
      SELECT l.user_id, sum(l.storage_bytes)::bigint AS storage_bytes, sum(l.documents)::bigint AS documents FROM quota_ledger l
       WHERE l.id >= app.audit_id_at((now() AT TIME ZONE 'utc')::date - since_days + 1)
       GROUP BY 1 HAVING sum(l.storage_bytes) > 0 ORDER BY 2 DESC, 1 LIMIT at_most) m JOIN users u ON u.id = m.user_id
    ORDER BY m.storage_bytes DESC, u.id;
END $$;

-- Gives a person another tier, limits of their own, or both. What is not named in `changes` stays; a limit that is null
-- there is the tier's again. Limits of their own hold until `ends`, for good without one. Nothing that is used is taken
-- away: a smaller limit only keeps more from coming. Returns the person as they are then.
CREATE FUNCTION app.set_quota(person uuid, changes jsonb, why text, ends timestamptz) RETURNS SETOF app.quota_person
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE was user_quotas; now_is user_quotas; who users;
BEGIN
  PERFORM app.demand_system_admin();
  SELECT * INTO was FROM user_quotas q WHERE q.user_id = person FOR UPDATE;
  SELECT * INTO who FROM users u WHERE u.id = person;
  IF was.user_id IS NULL OR who.id IS NULL THEN RAISE EXCEPTION 'No such person' USING ERRCODE = 'SH002', DETAIL = 'person'; END IF;
  IF changes ? 'tier' AND NOT EXISTS (SELECT FROM tiers t WHERE t.name = changes->>'tier') THEN
    RAISE EXCEPTION 'No such tier' USING ERRCODE = 'SH002', DETAIL = 'tier';
  END IF;
  -- what ended is not kept on by a change of something else
  IF was.overrides_end_at <= statement_timestamp() THEN
    was.collections_override := NULL; was.documents_override := NULL; was.storage_bytes_override := NULL;
    was.pdf_jobs_per_day_override := NULL; was.collaborators_override := NULL;
  END IF;
  now_is := was;
  IF changes ? 'tier' THEN now_is.tier_name := changes->>'tier'; END IF;
  IF changes ? 'collections' THEN now_is.collections_override := (changes->>'collections')::int; END IF;
  IF changes ? 'documents' THEN now_is.documents_override := (changes->>'documents')::int; END IF;
  IF changes ? 'storageBytes' THEN now_is.storage_bytes_override := (changes->>'storageBytes')::bigint; END IF;
  IF changes ? 'pdfJobsPerDay' THEN now_is.pdf_jobs_per_day_override := (changes->>'pdfJobsPerDay')::int; END IF;
  IF changes ? 'collaboratorsPerCollection' THEN now_is.collaborators_override := (changes->>'collaboratorsPerCollection')::int; END IF;
  UPDATE user_quotas q SET tier_name = now_is.tier_name, collections_override = now_is.collections_override, documents_override = now_is.documents_override,
      storage_bytes_override = now_is.storage_bytes_override, pdf_jobs_per_day_override = now_is.pdf_jobs_per_day_override,
      collaborators_override = now_is.collaborators_override,
      overrides_end_at = CASE WHEN o.is_own THEN ends END, overrides_reason = CASE WHEN o.is_own THEN why END
    FROM (SELECT coalesce(now_is.collections_override::bigint, now_is.documents_override, now_is.storage_bytes_override, now_is.pdf_jobs_per_day_override,
        now_is.collaborators_override) IS NOT NULL) o (is_own)
   WHERE q.user_id = person RETURNING q.* INTO now_is;
  PERFORM app.audit('quota.changed', 'user', person, who.name, jsonb_build_object('type', 'user', 'id', person, 'email', who.email),
    jsonb_build_object('previous', app.told_quota(was), 'new', app.told_quota(now_is), 'reason', why));
  RETURN QUERY SELECT p.* FROM app.quota_person_of(person) p;
END $$;

-- Tier and own limits as the log tells of them.
CREATE FUNCTION app.told_quota(quota user_quotas) RETURNS jsonb LANGUAGE sql STABLE
  RETURN jsonb_strip_nulls(jsonb_build_object('tier', quota.tier_name, 'collections', quota.collections_override, 'documents', quota.documents_override,
    'storageBytes', quota.storage_bytes_override, 'pdfJobsPerDay', quota.pdf_jobs_per_day_override,
    'collaboratorsPerCollection', quota.collaborators_override, 'endsAt', app.iso(quota.overrides_end_at)));

-- Counters that are not what the rows say, with both: none, or something is wrong.
CREATE FUNCTION app.quota_drift() RETURNS TABLE (id uuid, email text, resource text, counted bigint, actual bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.demand_system_admin();
  RETURN QUERY
    SELECT u.id, u.email, r.resource, r.counted, r.actual FROM user_quotas q JOIN users u ON u.id = q.user_id
      LEFT JOIN (SELECT c.owner_id, count(*) AS n FROM collections c GROUP BY 1) c ON c.owner_id = q.user_id
      LEFT JOIN (SELECT d.owner_id, count(*) AS n FROM documents d WHERE d.status <> 'pending' GROUP BY 1) d ON d.owner_id = q.user_id
      LEFT JOIN (SELECT b.owner_id, sum(b.size_bytes) AS n FROM blobs b WHERE b.refs > 0 GROUP BY 1) b ON b.owner_id = q.user_id
      LEFT JOIN (SELECT l.user_id, sum(l.collections) AS collections, sum(l.documents) AS documents, sum(l.storage_bytes) AS storage_bytes
                   FROM quota_ledger l GROUP BY 1) l ON l.user_id = q.user_id,
      LATERAL (VALUES ('collections', q.collections_used::bigint, coalesce(c.n, 0)), ('documents', q.documents_used::bigint, coalesce(d.n, 0)),
                      ('storageBytes', q.storage_bytes_used, coalesce(b.n, 0)::bigint),
                      ('ledger of collections', q.collections_used::bigint, coalesce(l.collections, 0)),
                      ('ledger of documents', q.documents_used::bigint, coalesce(l.documents, 0)),
                      ('ledger of storageBytes', q.storage_bytes_used, coalesce(l.storage_bytes, 0)::bigint)) r (resource, counted, actual)
     WHERE r.counted <> r.actual;
END $$;

-- How full a limit is, from 0 on: 1 where all is used.
CREATE FUNCTION app.quota_share(used bigint, most bigint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN most > 0 THEN used::double precision / most WHEN used > 0 THEN 'Infinity' ELSE 0 END;

-- Everybody's use beside their limits: those of their tier, or their own as long as those last. The share is that of the
-- fullest limit.
CREATE VIEW app.quota_standings AS
  SELECT q.user_id, q.tier_name, q.collections_used, q.documents_used, q.storage_bytes_used, o.is_live,
         CASE WHEN q.pdf_jobs_day = (now() AT TIME ZONE 'utc')::date THEN q.pdf_jobs_used ELSE 0 END AS pdf_jobs_used,
         l.collections, l.documents, l.storage_bytes, l.pdf_jobs, l.collaborators, t.pending_uploads,
         greatest(app.quota_share(q.collections_used, l.collections), app.quota_share(q.documents_used, l.documents),
           app.quota_share(q.storage_bytes_used, l.storage_bytes)) AS share
    FROM user_quotas q JOIN tiers t ON t.name = q.tier_name,
         LATERAL (SELECT q.overrides_end_at IS NULL OR q.overrides_end_at > statement_timestamp()) o (is_live),
         LATERAL (SELECT coalesce(CASE WHEN o.is_live THEN q.collections_override END, t.collections) AS collections,
                         coalesce(CASE WHEN o.is_live THEN q.documents_override END, t.documents) AS documents,
                         coalesce(CASE WHEN o.is_live THEN q.storage_bytes_override END, t.storage_bytes) AS storage_bytes,
                         coalesce(CASE WHEN o.is_live THEN q.pdf_jobs_per_day_override END, t.pdf_jobs_per_day) AS pdf_jobs,
                         coalesce(CASE WHEN o.is_live THEN q.collaborators_override END, t.collaborators_per_collection) AS collaborators) l;

-- What a person may use.
CREATE OR REPLACE FUNCTION app.quota_limits(person uuid)
  RETURNS TABLE (collections integer, documents integer, storage_bytes bigint, pdf_jobs integer, collaborators integer, pending_uploads integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.collections, s.documents, s.storage_bytes, s.pdf_jobs, s.collaborators, s.pending_uploads FROM app.quota_standings s WHERE s.user_id = person
$$;

-- One person as the list tells of them.
CREATE FUNCTION app.quota_person_of(person uuid) RETURNS app.quota_person
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT ROW(u.id, u.name, u.email, w.name, u.suspended_at IS NOT NULL, s.tier_name,
             s.collections_used, s.documents_used, s.storage_bytes_used, s.pdf_jobs_used,
             s.collections, s.documents, s.storage_bytes, s.pdf_jobs, s.collaborators, s.share,
             CASE WHEN s.is_live THEN q.collections_override END, CASE WHEN s.is_live THEN q.documents_override END,
             CASE WHEN s.is_live THEN q.storage_bytes_override END, CASE WHEN s.is_live THEN q.pdf_jobs_per_day_override END,
             CASE WHEN s.is_live THEN q.collaborators_override END, CASE WHEN s.is_live THEN q.overrides_end_at END,
             CASE WHEN s.is_live THEN q.overrides_reason END, u.joined_at,
             greatest((SELECT max(e.last_seen_at) FROM sessions e WHERE e.user_id = u.id), (SELECT max(k.last_used_at) FROM tokens k WHERE k.user_id = u.id)))::app.quota_person
    FROM users u JOIN app.quota_standings s ON s.user_id = u.id JOIN user_quotas q ON q.user_id = u.id LEFT JOIN workspaces w ON w.id = u.workspace_id
   WHERE u.id = person
$$;

REVOKE ALL ON ROUTINE 
  app.demand_system_admin(),
  app.list_quotas(text,text,text,text,text,uuid,integer),
  app.quota_drift(),
  app.quota_history(integer),
  app.quota_person_of(uuid),
  app.quota_refusals(integer),
  app.quota_share(bigint,bigint),
  app.quota_summary(integer),
  app.set_quota(uuid,jsonb,text,timestamp with time zone),
  app.told_quota(user_quotas),
  app.top_uploaders(integer,integer)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.list_quotas(text,text,text,text,text,uuid,integer),
  app.quota_drift(),
  app.quota_history(integer),
  app.quota_summary(integer),
  app.set_quota(uuid,jsonb,text,timestamp with time zone),
  app.top_uploaders(integer,integer)
  TO sheaf_app;

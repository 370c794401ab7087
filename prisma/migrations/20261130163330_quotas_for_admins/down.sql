SET LOCAL check_function_bodies = off;

DROP VIEW app.quota_standings;
DROP FUNCTION app.top_uploaders(integer,integer);
DROP FUNCTION app.told_quota(user_quotas);
DROP FUNCTION app.set_quota(uuid,jsonb,text,timestamp with time zone);
DROP FUNCTION app.quota_summary(integer);
DROP FUNCTION app.quota_share(bigint,bigint);
DROP FUNCTION app.quota_refusals(integer);
DROP FUNCTION app.quota_person_of(uuid);
DROP FUNCTION app.quota_history(integer);
DROP FUNCTION app.quota_drift();
DROP FUNCTION app.list_quotas(text,text,text,text,text,uuid,integer);
DROP TYPE app.quota_person;
DROP FUNCTION app.demand_system_admin();

-- AlterTable
ALTER TABLE "public"."user_quotas" DROP COLUMN "overrides_reason";

CREATE OR REPLACE FUNCTION app.quota_limits(person uuid)
 RETURNS TABLE(collections integer, documents integer, storage_bytes bigint, pdf_jobs integer, collaborators integer, pending_uploads integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(CASE WHEN o.live THEN q.collections_override END, t.collections),
         coalesce(CASE WHEN o.live THEN q.documents_override END, t.documents),
         coalesce(CASE WHEN o.live THEN q.storage_bytes_override END, t.storage_bytes),
         coalesce(CASE WHEN o.live THEN q.pdf_jobs_per_day_override END, t.pdf_jobs_per_day),
         coalesce(CASE WHEN o.live THEN q.collaborators_override END, t.collaborators_per_collection),
         t.pending_uploads
    FROM user_quotas q JOIN tiers t ON t.name = q.tier_name,
         LATERAL (SELECT q.overrides_end_at IS NULL OR q.overrides_end_at > statement_timestamp()) o (live)
   WHERE q.user_id = person
$function$
;

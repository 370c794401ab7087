-- Who is told that their storage is nearly full, while it is, and at most once a day.
CREATE FUNCTION app.quota_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT q.user_id, NULL::uuid, NULL::uuid, NULL::uuid, 0, jsonb_build_object('used', q.storage_bytes_used, 'limit', l.storage_bytes), NULL, NULL
    FROM user_quotas q, app.quota_limits(q.user_id) l
   WHERE q.user_id = (event->>'userId')::uuid AND app.is_nearly_full(q.storage_bytes_used, l.storage_bytes)
     AND NOT EXISTS (SELECT FROM notifications n WHERE n.user_id = q.user_id AND n.kind = 'quotaNearlyFull' AND n.created_at > now() - interval '1 day')
$$;
GRANT EXECUTE ON FUNCTION app.quota_recipients TO sheaf_app;

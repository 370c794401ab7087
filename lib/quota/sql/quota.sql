-- Whether so little is left that its owner should know: from 80 percent on, as the quota bar turns amber.
CREATE FUNCTION app.is_nearly_full(used bigint, most bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN used * 5 >= most * 4;

-- Charges once per cause; false when that cause was charged before. The update is the check: parallel charges cannot pass
-- a limit together. Only after it refused is the row locked to say which limit it was.
CREATE FUNCTION app.quota_charge(person uuid, why text, collection_count integer, document_count integer, bytes bigint)
  RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE now_used user_quotas; allowed record; refusal jsonb; left_over record;
BEGIN
  INSERT INTO quota_ledger (user_id, cause, collections, documents, storage_bytes)
    VALUES (person, why, collection_count, document_count, bytes) ON CONFLICT (cause) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  LOOP
    UPDATE user_quotas q SET collections_used = q.collections_used + collection_count,
        documents_used = q.documents_used + document_count, storage_bytes_used = q.storage_bytes_used + bytes
      FROM app.quota_limits(person) l
     WHERE q.user_id = person
       AND (collection_count = 0 OR q.collections_used + collection_count <= l.collections)
       AND (document_count = 0 OR q.documents_used + document_count <= l.documents)
       AND (bytes = 0 OR q.storage_bytes_used + bytes <= l.storage_bytes)
     RETURNING q.storage_bytes_used AS used, l.storage_bytes AS most INTO left_over;
    IF FOUND THEN
      IF app.is_nearly_full(left_over.used, left_over.most) AND NOT app.is_nearly_full(left_over.used - bytes, left_over.most) THEN
        INSERT INTO outbox (name, data) VALUES ('quota/nearly-full', jsonb_build_object('userId', person));
      END IF;
      RETURN true;
    END IF;
    SELECT * INTO now_used FROM user_quotas WHERE user_id = person FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No quota row' USING ERRCODE = 'SH002', DETAIL = 'person'; END IF;
    SELECT * INTO allowed FROM app.quota_limits(person);
    refusal := CASE
      WHEN collection_count > 0 AND now_used.collections_used + collection_count > allowed.collections THEN
        jsonb_build_object('resource', 'collections', 'used', now_used.collections_used, 'limit', allowed.collections, 'requested', collection_count)
      WHEN document_count > 0 AND now_used.documents_used + document_count > allowed.documents THEN
        jsonb_build_object('resource', 'documents', 'used', now_used.documents_used, 'limit', allowed.documents, 'requested', document_count)
      WHEN bytes > 0 AND now_used.storage_bytes_used + bytes > allowed.storage_bytes THEN
        jsonb_build_object('resource', 'storageBytes', 'used', now_used.storage_bytes_used, 'limit', allowed.storage_bytes, 'requested', bytes)
    END;
    IF refusal IS NOT NULL THEN
      RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001', DETAIL = refusal::text;
    END IF;
    -- something was freed between the refusal and the lock: it fits now
  END LOOP;
END $$;

-- Gives back once per cause; false when that cause was given back before. The amounts are positive.
CREATE FUNCTION app.quota_release(person uuid, why text, collection_count integer, document_count integer, bytes bigint)
  RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO quota_ledger (user_id, cause, collections, documents, storage_bytes)
    VALUES (person, why, -collection_count, -document_count, -bytes) ON CONFLICT (cause) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE user_quotas SET collections_used = collections_used - collection_count,
      documents_used = documents_used - document_count, storage_bytes_used = storage_bytes_used - bytes
   WHERE user_id = person;
  RETURN true;
END $$;

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

-- How full a limit is, from 0 on: 1 where all is used.
CREATE FUNCTION app.quota_share(used bigint, most bigint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN most > 0 THEN used::double precision / most WHEN used > 0 THEN 'Infinity' ELSE 0 END;

-- What a person may use.
CREATE FUNCTION app.quota_limits(person uuid)
  RETURNS TABLE (collections integer, documents integer, storage_bytes bigint, pdf_jobs integer, collaborators integer, pending_uploads integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.collections, s.documents, s.storage_bytes, s.pdf_jobs, s.collaborators, s.pending_uploads FROM app.quota_standings s WHERE s.user_id = person
$$;
GRANT EXECUTE ON FUNCTION app.quota_limits TO sheaf_app;

-- Gives a new person a row of counters.
CREATE FUNCTION app.quota_opened() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO user_quotas (user_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- Makes or changes a tier; for the system, which takes it from the environment.
CREATE FUNCTION app.set_tier(tier text, max_collections integer, max_documents integer, max_bytes bigint, max_jobs integer,
    max_collaborators integer, max_pending integer)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sets tiers' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO tiers AS t VALUES (tier, max_collections, max_documents, max_bytes, max_jobs, max_collaborators, max_pending)
    ON CONFLICT (name) DO UPDATE SET collections = excluded.collections, documents = excluded.documents,
      storage_bytes = excluded.storage_bytes, pdf_jobs_per_day = excluded.pdf_jobs_per_day,
      collaborators_per_collection = excluded.collaborators_per_collection, pending_uploads = excluded.pending_uploads
    WHERE (t.collections, t.documents, t.storage_bytes, t.pdf_jobs_per_day, t.collaborators_per_collection, t.pending_uploads)
      IS DISTINCT FROM (excluded.collections, excluded.documents, excluded.storage_bytes, excluded.pdf_jobs_per_day,
        excluded.collaborators_per_collection, excluded.pending_uploads);
END $$;
GRANT EXECUTE ON FUNCTION app.set_tier TO sheaf_app;

-- Turns a pending upload of the actor into a document, and charges it: once, whatever is tried at the same time. Locks
-- come in the order collection, document, blob, quota, ledger.
CREATE FUNCTION app.confirm_document(document uuid, has_bytes boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents; is_trashed boolean; stored record;
BEGIN
  SELECT c.deleted_at IS NOT NULL INTO is_trashed FROM collections c
   WHERE c.id = (SELECT d.collection_id FROM documents d WHERE d.id = document AND d.owner_id = app.actor_id()) FOR KEY SHARE;
  SELECT * INTO doc FROM documents WHERE id = document FOR UPDATE;
  IF NOT FOUND OR doc.owner_id IS DISTINCT FROM app.actor_id() THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF doc.status <> 'pending' THEN RETURN; END IF;
  IF NOT app.allows(app.collection_mask(doc.collection_id), app.create_documents()) THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  IF is_trashed THEN RAISE EXCEPTION 'Trashed' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
  IF has_bytes THEN
    INSERT INTO blobs AS b (owner_id, sha256, size_bytes, object_id, refs)
      VALUES (doc.owner_id, doc.sha256, doc.size_bytes, doc.upload_object_id, 1)
      ON CONFLICT (owner_id, sha256) DO UPDATE SET refs = b.refs + 1
      RETURNING new.id AS id, new.object_id AS object_id, old.id IS NULL AS is_new INTO stored;
  ELSE
    -- nothing was sent because the owner stored these bytes already; they may be gone by now
    UPDATE blobs SET refs = refs + 1 WHERE owner_id = doc.owner_id AND sha256 = doc.sha256
      RETURNING id, object_id, false AS is_new INTO stored;
    IF NOT FOUND THEN RAISE EXCEPTION 'Nothing uploaded' USING ERRCODE = 'SH005', DETAIL = 'nothing_uploaded'; END IF;
  END IF;
  PERFORM app.quota_charge(doc.owner_id, 'document:' || doc.id, 0, 1, CASE WHEN stored.is_new THEN doc.size_bytes ELSE 0 END);
  UPDATE documents SET status = 'uploaded', blob_id = stored.id, upload_object_id = NULL, updated_at = now() WHERE id = doc.id;
  UPDATE objects SET state = 'stored' WHERE id = stored.object_id AND state = 'pending';
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = doc.upload_object_id AND id <> stored.object_id;
  INSERT INTO pdf_jobs (kind, user_id, collection_id, document_id) VALUES ('process', doc.owner_id, doc.collection_id, doc.id);
  INSERT INTO outbox (name, data) VALUES ('document/uploaded', jsonb_build_object('documentId', doc.id));
  PERFORM app.audit('document.uploaded', 'document', doc.id, doc.name, NULL, jsonb_build_object('sizeBytes', doc.size_bytes));
END $$;
GRANT EXECUTE ON FUNCTION app.confirm_document TO sheaf_app;

-- Forgets an upload that was refused or abandoned; false when it is no pending upload any more.
CREATE FUNCTION app.discard_upload(document uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE object uuid;
BEGIN
  DELETE FROM documents WHERE id = document AND status = 'pending' AND (owner_id = app.actor_id() OR app.is_system())
    RETURNING upload_object_id INTO object;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = object;
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.discard_upload TO sheaf_app;

-- Makes a pending document under the policies of whoever calls: 'upload' when its bytes are to be sent, 'stored' when the
-- actor has them already, 'unseen' or 'forbidden' when that may not be.
CREATE FUNCTION app.begin_upload(collection uuid, document uuid, title text, type text, bytes bigint, digest bytea, object_key text)
  RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.actor_id(); rights integer := app.collection_mask(collection); object uuid;
BEGIN
  IF NOT app.allows(rights, app.view_documents()) OR NOT app.is_collection_live(collection) THEN RETURN 'unseen'; END IF;
  IF NOT app.allows(rights, app.create_documents()) THEN RETURN 'forbidden'; END IF;
  IF NOT EXISTS (SELECT FROM blobs b WHERE b.owner_id = me AND b.sha256 = digest AND b.size_bytes = bytes) THEN
    INSERT INTO objects (owner_id, key, size_bytes) VALUES (me, object_key, bytes) RETURNING id INTO object;
  END IF;
  INSERT INTO documents (id, collection_id, owner_id, name, content_type, size_bytes, sha256, upload_object_id)
    VALUES (document, collection, me, title, type, bytes, digest, object);
  RETURN CASE WHEN object IS NULL THEN 'stored' ELSE 'upload' END;
END $$;
GRANT EXECUTE ON FUNCTION app.begin_upload TO sheaf_app;

-- Forgets the oldest uploads that were never confirmed, and returns how many. Documents are locked before any counter,
-- and counters in the order of their people; what somebody else has locked is left to them.
CREATE FUNCTION app.discard_abandoned(older_than_seconds integer, at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE abandoned uuid; removed integer := 0;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sweeps' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  FOR abandoned IN
    WITH locked AS MATERIALIZED (
      SELECT d.id, d.owner_id FROM documents d
       WHERE d.status = 'pending' AND d.created_at < now() - make_interval(secs => older_than_seconds)
       ORDER BY d.created_at LIMIT at_most FOR UPDATE SKIP LOCKED)
    SELECT id FROM locked ORDER BY owner_id, id
  LOOP
    PERFORM app.discard_upload(abandoned);
    removed := removed + 1;
  END LOOP;
  RETURN removed;
END $$;
GRANT EXECUTE ON FUNCTION app.discard_abandoned TO sheaf_app;

-- The bytes that a pending document lets in; none where its owner has stored them already.
CREATE FUNCTION app.bytes_under_way(doc documents) RETURNS bigint LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN (doc).upload_object_id IS NULL THEN 0 ELSE (doc).size_bytes END;

-- Charges a pending document, or refuses what could not be confirmed even alone, and what is too much under way: twice
-- the storage, so that any two that fit alone may try. As in quota_charge, the update is the check.
CREATE FUNCTION app.upload_begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bytes bigint := app.bytes_under_way(NEW); person user_quotas; allowed record; left_over record; refusal jsonb;
BEGIN
  LOOP
    UPDATE user_quotas q SET pending_documents = q.pending_documents + 1, pending_bytes = q.pending_bytes + bytes
      FROM app.quota_limits(NEW.owner_id) l
     WHERE q.user_id = NEW.owner_id AND q.documents_used + 1 <= l.documents AND q.pending_documents + 1 <= l.pending_uploads
       AND (bytes = 0 OR (q.storage_bytes_used + bytes <= l.storage_bytes AND q.pending_bytes + bytes <= 2 * l.storage_bytes))
     RETURNING q.pending_documents, q.pending_bytes, l.pending_uploads, l.storage_bytes INTO allowed;
    EXIT WHEN FOUND;
    SELECT * INTO person FROM user_quotas WHERE user_id = NEW.owner_id FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No quota row' USING ERRCODE = 'SH002', DETAIL = 'person'; END IF;
    SELECT * INTO allowed FROM app.quota_limits(NEW.owner_id);
    refusal := CASE
      WHEN person.documents_used + 1 > allowed.documents THEN
        jsonb_build_object('resource', 'documents', 'used', person.documents_used, 'limit', allowed.documents, 'requested', 1)
      WHEN bytes > 0 AND person.storage_bytes_used + bytes > allowed.storage_bytes THEN
        jsonb_build_object('resource', 'storageBytes', 'used', person.storage_bytes_used, 'limit', allowed.storage_bytes, 'requested', bytes)
      WHEN person.pending_documents + 1 > allowed.pending_uploads THEN
        jsonb_build_object('resource', 'pendingDocuments', 'used', person.pending_documents, 'limit', allowed.pending_uploads, 'requested', 1)
      WHEN bytes > 0 AND person.pending_bytes + bytes > 2 * allowed.storage_bytes THEN
        jsonb_build_object('resource', 'pendingBytes', 'used', person.pending_bytes, 'limit', 2 * allowed.storage_bytes, 'requested', bytes)
    END;
    IF refusal IS NOT NULL THEN RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001', DETAIL = refusal::text; END IF;
    -- something was freed between the refusal and the lock: it fits now
  END LOOP;

  -- Whoever cancels goes on at once, but the address that was given out lets the bytes in for its quarter of an hour, and
  -- they lie there until the next sweep: within an hour all that is gone. Until then it counts towards a wider bound. The
  -- counter's row is locked here, and whoever gives up an upload takes it too: nothing is missed in between.
  SELECT count(*) AS documents, coalesce(sum(o.size_bytes), 0) AS bytes INTO left_over FROM objects o
   WHERE o.owner_id = NEW.owner_id AND o.state = 'doomed' AND o.size_bytes IS NOT NULL AND o.created_at > now() - interval '1 hour';
  refusal := CASE
    WHEN allowed.pending_documents + left_over.documents > 3 * allowed.pending_uploads THEN
      jsonb_build_object('resource', 'pendingDocuments', 'used', allowed.pending_documents - 1 + left_over.documents,
        'limit', 3 * allowed.pending_uploads, 'requested', 1)
    WHEN bytes > 0 AND allowed.pending_bytes + left_over.bytes > 3 * allowed.storage_bytes THEN
      jsonb_build_object('resource', 'pendingBytes', 'used', allowed.pending_bytes - bytes + left_over.bytes,
        'limit', 3 * allowed.storage_bytes, 'requested', bytes)
  END;
  IF refusal IS NOT NULL THEN RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001', DETAIL = refusal::text; END IF;
  RETURN NULL;
END $$;

-- Gives back what a pending document was charged, when it is confirmed, removed or known to need no bytes.
CREATE FUNCTION app.upload_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ended integer := 1; bytes bigint := app.bytes_under_way(OLD);
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = 'pending' THEN
    ended := 0;
    bytes := bytes - app.bytes_under_way(NEW);
  END IF;
  UPDATE user_quotas SET pending_documents = pending_documents - ended, pending_bytes = pending_bytes - bytes WHERE user_id = OLD.owner_id;
  RETURN NULL;
END $$;

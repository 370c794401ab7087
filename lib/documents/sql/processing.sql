-- Writes what processing found; false, and nothing, when the document was deleted meanwhile or processed by another
-- attempt.
CREATE FUNCTION app.document_processed(document uuid, outcome text, why text, pages integer, thumbnail uuid, body text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system processes' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  -- before the row is locked: a long text takes seconds
  IF body IS NOT NULL AND EXISTS (SELECT FROM documents WHERE id = document AND status = 'uploaded') THEN
    PERFORM app.keep_text(document, body, pages IS NOT NULL);
  END IF;
  UPDATE documents SET status = outcome, problem = why, page_count = pages, thumbnail_object_id = thumbnail,
      progress = 100, updated_at = now()
   WHERE id = document AND status = 'uploaded';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE objects SET state = 'stored' WHERE id = thumbnail;
  INSERT INTO outbox (name, data) VALUES ('document/processed', jsonb_build_object('documentId', document));
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.document_processed TO sheaf_app;

-- Notes how far processing has come, for the system.
CREATE FUNCTION app.document_progress(document uuid, percent integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE documents SET progress = percent WHERE id = document AND status = 'uploaded' AND progress < percent AND app.is_system()
$$;
GRANT EXECUTE ON FUNCTION app.document_progress TO sheaf_app;

-- Has a document processed once more; repeating while that is under way changes nothing.
CREATE FUNCTION app.restart_processing(document uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF NOT app.allows(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), app.run_jobs()) THEN
    PERFORM app.refuse_action(NULL, doc.id, 'run_jobs');
  END IF;
  IF doc.deleted_at IS NOT NULL OR NOT app.is_collection_live(doc.collection_id) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF doc.status NOT IN ('ready', 'failed') THEN RETURN; END IF;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = doc.thumbnail_object_id;
  UPDATE documents SET status = 'uploaded', problem = NULL, progress = 0, page_count = NULL, thumbnail_object_id = NULL, updated_at = now()
   WHERE id = document;
  INSERT INTO pdf_jobs (kind, user_id, collection_id, document_id) VALUES ('process', app.actor_id(), doc.collection_id, doc.id);
  INSERT INTO outbox (name, data) VALUES ('document/uploaded', jsonb_build_object('documentId', doc.id));
  PERFORM app.audit('document.processing_restarted', 'document', doc.id, doc.name, NULL, '{}');
END $$;
GRANT EXECUTE ON FUNCTION app.restart_processing TO sheaf_app;

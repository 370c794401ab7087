-- Reads a document again whose reading failed or ended early. Asks for run_jobs; what is being read already stays so: false.
CREATE FUNCTION app.restart_processing(document uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode) & 4096 = 0 THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action';
  END IF;
  IF doc.deleted_at IS NOT NULL OR NOT app.is_collection_live(doc.collection_id) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF doc.status NOT IN ('ready', 'failed') THEN RETURN false; END IF;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = doc.thumbnail_object_id;
  UPDATE documents SET status = 'uploaded', problem = NULL, progress = 0, page_count = NULL, thumbnail_object_id = NULL, updated_at = now()
   WHERE id = document;
  INSERT INTO pdf_jobs (kind, user_id, collection_id, document_id) VALUES ('process', app.actor_id(), doc.collection_id, doc.id);
  INSERT INTO outbox (name, data) VALUES ('document/uploaded', jsonb_build_object('documentId', doc.id));
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION app.restart_processing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.restart_processing TO sheaf_app;

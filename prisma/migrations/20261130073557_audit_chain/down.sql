SET LOCAL check_function_bodies = off;

DROP TRIGGER append_only_all ON audit_seals;
DROP TRIGGER append_only_all ON audit_events;
DROP TRIGGER append_only_all ON audit_blocks;
DROP TRIGGER append_only ON audit_seals;
DROP TRIGGER append_only ON audit_events;
DROP TRIGGER append_only ON audit_blocks;
ALTER TABLE audit_seals DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_cursor DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoints DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_chains DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_blocks DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY seals_read ON audit_seals;
DROP POLICY owner_all ON audit_seals;
DROP POLICY owner_all ON audit_cursor;
DROP POLICY owner_all ON audit_checkpoints;
DROP POLICY owner_all ON audit_chains;
DROP POLICY owner_all ON audit_blocks;
DROP POLICY checkpoints_read ON audit_checkpoints;
DROP POLICY chains_read ON audit_chains;
DROP POLICY blocks_read ON audit_blocks;
DROP FUNCTION app.sealing_lag();
DROP FUNCTION app.list_audit(uuid,text[],uuid,uuid,timestamp with time zone,timestamp with time zone,uuid,integer);
DROP FUNCTION app.keep_seals(jsonb,jsonb,jsonb,text,uuid);
DROP FUNCTION app.keep_audit();
DROP FUNCTION app.events_to_seal(integer,boolean);
DROP FUNCTION app.erase_from_audit(uuid,text);
DROP FUNCTION app.demand_audit(uuid);
DROP FUNCTION app.audit_view(audit_events,boolean,text);
DROP TYPE app.audit_entry;
DROP FUNCTION app.audit_place(text,uuid);
DROP FUNCTION app.audit_id_at(timestamp with time zone);
DROP FUNCTION app.audit_hides(audit_events,boolean);
DROP FUNCTION app.add_audit(uuid,uuid,jsonb,text,uuid,text,text,text);

-- DropIndex
DROP INDEX "public"."audit_events_workspace_id_action_id_idx";

-- DropIndex
DROP INDEX "public"."audit_events_collection_id_id_idx";

-- DropIndex
DROP INDEX "public"."audit_events_actor_id_id_idx";

-- DropIndex
DROP INDEX "public"."audit_events_xid_id_idx";

-- AlterTable
ALTER TABLE "public"."audit_events" DROP COLUMN "collection_id",
DROP COLUMN "is_apart",
DROP COLUMN "xid";

-- DropTable
DROP TABLE "public"."audit_chains";

-- DropTable
DROP TABLE "public"."audit_seals";

-- DropTable
DROP TABLE "public"."audit_blocks";

-- DropTable
DROP TABLE "public"."audit_checkpoints";

-- DropTable
DROP TABLE "public"."audit_cursor";

CREATE OR REPLACE FUNCTION app.purge_collection(collection uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE found_row collections := app.demand_collection(collection, app.manage_permissions() | app.delete_any_documents()); share record; removed integer := 0; freed bigint;
BEGIN
  CREATE TEMP TABLE gone ON COMMIT DROP AS
    SELECT id, owner_id, blob_id, upload_object_id, thumbnail_object_id FROM documents d WHERE d.collection_id = collection ORDER BY id FOR UPDATE;
  FOR share IN
    SELECT owner_id, count(blob_id)::integer AS documents
      FROM (SELECT owner_id, blob_id FROM gone UNION ALL SELECT found_row.owner_id, NULL) x GROUP BY owner_id ORDER BY owner_id
  LOOP
    removed := removed + share.documents;
    PERFORM FROM blobs WHERE id IN (SELECT blob_id FROM gone WHERE owner_id = share.owner_id) ORDER BY id FOR UPDATE;
    DELETE FROM documents d USING gone WHERE d.id = gone.id AND gone.owner_id = share.owner_id;
    IF share.documents > 0 THEN
      WITH uses AS (SELECT blob_id, count(*) AS n FROM gone WHERE owner_id = share.owner_id AND blob_id IS NOT NULL GROUP BY blob_id),
      kept AS (UPDATE blobs b SET refs = b.refs - uses.n FROM uses WHERE b.id = uses.blob_id AND b.refs > uses.n),
      dropped AS (DELETE FROM blobs b USING uses WHERE b.id = uses.blob_id AND b.refs = uses.n RETURNING b.size_bytes, b.object_id),
      doomed AS (UPDATE objects o SET state = 'doomed', doomed_at = now() FROM dropped WHERE o.id = dropped.object_id)
      SELECT coalesce(sum(size_bytes), 0) INTO freed FROM dropped;
      PERFORM app.quota_release(share.owner_id, 'release:collection:' || collection || ':' || share.owner_id, 0, share.documents, freed);
    END IF;
    IF share.owner_id = found_row.owner_id THEN
      PERFORM app.quota_release(found_row.owner_id, 'release:collection:' || collection, 1, 0, 0);
    END IF;
  END LOOP;
  UPDATE objects SET state = 'doomed', doomed_at = now()
   WHERE id IN (SELECT upload_object_id FROM gone UNION ALL SELECT thumbnail_object_id FROM gone) AND state <> 'doomed';
  DROP TABLE gone;
  DELETE FROM collections WHERE id = collection;
  PERFORM app.audit('collection.deleted', 'collection', collection, found_row.name, NULL, jsonb_build_object('documents', removed));
END $function$
;

CREATE OR REPLACE FUNCTION app.purge_document(document uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE doc documents := app.demand_document(document); stored blobs; freed bigint := 0;
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id);
  END IF;
  DELETE FROM documents WHERE id = document;
  PERFORM app.audit('document.deleted', 'document', document, doc.name, NULL, '{}');
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id IN (doc.upload_object_id, doc.thumbnail_object_id);
  IF doc.blob_id IS NULL THEN RETURN; END IF;
  SELECT * INTO stored FROM blobs WHERE id = doc.blob_id FOR UPDATE;
  IF stored.refs = 1 THEN
    DELETE FROM blobs WHERE id = stored.id;
    UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = stored.object_id;
    freed := stored.size_bytes;
  ELSE
    UPDATE blobs SET refs = refs - 1 WHERE id = stored.id;
  END IF;
  PERFORM app.quota_release(doc.owner_id, 'release:document:' || doc.id, 0, 1, freed);
END $function$
;

CREATE OR REPLACE FUNCTION app.record_audit(entries jsonb, kind text, actor uuid, from_ip text, request text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE workspace uuid; address text;
BEGIN
  IF NOT app.is_system() AND (kind IS DISTINCT FROM nullif(current_setting('app.actor_kind', true), '')
      OR actor IS DISTINCT FROM CASE WHEN kind IN ('user', 'visitor') THEN app.actor_id() END) THEN
    RAISE EXCEPTION 'In the name of another' USING ERRCODE = '42501';
  END IF;
  IF kind = 'user' THEN
    SELECT u.workspace_id, u.email INTO workspace, address FROM users u WHERE u.id = actor;
  ELSIF kind = 'visitor' THEN
    SELECT c.workspace_id INTO workspace FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) WHERE l.id = actor;
  ELSIF kind = 'everyone' THEN
    SELECT c.workspace_id INTO workspace FROM jsonb_to_recordset(entries) e (resource jsonb)
      LEFT JOIN documents d ON e.resource->>'type' = 'document' AND d.id = (e.resource->>'id')::uuid
      JOIN collections c ON c.id = CASE e.resource->>'type' WHEN 'collection' THEN (e.resource->>'id')::uuid ELSE d.collection_id END LIMIT 1;
  END IF;
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT workspace, e.action, kind, actor, address, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, e.resource->>'name', coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb);
END $function$
;

CREATE OR REPLACE FUNCTION app.record_audit_in(workspace uuid, entries jsonb, from_ip text, request text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT workspace, e.action, 'user', app.actor_id(), u.email, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, e.resource->>'name', coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb) LEFT JOIN users u ON u.id = app.actor_id()
$function$
;

CREATE POLICY audit_add ON audit_events FOR INSERT TO sheaf_app
  WITH CHECK (app.is_system());

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_events FOR EACH ROW EXECUTE FUNCTION app.append_only();

CREATE TRIGGER append_only_all BEFORE TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION app.append_only();

REVOKE ALL ON TABLE audit_events FROM sheaf_app;
GRANT INSERT, SELECT ON TABLE audit_events TO sheaf_app;

-- Locks a collection and demands these permissions on it. Looks before and after the lock: nobody waits for a lock, or
-- holds one, on what is not there for them. What is in the trash is there only for those who have all of them.
CREATE OR REPLACE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer;
BEGIN
  SELECT * INTO found_row FROM collections c WHERE c.id = collection AND app.allows(app.collection_mask(c.id), app.view_documents())
     AND (c.deleted_at IS NULL OR app.covers(app.collection_mask(c.id), wanted)) FOR UPDATE;
  mask := app.collection_mask(collection);
  IF found_row.id IS NULL OR NOT app.allows(mask, app.view_documents()) OR (found_row.deleted_at IS NOT NULL AND NOT app.covers(mask, wanted)) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF NOT app.covers(mask, wanted) THEN
    PERFORM app.refuse_action(collection, NULL, CASE WHEN app.allows(wanted, app.manage_permissions()) THEN 'manage_permissions' END);
  END IF;
  RETURN found_row;
END $$;

-- Moves a document to the trash or back. Repeating changes nothing.
CREATE OR REPLACE FUNCTION app.set_document_trashed(document uuid, trashed boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id, 'delete_any_documents');
  END IF;
  IF (doc.deleted_at IS NOT NULL) = trashed THEN RETURN; END IF;
  UPDATE documents SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = document;
  PERFORM app.audit(CASE WHEN trashed THEN 'document.trashed' ELSE 'document.restored' END, 'document', document, doc.name, NULL, '{}');
END $$;

-- Deletes a document for good, and gives its owner back what it was charged.
CREATE OR REPLACE FUNCTION app.purge_document(document uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document); stored blobs; freed bigint := 0;
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id, 'delete_any_documents');
  END IF;
  PERFORM app.audit('document.deleted', 'document', document, doc.name, NULL, '{}');
  DELETE FROM documents WHERE id = document;
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
END $$;

-- Has a document processed once more; repeating while that is under way changes nothing.
CREATE OR REPLACE FUNCTION app.restart_processing(document uuid) RETURNS void
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

-- Locks a resource for a change of who has access, and demands these permissions on it, as they are once it is locked:
-- nobody goes on with rights that were just taken. Locks come in the order collection, document, address, group, role,
-- grants.
CREATE OR REPLACE FUNCTION app.demand_resource(collection uuid, document uuid, wanted integer, in_trash boolean DEFAULT false)
  RETURNS app.resource
  LANGUAGE plpgsql AS $$
DECLARE resource app.resource; around collections; doc documents; is_guest boolean; is_trashed boolean;
BEGIN
  IF document IS NULL THEN
    -- nobody waits for a lock, or holds one, who may not see what it is on
    SELECT c.* INTO around FROM collections c
     WHERE c.id = collection AND (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collection AND app.allows(g.mask, app.view_documents())) OR app.is_system())
       FOR NO KEY UPDATE;
    -- and what they may is read once it is locked
    SELECT CASE WHEN app.is_system() THEN app.all_permissions() ELSE coalesce(bit_or(g.mask), 0) END, coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false)
      INTO resource.rights, is_guest FROM app.my_collection_grants g WHERE g.collection_id = collection;
    IF around.id IS NULL OR (around.deleted_at IS NOT NULL AND NOT in_trash) OR NOT app.allows(resource.rights, app.view_documents())
       OR (around.deleted_at IS NOT NULL AND NOT app.allows(resource.rights, app.manage_permissions())) THEN
      RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
    END IF;
    resource.collection_id := around.id;
  ELSE
    IF app.allows(app.rights(NULL, document), app.view_documents()) THEN
      SELECT c.* INTO around FROM collections c WHERE c.id = (SELECT d.collection_id FROM documents d WHERE d.id = document) FOR SHARE;
      SELECT * INTO doc FROM documents d WHERE d.id = document FOR NO KEY UPDATE;
      IF doc.collection_id <> around.id THEN RAISE EXCEPTION 'Moved meanwhile' USING ERRCODE = '40001'; END IF;
    END IF;
    SELECT app.rights_to_give(NULL, document), coalesce((SELECT u.is_external FROM users u WHERE u.id = app.actor_id()), false) INTO resource.rights, is_guest;
    is_trashed := around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL;
    IF doc.id IS NULL OR doc.status = 'pending' OR (is_trashed AND NOT in_trash) OR NOT app.allows(resource.rights, app.view_documents()) OR (is_trashed AND NOT app.allows(resource.rights, app.manage_permissions())) THEN
      RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
    END IF;
    resource.document_id := doc.id;
  END IF;
  IF NOT app.covers(resource.rights, wanted) THEN PERFORM app.refuse_action(collection, document, CASE WHEN app.allows(wanted, app.manage_permissions()) THEN 'manage_permissions' END); END IF;
  IF app.allows(wanted, app.manage_permissions()) AND is_guest THEN
    RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
  END IF;
  resource.workspace_id := around.workspace_id;
  resource.owner_id := around.owner_id;
  resource.is_protected := around.is_protected;
  RETURN resource;
END $$;

-- Changes a document's access mode, for those who manage it and for its owner. A manager who would shut themselves out
-- keeps a grant.
CREATE OR REPLACE FUNCTION app.set_access_mode(document uuid, wanted text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  resource app.resource := app.demand_resource(NULL, document, app.view_documents());
  doc documents;
  is_mine boolean;
  manages boolean;
  previous text;
  kept record;
  kept_id uuid;
  kept_role text;
  kept_until timestamptz;
  ended_id uuid;
  ended_role text;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := app.allows(resource.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END, app.manage_permissions());
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document, 'manage_permissions'); END IF;
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = 'document_owner';
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document, 'manage_permissions'); END IF;
    IF EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
      RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
    END IF;
  END IF;
  IF wanted = 'link' AND resource.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  previous := doc.access_mode;
  IF wanted = previous THEN RETURN; END IF;
  IF wanted = 'invite' THEN
    kept := app.keep_manager(doc, resource);
    kept_id := (kept.made).id;
    kept_until := (kept.made).expires_at;
    ended_id := (kept.ended).id;
    SELECT r.name INTO kept_role FROM roles r WHERE r.id = (kept.made).role_id;
    SELECT r.name INTO ended_role FROM roles r WHERE r.id = (kept.ended).role_id;
  END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
  PERFORM app.audit('document.access_mode_changed', 'document', document, NULL, NULL, jsonb_build_object('previous', previous, 'new', wanted));
  IF kept_id IS NOT NULL THEN
    PERFORM app.audit(CASE WHEN ended_id IS NULL THEN 'permission.granted' ELSE 'permission.changed' END, 'document', document, NULL,
      jsonb_build_object('type', 'user', 'id', app.actor_id()),
      jsonb_build_object('grantId', kept_id, 'because', 'access_mode', 'new', jsonb_build_object('role', kept_role, 'expiresAt', app.iso(kept_until)))
        || CASE WHEN ended_id IS NULL THEN '{}' ELSE jsonb_build_object('previous', jsonb_build_object('grantId', ended_id, 'role', ended_role)) END);
  END IF;
  IF previous = 'private' THEN
    WITH given AS (
      UPDATE permissions p SET letter_waits = false WHERE p.document_id = document AND p.letter_waits RETURNING p.id, p.deleted_at, p.expires_at
    ), invited AS (
      UPDATE invitations i SET letter_waits = false WHERE i.document_id = document AND i.letter_waits RETURNING i.id, i.deleted_at, i.expires_at
    ), told AS (
      INSERT INTO outbox (name, data) SELECT 'grant/added', jsonb_build_object('grantId', given.id, 'actorId', app.actor_id(), 'isOpen', true, 'mail', 'letter') FROM given
    )
    INSERT INTO outbox (name, data) SELECT 'collaborator/added', jsonb_build_object('collaboratorId', due.id)
      FROM (TABLE given UNION ALL TABLE invited) due WHERE app.is_grant_live(due.deleted_at, due.expires_at);
  END IF;
END $$;

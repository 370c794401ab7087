-- Whether a mask lets the actor take a document to another collection. Whoever lies in that has rights on it from then on, so
-- it is for those who could remove it and share it, and for its owner, whose file it is.
CREATE FUNCTION app.can_move(mask integer, owner uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app.covers(mask, app.delete_any_documents() | app.manage_permissions()) OR (app.allows(mask, app.delete_own_documents()) AND owner = app.actor_id());
GRANT EXECUTE ON FUNCTION app.can_move TO sheaf_app;

-- Whether access to a document was given in terms of its workspace: to a group, or as one of the workspace's own roles.
CREATE FUNCTION app.is_bound_to_workspace(document uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM permissions p JOIN roles r ON r.id = p.role_id WHERE p.document_id = document
      AND app.is_grant_live(p.deleted_at, p.expires_at) AND (p.group_id IS NOT NULL OR p.subject_workspace_id IS NOT NULL OR r.workspace_id IS NOT NULL))
    OR EXISTS (SELECT FROM invitations i JOIN roles r ON r.id = i.role_id WHERE i.document_id = document
      AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at) AND r.workspace_id IS NOT NULL);

-- Moves documents to a collection and says why those stay that do; nothing of a refused one changes. Grants, invitations and
-- links are the documents' own and go along, as does who pays. Locks come in the order collections, documents, each by id;
-- what the actor may at both ends is read once they are held.
CREATE FUNCTION app.move_documents(ids uuid[], target uuid, known_version integer DEFAULT NULL)
  RETURNS TABLE (document_id uuid, refusal text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE there uuid[]; held uuid[]; around collections; home uuid; doc documents; mask integer;
BEGIN
  -- nobody waits for a lock, or holds one, on what is not there for them
  IF NOT app.allows(app.collection_mask(target), app.view_documents()) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  there := ARRAY(SELECT d.id FROM documents d WHERE d.id = ANY (ids) AND app.is_document_there(d) ORDER BY d.id);
  held := ARRAY(SELECT c.id FROM collections c
    WHERE c.id = target OR c.id IN (SELECT d.collection_id FROM documents d WHERE d.id = ANY (there)) ORDER BY c.id FOR SHARE);
  PERFORM FROM documents d WHERE d.id = ANY (there) ORDER BY d.id FOR NO KEY UPDATE;
  SELECT * INTO around FROM collections c WHERE c.id = target;
  mask := app.collection_mask(target);
  IF around.id IS NULL OR around.deleted_at IS NOT NULL OR NOT app.allows(mask, app.view_documents()) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF NOT app.allows(mask, app.create_documents()) THEN PERFORM app.refuse_action(target, NULL); END IF;
  FOR document_id IN SELECT DISTINCT i.id FROM unnest(ids) i (id) ORDER BY i.id LOOP
    SELECT * INTO doc FROM documents d WHERE d.id = document_id AND d.id = ANY (there);
    SELECT c.workspace_id INTO home FROM collections c WHERE c.id = doc.collection_id;
    mask := app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode);
    refusal := CASE
      WHEN doc.id IS NULL OR NOT app.is_document_live(doc.deleted_at, doc.status) OR NOT app.is_document_there(doc) THEN 'document'
      WHEN doc.collection_id <> ALL (held) THEN 'moved_meanwhile'
      WHEN NOT app.can_move(mask, doc.owner_id) THEN 'action'
      WHEN doc.version <> known_version THEN 'stale_version'
      WHEN doc.collection_id = target THEN NULL
      WHEN doc.access_mode = 'link' AND around.is_protected THEN 'linked'
      WHEN home <> around.workspace_id AND app.is_bound_to_workspace(doc.id) THEN 'bound_to_workspace'
    END;
    IF refusal IS NULL AND doc.collection_id <> target THEN
      -- one entry for those who read the log of each end
      PERFORM app.audit('document.moved_away', 'document', doc.id, doc.name, NULL, jsonb_build_object('to', target));
      UPDATE documents d SET collection_id = target, version = d.version + 1 WHERE d.id = doc.id;
      UPDATE pdf_jobs j SET collection_id = target WHERE j.document_id = doc.id;
      PERFORM app.audit('document.moved', 'document', doc.id, doc.name, NULL, jsonb_build_object('from', doc.collection_id));
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION app.move_documents TO sheaf_app;

-- Moves one document, or raises why not.
CREATE FUNCTION app.move_document(document uuid, target uuid, known_version integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE why text;
BEGIN
  -- what the document itself refuses is told before anything of the collection is
  SELECT CASE WHEN NOT app.can_move(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), d.owner_id) THEN 'action' ELSE 'movable' END INTO why
    FROM documents d WHERE d.id = document AND app.is_document_live(d.deleted_at, d.status) AND app.is_document_there(d);
  IF why = 'movable' THEN
    SELECT m.refusal INTO why FROM app.move_documents(ARRAY[document], target, known_version) m;
  ELSE
    why := coalesce(why, 'document');
  END IF;
  IF why = 'document' THEN RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = why; END IF;
  IF why = 'action' THEN PERFORM app.refuse_action(NULL, document); END IF;
  IF why IS NOT NULL THEN RAISE EXCEPTION 'Cannot be moved' USING ERRCODE = 'SH005', DETAIL = why; END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.move_document TO sheaf_app;

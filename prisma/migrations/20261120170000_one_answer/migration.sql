-- --- what is not there yet -------------------------------------------------------------------------------------
-- A document that is not uploaded yet is there for nobody: nothing is told about who has access to it either.
CREATE OR REPLACE FUNCTION app.access_place(collection uuid, document uuid)
  RETURNS TABLE (collection_id uuid, document_id uuid, collection_owner_id uuid, document_owner_id uuid, access_mode text,
    workspace_id uuid, rights integer, is_trashed boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, d.id, c.owner_id, d.owner_id, d.access_mode, c.workspace_id, mine.rights, mine.is_trashed
    FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
    JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END,
    LATERAL (SELECT app.rights(collection, document), c.deleted_at IS NOT NULL OR d.deleted_at IS NOT NULL) mine (rights, is_trashed)
   WHERE mine.rights & 1 <> 0 AND (NOT mine.is_trashed OR mine.rights & 512 <> 0) AND d.status IS DISTINCT FROM 'pending'
$$;

-- --- guests ----------------------------------------------------------------------------------------------------
-- Guests share nothing, whatever role they were given: of a document of their own they only say whether they keep it to
-- themselves.
CREATE OR REPLACE FUNCTION app.set_access_mode(document uuid, wanted text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(NULL, document, 1); doc documents; is_mine boolean; manages boolean;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := (place.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END) & 512 <> 0;
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = CASE WHEN manages THEN 'document_owner' ELSE 'action' END;
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
    IF EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
      RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
    END IF;
  END IF;
  IF wanted = 'link' AND place.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  IF wanted = doc.access_mode THEN RETURN doc.access_mode; END IF;
  IF wanted = 'invite' THEN PERFORM app.keep_manager(doc); END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
  RETURN doc.access_mode;
END $$;

-- --- what is in the trash --------------------------------------------------------------------------------------
-- As before, and a collection in the trash is there only for those who have all that is demanded.
CREATE OR REPLACE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer;
BEGIN
  SELECT * INTO found_row FROM collections c WHERE c.id = collection AND app.collection_mask(c.id) & 1 <> 0
     AND (c.deleted_at IS NULL OR wanted & ~app.collection_mask(c.id) = 0) FOR UPDATE;
  mask := app.collection_mask(collection);
  IF found_row.id IS NULL OR mask & 1 = 0 OR (found_row.deleted_at IS NOT NULL AND wanted & ~mask <> 0) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF wanted & ~mask <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  RETURN found_row;
END $$;

-- Whether a document is there for a change of itself: in the trash only for those who could bring it back; before it is
-- uploaded, and in a collection that is in the trash, only for its owner, whose account may be closed meanwhile.
CREATE FUNCTION app.is_document_there(doc documents) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mask integer := app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode);
BEGIN
  RETURN mask & 1 <> 0 AND (doc.deleted_at IS NULL OR app.can_delete(mask, doc.owner_id))
    AND (app.is_system() OR coalesce(doc.owner_id = app.actor_id(), false)
      OR (doc.status <> 'pending' AND app.is_collection_live(doc.collection_id)));
END $$;
REVOKE ALL ON FUNCTION app.is_document_there FROM PUBLIC;

-- Looks, locks, and looks again: nobody waits for a lock, or holds one, on what is not there for them.
CREATE OR REPLACE FUNCTION app.demand_document(document uuid) RETURNS documents
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row documents;
BEGIN
  SELECT d.* INTO found_row FROM documents d WHERE d.id = document AND app.is_document_there(d) FOR UPDATE;
  IF found_row.id IS NULL OR NOT app.is_document_there(found_row) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  RETURN found_row;
END $$;

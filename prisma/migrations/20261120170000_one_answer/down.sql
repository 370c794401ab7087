CREATE OR REPLACE FUNCTION app.demand_document(document uuid) RETURNS documents
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row documents;
BEGIN
  SELECT * INTO found_row FROM documents WHERE id = document FOR UPDATE;
  IF NOT FOUND OR app.document_mask(found_row.id, found_row.collection_id, found_row.owner_id, found_row.access_mode) & 1 = 0 THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  RETURN found_row;
END $$;
DROP FUNCTION app.is_document_there;
CREATE OR REPLACE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer;
BEGIN
  SELECT * INTO found_row FROM collections WHERE id = collection AND app.collection_mask(collection) & 1 <> 0 FOR UPDATE;
  mask := app.collection_mask(collection);
  IF found_row.id IS NULL OR mask & 1 = 0 THEN RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
  IF wanted & ~mask <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  RETURN found_row;
END $$;
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
  IF NOT manages AND NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action';
  END IF;
  IF wanted = 'link' AND place.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  IF wanted = doc.access_mode THEN RETURN doc.access_mode; END IF;
  IF wanted = 'invite' THEN PERFORM app.keep_manager(doc); END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
  RETURN doc.access_mode;
END $$;
CREATE OR REPLACE FUNCTION app.access_place(collection uuid, document uuid)
  RETURNS TABLE (collection_id uuid, document_id uuid, collection_owner_id uuid, document_owner_id uuid, access_mode text,
    workspace_id uuid, rights integer, is_trashed boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, d.id, c.owner_id, d.owner_id, d.access_mode, c.workspace_id, mine.rights, mine.is_trashed
    FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
    JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END,
    LATERAL (SELECT app.rights(collection, document), c.deleted_at IS NOT NULL OR coalesce(d.deleted_at IS NOT NULL OR d.status = 'pending', false))
      mine (rights, is_trashed)
   WHERE mine.rights & 1 <> 0 AND (NOT mine.is_trashed OR mine.rights & 512 <> 0)
$$;

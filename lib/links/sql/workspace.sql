-- A page of the links of the actor's workspace that are not revoked, newest first, before one of them; for its admins, and
-- without what opens them. Of a document that is closed to the reader the name is neither told nor looked into. It looks at
-- no more than 5,000 links; where that was not enough for a page, the last row is no link but the place to go on from.
CREATE FUNCTION app.list_workspace_links(part text, wanted_state text, before uuid, at_most integer)
  RETURNS TABLE (id uuid, is_place boolean, name text, role text, state text, has_password boolean, allow_download boolean, watermark boolean,
    max_uses integer, use_count integer, expires_at timestamptz, last_accessed_at timestamptz, created_at timestamptz,
    creator_id uuid, creator_name text, creator_email text, collection_id uuid, collection_name text, document_id uuid, document_name text, can_open boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  most CONSTANT integer := 5000;
  mine uuid := app.actor_workspace(); needle text := app.folded(part);
  held record; doc documents; seen integer := 0; shown integer := 0;
BEGIN
  IF mine IS NULL OR NOT app.is_workspace_admin() THEN
    RAISE EXCEPTION 'Only workspace admins' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
  END IF;
  FOR held IN
    SELECT l AS link, r.name AS role, c.id AS place_id, c.name AS place, c.deleted_at AS trashed_at, d AS document, u.name AS person, u.email AS address,
           u.workspace_id = mine AS is_colleague
      FROM public_links l JOIN roles r ON r.id = l.role_id LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) LEFT JOIN users u ON u.id = l.created_by_id
     WHERE l.workspace_id = mine AND l.revoked_at IS NULL AND l.id < before ORDER BY l.id DESC LIMIT most + 1
  LOOP
    EXIT WHEN shown = at_most;
    seen := seen + 1;
    id := (held.link).id;
    is_place := seen > most;
    IF is_place THEN
      RETURN NEXT;
      RETURN;
    END IF;
    state := app.link_state(id, (held.link).expires_at, (held.link).use_count, (held.link).max_uses);
    CONTINUE WHEN state <> wanted_state;
    doc := held.document;
    can_open := CASE WHEN doc.id IS NULL THEN app.allows(app.collection_mask(held.place_id), app.view_documents())
      ELSE app.allows(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), app.view_documents()) END;
    document_name := CASE WHEN can_open THEN doc.name END;
    creator_name := CASE WHEN held.is_colleague THEN held.person END;
    name := (held.link).name;
    collection_name := held.place;
    CONTINUE WHEN needle <> '' AND strpos(app.folded(concat_ws(E'\n', name, collection_name, document_name, creator_name)), needle) = 0;
    role := held.role; has_password := (held.link).password_hash IS NOT NULL; allow_download := (held.link).allow_download;
    watermark := (held.link).watermark; max_uses := (held.link).max_uses; use_count := (held.link).use_count;
    expires_at := (held.link).expires_at; last_accessed_at := (held.link).last_accessed_at; created_at := (held.link).created_at;
    creator_id := (held.link).created_by_id; creator_email := held.address;
    collection_id := held.place_id; document_id := doc.id;
    can_open := can_open AND held.trashed_at IS NULL AND doc.deleted_at IS NULL;
    shown := shown + 1;
    RETURN NEXT;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION app.list_workspace_links TO sheaf_app;

-- Ends a link of the actor's workspace for good, for its admins, whatever they may do with what it opens; nothing for one
-- that had ended so before.
CREATE FUNCTION app.revoke_workspace_link(link uuid) RETURNS TABLE (collection_id uuid, document_id uuid, told jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_workspace_admin(false); held public_links;
BEGIN
  SELECT * INTO held FROM public_links l WHERE l.id = link AND l.workspace_id = mine FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  IF held.revoked_at IS NOT NULL THEN RETURN; END IF;
  UPDATE public_links l SET revoked_at = now() WHERE l.id = link;
  collection_id := held.collection_id;
  document_id := held.document_id;
  told := app.told_link(held);
  RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION app.revoke_workspace_link TO sheaf_app;

-- Changes a document's access mode, for those who manage it and for its owner. A manager who would shut themselves out
-- keeps a grant.
CREATE FUNCTION app.set_access_mode(document uuid, wanted text) RETURNS void
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
      UPDATE permissions p SET letter_waits = false, letter_at = now() WHERE p.document_id = document AND p.letter_waits RETURNING p.id, p.deleted_at, p.expires_at
    ), invited AS (
      UPDATE invitations i SET letter_waits = false, letter_at = now() WHERE i.document_id = document AND i.letter_waits RETURNING i.id, i.deleted_at, i.expires_at
    ), told AS (
      INSERT INTO outbox (name, data) SELECT 'grant/added', jsonb_build_object('grantId', given.id, 'actorId', app.actor_id(), 'isOpen', true, 'mail', 'letter') FROM given
    )
    INSERT INTO outbox (name, data) SELECT 'collaborator/added', jsonb_build_object('collaboratorId', due.id)
      FROM (TABLE given UNION ALL TABLE invited) due WHERE app.is_grant_live(due.deleted_at, due.expires_at);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.set_access_mode TO sheaf_app;

-- Changes who sees a collection without a grant of their own, and whether it is protected; returns whether it is then.
-- Visibility is a grant to the workspace or to everyone.
CREATE FUNCTION app.set_visibility(collection uuid, wanted text, protects boolean, OUT is_protected boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  resource app.resource := app.demand_resource(collection, NULL, app.manage_permissions());
  viewer uuid;
  previous text;
  was_protected boolean;
  unlinked integer := 0;
  closed_links uuid[] := '{}';
BEGIN
  SELECT c.visibility, c.is_protected INTO previous, was_protected FROM collections c WHERE c.id = collection;
  is_protected := coalesce(protects, was_protected);
  IF is_protected <> was_protected AND resource.owner_id <> app.actor_id() THEN
    RAISE EXCEPTION 'Only the owner protects' USING ERRCODE = 'SH003', DETAIL = 'owner_only';
  END IF;
  IF is_protected AND wanted = 'public' THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  IF wanted = previous AND is_protected = was_protected THEN RETURN; END IF;
  UPDATE collections c SET visibility = wanted, is_protected = set_visibility.is_protected, version = version + 1, updated_at = now()
   WHERE c.id = collection;
  IF is_protected THEN
    UPDATE documents d SET access_mode = 'collection', version = version + 1, updated_at = now()
     WHERE d.collection_id = collection AND d.access_mode = 'link';
    GET DIAGNOSTICS unlinked = ROW_COUNT;
    WITH closed AS (
      UPDATE public_links l SET revoked_at = now()
       WHERE l.revoked_at IS NULL AND (l.collection_id = collection OR l.document_id IN (SELECT d.id FROM documents d WHERE d.collection_id = collection))
      RETURNING l.id
    ) SELECT coalesce(array_agg(closed.id ORDER BY closed.id), '{}') INTO closed_links FROM closed;
  END IF;
  IF wanted <> previous THEN
    PERFORM app.audit('collection.visibility_changed', 'collection', collection, NULL, NULL, jsonb_build_object('previous', previous, 'new', wanted));
  END IF;
  IF is_protected <> was_protected THEN
    PERFORM app.audit(CASE WHEN is_protected THEN 'collection.protected' ELSE 'collection.unprotected' END, 'collection', collection, NULL, NULL,
      jsonb_build_object('unlinkedDocuments', unlinked, 'closedLinks', cardinality(closed_links)));
  END IF;
  PERFORM app.audit('link.revoked', 'collection', collection, NULL, jsonb_build_object('type', 'link', 'id', l), '{"because": "protected"}')
    FROM unnest(closed_links) l;
  IF wanted = previous THEN RETURN; END IF;
  UPDATE permissions p SET deleted_at = now()
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.is_everyone OR p.subject_workspace_id IS NOT NULL);
  SELECT r.id INTO viewer FROM roles r WHERE r.workspace_id IS NULL AND r.name = 'viewer';
  IF wanted = 'workspace' THEN
    INSERT INTO permissions (subject_workspace_id, collection_id, role_id, granted_by_id) VALUES (resource.workspace_id, collection, viewer, app.actor_id());
  ELSIF wanted = 'public' THEN
    INSERT INTO permissions (is_everyone, collection_id, role_id, granted_by_id) VALUES (true, collection, viewer, app.actor_id());
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.set_visibility TO sheaf_app;

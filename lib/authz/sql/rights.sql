-- The actor's mask on a collection, in the trash or not; 0 without a grant.
CREATE FUNCTION app.collection_mask(collection uuid) RETURNS integer
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.is_system() THEN RETURN app.all_permissions(); END IF;
  RETURN coalesce((SELECT bit_or(g.mask) FROM app.my_collection_grants g WHERE g.collection_id = collection), 0);
END $$;
GRANT EXECUTE ON FUNCTION app.collection_mask TO sheaf_app;

-- The actor's mask on a document, in the trash or not. The caller has read its row and hands the columns over. One plan
-- serves all calls: planned anew for each, it would take longer than it runs.
CREATE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine uuid[];
  is_mine boolean;
BEGIN
  IF app.is_system() THEN RETURN app.all_permissions(); END IF;
  mine := app.my_principal_ids();
  -- a suspended person acts as nobody, not as themselves either
  is_mine := coalesce(owner = app.actor_id() AND owner = ANY (mine), false);
  RETURN app.combined_mask(mode, is_mine,
    coalesce((SELECT bit_or(p.mask) FROM permissions p
      WHERE p.collection_id = collection AND p.principal_id = ANY (mine) AND app.is_grant_live(p.deleted_at, p.expires_at)), 0),
    coalesce((SELECT bit_or(p.mask) FROM permissions p
      WHERE p.document_id = document AND p.principal_id = ANY (mine) AND app.is_grant_live(p.deleted_at, p.expires_at)), 0));
END $$;
GRANT EXECUTE ON FUNCTION app.document_mask TO sheaf_app;

-- The actor's mask on a collection or, where one is given, on a document. Visitors have none on what is in the trash.
CREATE FUNCTION app.rights(collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN document IS NULL THEN app.collection_mask(collection) ELSE
    coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) FROM documents d
      WHERE d.id = document AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT app.is_visitor())), 0) END;
GRANT EXECUTE ON FUNCTION app.rights TO sheaf_app;

-- The actor's mask on a document that is live, in a collection that is; 0 for what lies in the trash.
CREATE FUNCTION app.live_rights(document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode)
    FROM documents d JOIN collections c ON c.id = d.collection_id
   WHERE d.id = document AND app.is_document_live(d.deleted_at, d.status) AND c.deleted_at IS NULL), 0);
GRANT EXECUTE ON FUNCTION app.live_rights TO sheaf_app;

-- A person's mask on a live collection or, where one is given, on a live document, whoever acts: for those who decide whom to
-- tell. 0 on what is in the trash, and for a suspended person.
CREATE FUNCTION app.person_mask(person uuid, collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((
    SELECT CASE WHEN document IS NULL THEN held.on_collection ELSE app.combined_mask(d.access_mode, held.is_owner, held.on_collection, held.on_document) END
      FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
      JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END, LATERAL (
        SELECT coalesce(d.owner_id = person AND EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = person), false),
               coalesce((SELECT bit_or(p.mask) FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id
                 WHERE up.user_id = person AND p.collection_id = c.id AND app.is_grant_live(p.deleted_at, p.expires_at)), 0),
               coalesce((SELECT bit_or(p.mask) FROM permissions p JOIN user_principals up ON up.principal_id = p.principal_id
                 WHERE up.user_id = person AND p.document_id = d.id AND app.is_grant_live(p.deleted_at, p.expires_at)), 0) OFFSET 0
      ) held (is_owner, on_collection, on_document)
     WHERE c.deleted_at IS NULL AND (document IS NULL OR app.is_document_live(d.deleted_at, d.status))), 0)
$$;

-- Whether a collection is open to the system or to a visitor. Policies ask it only where no person acts, so that people
-- do not pay for it.
CREATE FUNCTION app.opens_collection(collection uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_system() OR (app.is_visitor() AND app.allows(app.collection_mask(collection), app.view_documents()))
$$;
GRANT EXECUTE ON FUNCTION app.opens_collection TO sheaf_app;

-- Whether a document is open to the system or to a visitor, as opens_collection.
CREATE FUNCTION app.opens_document(document uuid, collection uuid, mode text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_system() OR (app.is_visitor() AND app.allows(app.document_mask(document, collection, NULL, mode), app.view_documents())
     AND EXISTS (SELECT FROM documents d WHERE d.id = document AND app.is_document_live(d.deleted_at, d.status)))
$$;
GRANT EXECUTE ON FUNCTION app.opens_document TO sheaf_app;

-- Whether a collection is there and not in the trash; says nothing about who may see it.
CREATE FUNCTION app.is_collection_live(collection uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM collections WHERE id = collection AND deleted_at IS NULL);
GRANT EXECUTE ON FUNCTION app.is_collection_live TO sheaf_app;

-- Whether a document is there for a change of itself: in the trash only for those who could bring it back; before it is
-- uploaded, and in a collection that is in the trash, only for its owner, whose account may be closed meanwhile.
CREATE FUNCTION app.is_document_there(doc documents) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mask integer := app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode);
BEGIN
  RETURN app.allows(mask, app.view_documents()) AND (doc.deleted_at IS NULL OR app.can_delete(mask, doc.owner_id))
    AND (app.is_system() OR coalesce(doc.owner_id = app.actor_id(), false)
      OR (doc.status <> 'pending' AND app.is_collection_live(doc.collection_id)));
END $$;

-- Whether a mask lets the actor remove a document: any with delete_any_documents, one's own with delete_own_documents.
CREATE FUNCTION app.can_delete(mask integer, owner uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app.allows(mask, app.delete_any_documents()) OR (app.allows(mask, app.delete_own_documents()) AND owner = app.actor_id());
GRANT EXECUTE ON FUNCTION app.can_delete TO sheaf_app;

-- Raises SH003 and says who can help: the owner of the collection where that is what counts, those who manage the
-- document where it is limited to invited people, and the document's own owner to its mode. Nobody is sent to themselves,
-- and nothing is told of what is not seen.
CREATE FUNCTION app.refuse_action(collection uuid, document uuid, permission text DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents; mask integer; helper text := 'collection_owner';
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  mask := app.rights(NULL, document);
  -- nothing is told of what is not seen
  IF doc.access_mode = 'invite' AND app.allows(mask, app.view_documents()) THEN
    helper := CASE WHEN doc.owner_id = app.actor_id() AND NOT app.covers(mask, app.collection_mask(doc.collection_id)) THEN 'own_mode'
      WHEN app.allows(mask, app.manage_permissions()) THEN 'somebody' ELSE 'document_managers' END;
  END IF;
  RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action',
    HINT = jsonb_strip_nulls(jsonb_build_object('helper', helper, 'permission', permission))::text;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_action TO sheaf_app;

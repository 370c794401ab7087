-- Who hears of a change on an open page: principals, as they are when it happens. Whoever acts as one of them hears it, on
-- whichever instance their stream is. Everyone's principal is never among them: nobody hears of what is only unlisted.

-- Writes down what pages are to hear of, in the transaction that does it. The data are ids alone.
CREATE FUNCTION app.tell(name text, data jsonb, audience uuid[]) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO outbox (name, data, audience) SELECT tell.name, tell.data, tell.audience WHERE cardinality(tell.audience) > 0
$$;

-- The principals with one of the wanted permissions on a collection.
CREATE FUNCTION app.collection_audience(collection uuid, wanted integer) RETURNS uuid[]
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT p.principal_id), '{}') FROM permissions p
   WHERE p.collection_id = collection AND p.link_id IS NULL AND NOT p.is_everyone AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, wanted)
$$;

-- The principals with one of the wanted permissions on a document, in the access mode that it has or had.
CREATE FUNCTION app.document_audience(document uuid, collection uuid, owner uuid, mode text, wanted integer)
  RETURNS uuid[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT heard.id), '{}') FROM (
    SELECT owner AS id WHERE app.allows(app.owner_mask(mode), wanted)
    UNION ALL
    SELECT p.principal_id FROM permissions p
     WHERE p.collection_id = collection AND app.counts_collection_grants(mode, false) AND p.link_id IS NULL AND NOT p.is_everyone
       AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, wanted)
    UNION ALL
    SELECT p.principal_id FROM permissions p
     WHERE p.document_id = document AND app.counts_document_grants(mode, false) AND p.link_id IS NULL AND NOT p.is_everyone
       AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, wanted)) heard
$$;

-- The permissions that show who was given what on a resource.
CREATE FUNCTION app.see_grants() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN app.edit_documents() | app.manage_permissions();

-- Tells of a change of access to a collection or a document: those with one of the wanted permissions on it, and the
-- principals whose grant it was, as far as that opened anything to them. In the trash those who manage it; nobody once it
-- is gone, which tells of itself.
CREATE FUNCTION app.tell_access(collection uuid, document uuid, wanted integer, principals uuid[] DEFAULT '{}', name text DEFAULT 'access/changed',
    link uuid DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE doc documents; around collections; is_trashed boolean;
BEGIN
  IF document IS NOT NULL THEN SELECT * INTO doc FROM documents d WHERE d.id = document; END IF;
  SELECT * INTO around FROM collections c WHERE c.id = CASE WHEN document IS NULL THEN collection ELSE doc.collection_id END;
  IF around.id IS NULL THEN RETURN; END IF;
  is_trashed := around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL;
  PERFORM app.tell(name, jsonb_strip_nulls(jsonb_build_object('collectionId', CASE WHEN document IS NULL THEN collection END, 'documentId', document, 'linkId', link)),
    CASE WHEN document IS NULL THEN app.collection_audience(collection, told.mask)
      ELSE app.document_audience(doc.id, doc.collection_id, doc.owner_id, doc.access_mode, told.mask) END
    || CASE WHEN is_trashed OR NOT (document IS NULL OR app.counts_document_grants(doc.access_mode, false)) THEN '{}' ELSE principals END)
    FROM (SELECT CASE WHEN is_trashed THEN app.manage_permissions() ELSE wanted END) told (mask);
END $$;

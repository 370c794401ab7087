-- Who is told of a new document: those to whom its collection was given, as themselves or in a group, and its owner, as far as
-- they may view the document. What a workspace or everyone may see is told to nobody, nor what is restarted days later.
CREATE FUNCTION app.document_added_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT up.user_id, d.owner_id, d.collection_id, d.id, app.view_documents(), '{}'::jsonb, 'collection:' || d.collection_id, NULL
    FROM documents d JOIN collections c ON c.id = d.collection_id JOIN permissions p ON p.collection_id = c.id JOIN user_principals up ON up.principal_id = p.principal_id
   WHERE d.id = (event->>'documentId')::uuid AND app.is_document_live(d.deleted_at, d.status) AND c.deleted_at IS NULL
     AND d.created_at > now() - interval '2 days' AND app.counts_collection_grants(d.access_mode, false)
     AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, app.view_documents()) AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL)
   ORDER BY up.user_id LIMIT app.most_recipients()
$$;

-- Who is told that a document could not be read: whoever uploaded it.
CREATE FUNCTION app.processing_failed_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.owner_id, NULL::uuid, d.collection_id, d.id, app.view_documents(), '{}'::jsonb, NULL, NULL
    FROM documents d WHERE d.id = (event->>'documentId')::uuid AND d.status = 'failed' AND app.is_document_live(d.deleted_at, d.status)
     AND app.allows(app.person_mask(d.owner_id, NULL, d.id), app.view_documents())
$$;
GRANT EXECUTE ON FUNCTION app.document_added_recipients, app.processing_failed_recipients TO sheaf_app;

-- Letters about collections and documents count towards their inviter's hour, as those of workspaces do.
DROP FUNCTION app.invitation_letter(uuid);
CREATE FUNCTION app.invitation_letter(collaborator uuid)
  RETURNS TABLE (email text, language text, inviter_id uuid, inviter_name text, collection_id uuid, document_id uuid, resource_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), g.id, coalesce(g.name, ''),
         coalesce(p.collection_id, i.collection_id), d.id, coalesce(d.name, c.name)
    FROM (SELECT collaborator) wanted (id)
    LEFT JOIN permissions p ON p.id = wanted.id AND p.deleted_at IS NULL
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN invitations i ON i.id = wanted.id AND i.deleted_at IS NULL
    LEFT JOIN documents d ON d.id = coalesce(p.document_id, i.document_id)
    JOIN collections c ON c.id = coalesce(d.collection_id, p.collection_id, i.collection_id) AND c.deleted_at IS NULL
    LEFT JOIN users g ON g.id = coalesce(p.granted_by_id, i.invited_by_id)
   WHERE app.is_system() AND coalesce(u.email, i.email) IS NOT NULL AND d.deleted_at IS NULL
$$;
REVOKE ALL ON FUNCTION app.invitation_letter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.invitation_letter TO sheaf_app;

-- Whether a link opens anything now, apart from its end, which its grant carries: not revoked, nothing in the trash, not
-- protected, and a document only in the mode link. Leaving the mode suspends its links, coming back revives them.
CREATE FUNCTION app.is_link_open(link uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (
    SELECT FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id)
     WHERE l.id = link AND l.revoked_at IS NULL AND c.deleted_at IS NULL AND NOT c.is_protected
       AND (d.id IS NULL OR (d.access_mode = 'link' AND app.is_document_live(d.deleted_at, d.status))));
GRANT EXECUTE ON FUNCTION app.is_link_open TO sheaf_app;

-- Every grant that counts, whosever it is. For functions of the owner.
CREATE VIEW app.live_grants AS
  SELECT p.principal_id, p.collection_id, p.document_id, p.mask FROM permissions p
   WHERE app.is_grant_live(p.deleted_at, p.expires_at)
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));

-- The actor's grants on collections that count.
CREATE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.collection_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
GRANT SELECT ON app.my_collection_grants TO sheaf_app;

-- The actor's grants on documents that count.
CREATE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.document_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
GRANT SELECT ON app.my_document_grants TO sheaf_app;

-- Collections that a grant lets the person who acts view. Policies read through it: a barrier view answers from the
-- index, where a function would be asked for each row.
CREATE VIEW app.my_viewed_collections WITH (security_barrier = true) AS
  SELECT p.collection_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.person_id() AND p.collection_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, app.view_documents());
GRANT SELECT ON app.my_viewed_collections TO sheaf_app;

-- Documents that a grant on themselves lets the person who acts view.
CREATE VIEW app.my_viewed_documents WITH (security_barrier = true) AS
  SELECT p.document_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.person_id() AND p.document_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, app.view_documents());
GRANT SELECT ON app.my_viewed_documents TO sheaf_app;

-- What each person may do on each resource, for the reports of the system and of workspace admins. Links are not people
-- and are left out.
CREATE VIEW effective_permissions WITH (security_barrier = true) AS
  WITH live AS (
    SELECT up.user_id, p.collection_id, p.document_id, p.mask FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
     WHERE app.is_grant_live(p.deleted_at, p.expires_at) AND p.link_id IS NULL
  ), reached AS (
    SELECT l.user_id, 'collection' AS resource_type, c.id AS resource_id, c.workspace_id, c.id AS collection_id, c.deleted_at IS NULL AS is_live, l.mask
      FROM live l JOIN collections c ON c.id = l.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND app.is_document_live(d.deleted_at, d.status), l.mask
      FROM live l JOIN documents d ON d.collection_id = l.collection_id
        AND app.counts_collection_grants(d.access_mode, d.owner_id = l.user_id) JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND app.is_document_live(d.deleted_at, d.status), l.mask
      FROM live l JOIN documents d ON d.id = l.document_id AND app.counts_document_grants(d.access_mode, d.owner_id = l.user_id) JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT d.owner_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND app.is_document_live(d.deleted_at, d.status),
           app.owner_mask(d.access_mode)
      FROM documents d JOIN collections c ON c.id = d.collection_id JOIN user_principals up ON up.user_id = d.owner_id AND up.principal_id = d.owner_id
  )
  SELECT r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live, bit_or(r.mask) AS mask
    FROM reached r
   WHERE (SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND r.workspace_id = (SELECT app.actor_workspace()))
   GROUP BY r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live;
GRANT SELECT ON effective_permissions TO sheaf_app;

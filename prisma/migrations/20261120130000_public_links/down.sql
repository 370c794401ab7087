DROP POLICY permissions_read ON permissions;
CREATE POLICY permissions_read ON permissions FOR SELECT TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR granted_by_id = (SELECT app.actor_id())
    OR (collection_id IS NOT NULL AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = permissions.collection_id AND g.mask & 516 <> 0))
    OR (document_id IS NOT NULL AND app.rights(NULL, document_id) & 516 <> 0)
    OR (SELECT app.is_system()));
DROP POLICY permissions_add ON permissions;
CREATE POLICY permissions_add ON permissions FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system())
    OR (granted_by_id = (SELECT app.actor_id()) AND subject_workspace_id IS NULL AND NOT is_everyone
      AND app.rights(collection_id, document_id) & 512 <> 0 AND mask & ~app.rights(collection_id, document_id) = 0
      AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.deleted_at IS NULL)
      AND (group_id IS NULL OR EXISTS (SELECT FROM groups g WHERE g.id = group_id AND g.deleted_at IS NULL)))
    OR (user_id = (SELECT app.actor_id()) AND EXISTS (SELECT FROM collections c WHERE c.id = collection_id AND c.owner_id = (SELECT app.actor_id()))));
DROP POLICY permissions_change ON permissions;
CREATE POLICY permissions_change ON permissions FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR user_id = (SELECT app.actor_id())
    OR (app.rights(collection_id, document_id) & 512 <> 0 AND mask & ~app.rights(collection_id, document_id) = 0))
  WITH CHECK ((SELECT app.is_system()) OR (user_id = (SELECT app.actor_id()) AND deleted_at IS NOT NULL)
    OR (app.rights(collection_id, document_id) & 512 <> 0 AND (deleted_at IS NOT NULL OR mask & ~app.rights(collection_id, document_id) = 0)));

DROP FUNCTION app.set_visibility;
CREATE FUNCTION app.set_visibility(collection uuid, wanted text, protects boolean,
    OUT previous text, OUT was_protected boolean, OUT is_protected boolean, OUT unlinked integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(collection, NULL, 512); viewer uuid;
BEGIN
  SELECT c.visibility, c.is_protected INTO previous, was_protected FROM collections c WHERE c.id = collection;
  is_protected := coalesce(protects, was_protected);
  unlinked := 0;
  IF is_protected <> was_protected AND place.owner_id <> app.actor_id() THEN
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
  END IF;
  IF wanted = previous THEN RETURN; END IF;
  UPDATE permissions p SET deleted_at = now()
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.is_everyone OR p.subject_workspace_id IS NOT NULL);
  SELECT r.id INTO viewer FROM roles r WHERE r.workspace_id IS NULL AND r.name = 'viewer';
  IF wanted = 'workspace' THEN
    INSERT INTO permissions (subject_workspace_id, collection_id, role_id, granted_by_id) VALUES (place.workspace_id, collection, viewer, app.actor_id());
  ELSIF wanted = 'public' THEN
    INSERT INTO permissions (is_everyone, collection_id, role_id, granted_by_id) VALUES (true, collection, viewer, app.actor_id());
  END IF;
END $$;
REVOKE ALL ON FUNCTION app.set_visibility FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.set_visibility TO sheaf_app;
CREATE OR REPLACE FUNCTION app.shared_collections() RETURNS TABLE (id uuid, name text, shares integer, foreign_documents integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM (
    SELECT c.id, c.name,
      (SELECT count(*)::integer FROM permissions p LEFT JOIN documents d ON d.id = p.document_id
        WHERE coalesce(p.collection_id, d.collection_id) = c.id AND p.deleted_at IS NULL AND p.user_id IS DISTINCT FROM c.owner_id
          AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp()))
      + (SELECT count(*)::integer FROM invitations i WHERE i.collection_id = c.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
          AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp()))
      + (c.visibility <> 'private')::integer,
      (SELECT count(*)::integer FROM documents d WHERE d.collection_id = c.id AND d.owner_id <> c.owner_id AND d.status <> 'pending')
    FROM collections c WHERE c.owner_id = app.actor_id() AND c.deleted_at IS NULL
  ) x (id, name, shares, foreign_documents) WHERE shares > 0 OR foreign_documents > 0 ORDER BY lower(name), id
$$;
CREATE OR REPLACE FUNCTION app.access_grants(collection uuid, document uuid, person uuid)
  RETURNS TABLE (id uuid, resource text, subject text, principal text, subject_name text, role_id uuid, role text, mask integer,
    granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz, is_expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH place AS (
    SELECT x.collection_id, x.document_id FROM app.access_place(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM place JOIN permissions p ON p.collection_id = place.collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM place JOIN permissions p ON p.document_id = place.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM place JOIN invitations i ON i.collection_id = place.collection_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
    UNION ALL SELECT i.* FROM place JOIN invitations i ON i.document_id = place.document_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
  )
  SELECT p.id, CASE WHEN p.document_id IS NULL THEN 'collection' ELSE 'document' END,
         CASE WHEN p.user_id IS NOT NULL THEN 'user' WHEN p.group_id IS NOT NULL THEN 'group' WHEN p.is_everyone THEN 'everyone' ELSE 'workspace' END,
         CASE WHEN p.user_id IS NULL OR app.is_known(p.user_id, place.collection_id, place.document_id)
           THEN p.principal_id::text ELSE 'address:' || u.email_normalized END,
         coalesce(t.name, w.name), r.id, r.name, p.mask, g.id, g.name, p.granted_at, p.expires_at, coalesce(p.expires_at <= statement_timestamp(), false)
    FROM place, given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
    LEFT JOIN workspaces w ON w.id = p.subject_workspace_id LEFT JOIN users g ON g.id = p.granted_by_id
   WHERE person IS NULL OR p.user_id = person
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = p.principal_id)
  UNION ALL
  SELECT i.id, CASE WHEN i.document_id IS NULL THEN 'collection' ELSE 'document' END, 'user', 'address:' || i.email_normalized,
         NULL, r.id, r.name, r.mask, g.id, g.name, i.created_at, i.expires_at, coalesce(i.expires_at <= statement_timestamp(), false)
    FROM waiting i JOIN roles r ON r.id = i.role_id LEFT JOIN users g ON g.id = i.invited_by_id
$$;
CREATE OR REPLACE VIEW effective_permissions WITH (security_barrier = true) AS
  WITH live AS (
    SELECT up.user_id, p.collection_id, p.document_id, p.mask FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
     WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
  ), reached AS (
    SELECT l.user_id, 'collection' AS resource_type, c.id AS resource_id, c.workspace_id, c.id AS collection_id, c.deleted_at IS NULL AS is_live, l.mask
      FROM live l JOIN collections c ON c.id = l.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending', l.mask
      FROM live l JOIN documents d ON d.collection_id = l.collection_id AND d.access_mode IN ('collection', 'link') JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending', l.mask
      FROM live l JOIN documents d ON d.id = l.document_id AND d.access_mode <> 'private' JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT d.owner_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending',
           CASE d.access_mode WHEN 'private' THEN 13 ELSE 9 END
      FROM documents d JOIN collections c ON c.id = d.collection_id JOIN user_principals up ON up.user_id = d.owner_id AND up.principal_id = d.owner_id
  )
  SELECT r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live, bit_or(r.mask) AS mask
    FROM reached r
   WHERE (SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND r.workspace_id = (SELECT app.actor_workspace()))
   GROUP BY r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live;
CREATE OR REPLACE FUNCTION app.collection_people(collection uuid, at_most integer) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name
    FROM permissions p JOIN users u ON u.id = p.user_id JOIN collections c ON c.id = p.collection_id
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (SELECT app.collection_mask(collection)) & 1 <> 0
     AND (u.id = c.owner_id OR u.id = app.actor_id() OR (p.opened_at IS NOT NULL AND (SELECT app.collection_mask(collection)) & 516 <> 0))
   ORDER BY u.id <> c.owner_id, p.granted_at, u.id LIMIT at_most
$$;
CREATE OR REPLACE FUNCTION app.document_key(document uuid, part text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.key FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id
    JOIN objects o ON o.id = CASE part WHEN 'blob' THEN b.object_id WHEN 'thumbnail' THEN d.thumbnail_object_id END
   WHERE d.id = document AND app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) & 1 <> 0
$$;
CREATE OR REPLACE FUNCTION app.rights(collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN document IS NULL THEN app.collection_mask(collection) ELSE
    coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) FROM documents d WHERE d.id = document), 0) END;
DROP POLICY documents_visited ON documents;
CREATE OR REPLACE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
CREATE OR REPLACE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.document_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());

DROP FUNCTION app.create_link, app.revoke_link, app.list_links, app.link_of, app.is_link_open, app.is_visitor;
ALTER TABLE permissions DROP CONSTRAINT permissions_link_id_fkey;
DROP TABLE public_links;
DROP FUNCTION app.link_changed, app.link_rules;
DELETE FROM permissions WHERE link_id IS NOT NULL;
DELETE FROM user_principals WHERE principal_id = user_id AND user_id <> '00000000-0000-0000-0000-000000000001'
  AND NOT EXISTS (SELECT FROM users u WHERE u.id = user_id);
DROP INDEX permissions_live_collection, permissions_live_document, permissions_principal_collection, permissions_principal_document, permissions_link;
ALTER TABLE permissions ALTER COLUMN principal_id
  SET EXPRESSION AS (COALESCE(user_id, group_id, subject_workspace_id, '00000000-0000-0000-0000-000000000001'::uuid));
ALTER TABLE permissions DROP CONSTRAINT permissions_check;
ALTER TABLE permissions DROP COLUMN link_id;
ALTER TABLE permissions ADD CONSTRAINT permissions_check CHECK (num_nonnulls(user_id, group_id, subject_workspace_id) + is_everyone::int = 1);
CREATE UNIQUE INDEX permissions_live_collection ON permissions (collection_id, principal_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE UNIQUE INDEX permissions_live_document ON permissions (document_id, principal_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND document_id IS NOT NULL;
CREATE INDEX permissions_principal_collection ON permissions (principal_id, collection_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE INDEX permissions_principal_document ON permissions (principal_id, document_id) INCLUDE (mask, expires_at) WHERE deleted_at IS NULL AND document_id IS NOT NULL;

CREATE INDEX documents_apart ON documents (collection_id) INCLUDE (id, owner_id, access_mode)
  WHERE deleted_at IS NULL AND status <> 'pending' AND access_mode IN ('private', 'invite');

SET LOCAL check_function_bodies = off;

DROP FUNCTION app.list_collections(text,uuid,integer);

CREATE OR REPLACE FUNCTION app.collection_cards(ids uuid[], counted integer, faces integer)
 RETURNS TABLE(id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamp with time zone, updated_at timestamp with time zone, deleted_at timestamp with time zone, mask integer, document_count integer, people json, is_own_workspace boolean, is_shared boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
  SELECT c.id, c.name, c.description, c.visibility, c.owner_id, u.name, c.version, c.created_at, c.updated_at, c.deleted_at, mine.mask,
    CASE WHEN app.allows(mine.mask, app.view_documents()) THEN least(counted, apart.seen + (SELECT count(*) FROM (
        SELECT FROM documents d WHERE d.collection_id = c.id AND app.is_document_live(d.deleted_at, d.status) LIMIT counted + apart.present) d) - apart.present)::integer
      ELSE (SELECT count(*)::integer FROM (
        SELECT FROM documents d WHERE d.collection_id = c.id AND app.is_document_live(d.deleted_at, d.status) AND (d.owner_id = (SELECT app.live_actor_id())
          OR (app.counts_document_grants(d.access_mode, false) AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1))) LIMIT counted) d) END,
    (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name)), '[]') FROM (
      SELECT v.id, v.name FROM (
          SELECT p.user_id, p.granted_at FROM permissions p
           WHERE p.collection_id = c.id AND p.principal_id IN (c.owner_id, (SELECT app.actor_id())) AND p.user_id IS NOT NULL
             AND app.is_grant_live(p.deleted_at, p.expires_at)
          UNION
          (SELECT p.user_id, p.granted_at FROM permissions p
            WHERE p.collection_id = c.id AND app.allows(mine.mask, app.edit_documents() | app.manage_permissions()) AND p.user_id IS NOT NULL AND p.opened_at IS NOT NULL
              AND app.is_grant_live(p.deleted_at, p.expires_at)
            ORDER BY p.collection_id, p.granted_at, p.user_id LIMIT faces)) p
        JOIN users v ON v.id = p.user_id
       WHERE NOT (SELECT app.is_visitor()) AND app.allows(mine.mask, app.view_documents())
       ORDER BY v.id <> c.owner_id, p.granted_at, v.id LIMIT faces) p),
    coalesce(c.workspace_id = (SELECT app.actor_workspace()), false),
    -- whoever is not its owner sees that somebody else is in
    c.owner_id IS DISTINCT FROM (SELECT app.actor_id())
      OR EXISTS (SELECT FROM permissions p WHERE p.collection_id = c.id AND p.principal_id <> c.owner_id
                    AND num_nonnulls(p.user_id, p.group_id, p.link_id) = 1 AND app.is_grant_live(p.deleted_at, p.expires_at))
      OR EXISTS (SELECT FROM invitations i WHERE i.collection_id = c.id AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at))
    FROM unnest(ids) i (id) JOIN collections c ON c.id = i.id JOIN users u ON u.id = c.owner_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN (SELECT app.is_system()) THEN app.all_permissions() ELSE coalesce((SELECT bit_or(g.mask) FROM app.live_grants g
        WHERE g.collection_id = c.id AND g.principal_id = ANY (ARRAY(SELECT m.principal_id FROM app.my_principals m))), 0) END OFFSET 0) mine (mask)
    -- documents that are apart are looked at one by one, so that the rest is only counted
    CROSS JOIN LATERAL (
      SELECT count(*) AS present, count(*) FILTER (WHERE d.owner_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system()) OR (app.counts_document_grants(d.access_mode, false)
          AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1))) AS seen
        FROM documents d WHERE d.collection_id = c.id AND app.is_document_live(d.deleted_at, d.status) AND app.is_apart(d.access_mode)) apart
   WHERE app.allows(mine.mask, app.view_documents()) OR c.owner_id = (SELECT app.live_actor_id()) ORDER BY c.id DESC
$function$
;

CREATE OR REPLACE FUNCTION app.is_apart(access_mode text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (access_mode = ANY (ARRAY['private'::text, 'invite'::text]))
;

CREATE OR REPLACE FUNCTION app.list_collections(scope text, before uuid, at_most integer, counted integer, faces integer)
 RETURNS TABLE(id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamp with time zone, updated_at timestamp with time zone, deleted_at timestamp with time zone, mask integer, document_count integer, people json, is_own_workspace boolean, is_shared boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
  ids uuid[];
BEGIN
  PERFORM app.demand_actor();
  IF scope = 'owned' THEN
    ids := ARRAY(SELECT c.id FROM collections c WHERE c.owner_id = me AND c.deleted_at IS NULL AND c.id < before
      ORDER BY c.owner_id DESC, c.id DESC LIMIT at_most);
  ELSIF scope = 'trashed' THEN
    ids := ARRAY(SELECT c.id FROM collections c
      WHERE c.deleted_at IS NOT NULL AND c.id < before
        AND CASE WHEN c.id IN (SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()))
          THEN app.covers(app.collection_mask(c.id), app.delete_any_documents() | app.manage_permissions()) ELSE false END
      ORDER BY c.id DESC LIMIT at_most);
  ELSE
    ids := ARRAY(SELECT DISTINCT g.collection_id FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT g.collection_id FROM app.live_grants g
       WHERE g.principal_id = m AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) AND g.collection_id < before
         AND (SELECT c.deleted_at IS NULL AND (scope = 'all' OR c.owner_id IS DISTINCT FROM me) FROM collections c WHERE c.id = g.collection_id)
       ORDER BY g.principal_id DESC, g.collection_id DESC LIMIT at_most) g ORDER BY g.collection_id DESC LIMIT at_most);
  END IF;
  RETURN QUERY SELECT * FROM app.collection_cards(ids, counted, faces);
END $function$
;

REVOKE ALL ON ROUTINE 
  app.is_apart(text),
  app.list_collections(text,uuid,integer,integer,integer)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.list_collections(text,uuid,integer,integer,integer)
  TO sheaf_app;

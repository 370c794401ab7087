SET LOCAL check_function_bodies = off;

DROP TRIGGER documents_recent ON documents;
DROP FUNCTION app.writable_collections(text,integer);
DROP FUNCTION app.move_documents(uuid[],uuid,integer);
DROP FUNCTION app.move_document(uuid,uuid,integer);
DROP FUNCTION app.is_bound_to_workspace(uuid);
DROP FUNCTION app.can_move(integer,uuid);

CREATE OR REPLACE FUNCTION app.collection_cards(ids uuid[], counted integer, faces integer)
 RETURNS TABLE(id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamp with time zone, updated_at timestamp with time zone, deleted_at timestamp with time zone, mask integer, document_count integer, people json, is_own_workspace boolean, is_shared boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
  SELECT c.id, c.name, c.description, c.visibility, c.owner_id, u.name, c.version, c.created_at, c.updated_at, c.deleted_at, mine.mask,
    (SELECT count(*)::integer FROM (SELECT FROM documents d
       WHERE d.collection_id = c.id AND app.is_document_live(d.deleted_at, d.status)
         AND ((app.allows(mine.mask, app.view_documents()) AND app.counts_collection_grants(d.access_mode, false))
           OR d.owner_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system())
           OR (app.counts_document_grants(d.access_mode, false)
             AND (SELECT true FROM app.my_document_grants g WHERE g.document_id = d.id AND app.allows(g.mask, app.view_documents()) LIMIT 1)))
       LIMIT counted) d),
    (SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name)), '[]') FROM (
      SELECT v.id, v.name FROM permissions p JOIN users v ON v.id = p.user_id
       WHERE p.collection_id = c.id AND app.is_grant_live(p.deleted_at, p.expires_at)
         AND NOT (SELECT app.is_visitor()) AND app.allows(mine.mask, app.view_documents())
         AND (p.user_id IN (c.owner_id, (SELECT app.actor_id()))
           OR (p.opened_at IS NOT NULL AND app.allows(mine.mask, app.edit_documents() | app.manage_permissions())))
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
   WHERE app.allows(mine.mask, app.view_documents()) OR c.owner_id = (SELECT app.live_actor_id()) ORDER BY c.id DESC
$function$
;

CREATE TRIGGER documents_recent AFTER UPDATE OF status, version ON public.documents FOR EACH ROW WHEN ((((old.status = 'pending'::text) AND (new.status <> 'pending'::text)) OR (old.version <> new.version))) EXECUTE FUNCTION app.note_recent();

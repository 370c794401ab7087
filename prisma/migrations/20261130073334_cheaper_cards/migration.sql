DROP FUNCTION app.list_collections(text,uuid,integer,integer,integer);
DROP FUNCTION app.is_apart(text);

-- The ids of a page of the actor's collections, newest first, before one of them: those they own, those others gave them, or those
-- in the trash that they could bring back. Costs what the page costs, however many collections there are. What is open to
-- everyone is in no list.
CREATE FUNCTION app.list_collections(scope text, before uuid, at_most integer) RETURNS uuid[]
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
BEGIN
  PERFORM app.demand_actor();
  IF scope = 'owned' THEN
    RETURN ARRAY(SELECT c.id FROM collections c WHERE c.owner_id = me AND c.deleted_at IS NULL AND c.id < before
      ORDER BY c.owner_id DESC, c.id DESC LIMIT at_most);
  ELSIF scope = 'trashed' THEN
    RETURN ARRAY(SELECT c.id FROM collections c
      WHERE c.deleted_at IS NOT NULL AND c.id < before
        AND CASE WHEN c.id IN (SELECT g.collection_id FROM app.live_grants g WHERE g.principal_id = ANY (mine) AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()))
          THEN app.covers(app.collection_mask(c.id), app.delete_any_documents() | app.manage_permissions()) ELSE false END
      ORDER BY c.id DESC LIMIT at_most);
  ELSE
    RETURN ARRAY(SELECT DISTINCT g.collection_id FROM unnest(mine) m CROSS JOIN LATERAL (
      SELECT g.collection_id FROM app.live_grants g
       WHERE g.principal_id = m AND g.collection_id IS NOT NULL AND app.allows(g.mask, app.view_documents()) AND g.collection_id < before
         AND (SELECT c.deleted_at IS NULL AND (scope = 'all' OR c.owner_id IS DISTINCT FROM me) FROM collections c WHERE c.id = g.collection_id)
       ORDER BY g.principal_id DESC, g.collection_id DESC LIMIT at_most) g ORDER BY g.collection_id DESC LIMIT at_most);
  END IF;
END $$;

-- What lists show of collections that the actor may view or owns: their mask, a bounded count of the documents they see,
-- and a few faces. Faces of others only for those who may edit or manage.
CREATE OR REPLACE FUNCTION app.collection_cards(ids uuid[], counted integer, faces integer)
  RETURNS TABLE (id uuid, name text, description text, visibility text, owner_id uuid, owner_name text, version integer, created_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz, mask integer, document_count integer, people json, is_own_workspace boolean,
    is_shared boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
$$;

REVOKE ALL ON ROUTINE 
  app.list_collections(text,uuid,integer)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.list_collections(text,uuid,integer)
  TO sheaf_app;

-- Cards count documents in one scan: nothing reads this index any more.
DROP INDEX documents_apart;

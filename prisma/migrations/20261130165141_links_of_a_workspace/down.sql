SET LOCAL check_function_bodies = off;

DROP TRIGGER links_follow ON documents;
DROP TRIGGER links_follow ON collections;
DROP FUNCTION app.tell_link_to_admins(uuid,uuid);
DROP FUNCTION app.revoke_workspace_link(uuid);
DROP FUNCTION app.list_workspace_links(text,text,uuid,integer);
DROP FUNCTION app.list_links(uuid,uuid,uuid);
DROP FUNCTION app.links_follow_document();
DROP FUNCTION app.links_follow_collection();
DROP FUNCTION app.link_state(uuid,timestamp with time zone,integer,integer);

-- AlterTable
ALTER TABLE "public"."public_links" DROP COLUMN "workspace_id";

CREATE OR REPLACE FUNCTION app.link_rules()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE around collections;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- what was revoked may be in anybody's hands: it stays so
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
      RAISE EXCEPTION 'Revoked for good' USING ERRCODE = 'SH004', DETAIL = 'link_revoked';
    END IF;
    RETURN NEW;
  END IF;
  SELECT c.* INTO around FROM collections c
   WHERE c.id = coalesce(NEW.collection_id, (SELECT d.collection_id FROM documents d WHERE d.id = NEW.document_id)) FOR SHARE;
  IF around.is_protected THEN RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected'; END IF;
  RETURN NEW;
END $function$
;

CREATE OR REPLACE FUNCTION app.list_links(collection uuid, document uuid, only_link uuid DEFAULT NULL::uuid)
 RETURNS TABLE(id uuid, name text, role text, has_password boolean, allow_download boolean, max_uses integer, use_count integer, is_open boolean, is_expired boolean, expires_at timestamp with time zone, creator_id uuid, creator_name text, created_at timestamp with time zone, last_accessed_at timestamp with time zone, token_hash bytea, token_sealed bytea, watermark boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, l.allow_download, l.max_uses, l.use_count, app.is_link_open(l.id),
         app.is_expired(l.expires_at), l.expires_at, u.id, u.name, l.created_at, l.last_accessed_at, l.token_hash, l.token_sealed, l.watermark
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND (only_link IS NULL OR l.id = only_link) AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$function$
;

CREATE OR REPLACE FUNCTION app.tell_expired()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE since timestamptz; until_now timestamptz := statement_timestamp();
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system looks' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT s.expired_until INTO since FROM live_state s FOR UPDATE;
  IF since >= until_now THEN RETURN; END IF;
  PERFORM app.tell_access(p.collection_id, p.document_id, app.view_documents(),
      CASE WHEN p.is_everyone OR NOT app.allows(p.mask, app.view_documents()) THEN '{}' ELSE ARRAY[p.principal_id] END)
    FROM permissions p WHERE p.expires_at > since AND p.expires_at <= until_now AND p.deleted_at IS NULL AND p.link_id IS NULL;
  PERFORM app.tell_access(i.collection_id, i.document_id, app.see_grants())
    FROM invitations i WHERE i.expires_at > since AND i.expires_at <= until_now AND i.deleted_at IS NULL AND i.accepted_at IS NULL;
  PERFORM app.tell_access(l.collection_id, l.document_id, app.manage_permissions(), name => 'link/changed', link => l.id)
    FROM public_links l WHERE l.expires_at > since AND l.expires_at <= until_now AND l.revoked_at IS NULL;
  PERFORM app.tell('quota/changed', '{}', ARRAY[q.user_id])
    FROM user_quotas q WHERE q.overrides_end_at > since AND q.overrides_end_at <= until_now;
  UPDATE live_state SET expired_until = until_now;
END $function$
;

CREATE OR REPLACE FUNCTION app.tell_link()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM app.tell_access(NEW.collection_id, NEW.document_id, app.manage_permissions(), name => 'link/changed', link => NEW.id);
  RETURN NULL;
END $function$
;

REVOKE ALL ON ROUTINE 
  app.list_links(uuid,uuid,uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.list_links(uuid,uuid,uuid)
  TO sheaf_app;

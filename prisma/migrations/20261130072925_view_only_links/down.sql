SET LOCAL check_function_bodies = off;

DROP FUNCTION app.page_source(uuid);
DROP FUNCTION app.list_links(uuid,uuid,uuid);
DROP FUNCTION app.link_gives(text);
DROP FUNCTION app.find_link(bytea);
DROP FUNCTION app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer,boolean);

CREATE OR REPLACE FUNCTION app.told_link(link public_links)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
RETURN jsonb_build_object('name', (link).name, 'role', (SELECT r.name FROM roles r WHERE (r.id = (told_link.link).role_id)), 'expiresAt', (link).expires_at, 'password', ((link).password_hash IS NOT NULL), 'allowDownload', (link).allow_download, 'maxUses', (link).max_uses)
;

-- AlterTable
ALTER TABLE "public"."public_links" DROP COLUMN "watermark";

CREATE OR REPLACE FUNCTION app.change_link(link uuid, changes jsonb, OUT collection_id uuid, OUT document_id uuid, OUT previous jsonb, OUT changed jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE locked record := app.demand_link(link, false); before public_links := locked.held; after public_links := locked.held; given roles;
BEGIN
  IF before.revoked_at IS NOT NULL THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  IF changes ? 'name' THEN after.name := changes->>'name'; END IF;
  IF changes ? 'expiresAt' THEN after.expires_at := changes->>'expiresAt'; END IF;
  IF changes ? 'allowDownload' THEN after.allow_download := changes->>'allowDownload'; END IF;
  IF changes ? 'maxUses' THEN after.max_uses := changes->>'maxUses'; END IF;
  IF changes ? 'passwordHash' AND coalesce(changes->>'passwordHash', before.password_hash) IS NOT NULL THEN
    after.password_hash := changes->>'passwordHash';
    after.generation := before.generation + 1;
  END IF;
  given := app.demand_role(locked.resource, coalesce(app.link_role(changes->>'role'), before.role_id));
  after.role_id := given.id;
  PERFORM app.demand_lasting(locked.resource,
    given.mask & ~CASE WHEN app.is_later(after.expires_at, before.expires_at) THEN 0 ELSE locked.mask END, after.expires_at);
  UPDATE public_links l SET name = after.name, role_id = after.role_id, expires_at = after.expires_at, password_hash = after.password_hash,
      generation = after.generation, allow_download = after.allow_download, max_uses = after.max_uses WHERE l.id = link;
  collection_id := before.collection_id;
  document_id := before.document_id;
  SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value) INTO previous, changed
    FROM jsonb_each(app.told_link(before)) o JOIN jsonb_each(app.told_link(after)) n USING (key)
   WHERE o.value <> n.value OR (o.key = 'password' AND before.generation <> after.generation);
END $function$
;

CREATE OR REPLACE FUNCTION app.create_link(collection uuid, document uuid, role_name text, title text, ends_at timestamp with time zone, hash bytea, sealed bytea, password text, downloads boolean, cap integer)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE most CONSTANT integer := 50; resource app.resource := app.demand_resource(collection, document, app.manage_permissions()); given roles; taken integer; made uuid;
BEGIN
  given := app.demand_role(resource, app.link_role(role_name));
  PERFORM app.demand_lasting(resource, given.mask, ends_at);
  SELECT count(*) INTO taken FROM (
    SELECT FROM public_links l WHERE resource.document_id IS NULL AND l.collection_id = resource.collection_id AND l.revoked_at IS NULL
    UNION ALL SELECT FROM public_links l WHERE l.document_id = resource.document_id AND l.revoked_at IS NULL) l;
  IF taken >= most THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'linksPerResource', 'used', taken, 'limit', most, 'requested', 1)::text;
  END IF;
  INSERT INTO public_links (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id,
      password_hash, allow_download, max_uses)
    VALUES (resource.collection_id, resource.document_id, given.id, title, hash, sealed, ends_at, app.actor_id(), password, downloads, cap)
    RETURNING id INTO made;
  RETURN made;
END $function$
;

CREATE OR REPLACE FUNCTION app.demand_download()
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF app.is_visitor() AND NOT coalesce((SELECT l.allow_download FROM public_links l WHERE l.id = app.actor_id()), false) THEN
    RAISE EXCEPTION 'For reading alone' USING ERRCODE = 'SH003', DETAIL = 'link_download';
  END IF;
END $function$
;

CREATE OR REPLACE FUNCTION app.document_key(document uuid, part text)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT o.key FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id
    JOIN objects o ON o.id = CASE part WHEN 'blob' THEN b.object_id WHEN 'thumbnail' THEN d.thumbnail_object_id END
   WHERE d.id = document AND app.allows(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), app.view_documents())
     AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT app.is_visitor())
$function$
;

CREATE OR REPLACE FUNCTION app.find_link(hash bytea)
 RETURNS TABLE(id uuid, state text, generation integer, has_password boolean, is_used_up boolean, collection_id uuid, document_id uuid, role text, allow_download boolean, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, CASE WHEN l.revoked_at IS NOT NULL THEN 'revoked' WHEN app.is_expired(l.expires_at) THEN 'expired'
           WHEN app.is_link_open(l.id) THEN 'open' ELSE 'closed' END,
         l.generation, l.password_hash IS NOT NULL, coalesce(l.use_count >= l.max_uses, false), l.collection_id, l.document_id,
         r.name, l.allow_download, l.expires_at
    FROM public_links l JOIN roles r ON r.id = l.role_id WHERE l.token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION app.list_links(collection uuid, document uuid, only_link uuid DEFAULT NULL::uuid)
 RETURNS TABLE(id uuid, name text, role text, has_password boolean, allow_download boolean, max_uses integer, use_count integer, is_open boolean, is_expired boolean, expires_at timestamp with time zone, creator_id uuid, creator_name text, created_at timestamp with time zone, last_accessed_at timestamp with time zone, token_hash bytea, token_sealed bytea)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, l.allow_download, l.max_uses, l.use_count, app.is_link_open(l.id),
         app.is_expired(l.expires_at), l.expires_at, u.id, u.name, l.created_at, l.last_accessed_at, l.token_hash, l.token_sealed
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND (only_link IS NULL OR l.id = only_link) AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$function$
;


REVOKE ALL ON ROUTINE 
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer),
  app.find_link(bytea),
  app.list_links(uuid,uuid,uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer),
  app.find_link(bytea),
  app.list_links(uuid,uuid,uuid)
  TO sheaf_app;
REVOKE ALL ON TABLE public_links FROM sheaf_app;
GRANT SELECT (allow_download, collection_id, created_at, created_by_id, document_id, expires_at, id, last_accessed_at, max_uses, name, revoked_at, role_id, use_count) ON TABLE public_links TO sheaf_app;

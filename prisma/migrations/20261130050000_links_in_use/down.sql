SET LOCAL check_function_bodies = off;

DROP FUNCTION app.told_link(public_links);
DROP FUNCTION app.revoke_link(uuid);
DROP FUNCTION app.return_call(text,integer);
DROP FUNCTION app.regenerate_link(uuid,bytea,bytea);
DROP FUNCTION app.note_visit();
DROP FUNCTION app.list_links(uuid,uuid,uuid);
DROP FUNCTION app.link_role(text);
DROP FUNCTION app.link_password();
DROP FUNCTION app.find_link(bytea);
DROP FUNCTION app.demand_link(uuid,boolean);
DROP FUNCTION app.demand_download();
DROP FUNCTION app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer);
DROP FUNCTION app.change_link(uuid,jsonb);
DROP FUNCTION app.begin_visit(integer);

-- AlterTable
ALTER TABLE "public_links" DROP COLUMN "allow_download", DROP COLUMN "generation", DROP COLUMN "max_uses";
ALTER TABLE "public_links" RENAME CONSTRAINT public_links_use_count TO public_links_view_count;
ALTER TABLE "public_links" RENAME COLUMN "use_count" TO "view_count";

CREATE OR REPLACE FUNCTION app.create_link(collection uuid, document uuid, role_name text, title text, ends_at timestamp with time zone, hash bytea, sealed bytea)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE resource app.resource := app.demand_resource(collection, document, app.manage_permissions()); given roles; made uuid;
BEGIN
  given := app.demand_role(resource, (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name AND r.name IN ('commenter', 'viewer')));
  INSERT INTO public_links (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id)
    VALUES (resource.collection_id, resource.document_id, given.id, title, hash, sealed, ends_at, app.actor_id()) RETURNING id INTO made;
  RETURN made;
END $function$
;

CREATE OR REPLACE FUNCTION app.link_of(hash bytea)
 RETURNS TABLE(id uuid, state text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, CASE WHEN l.revoked_at IS NOT NULL THEN 'revoked' WHEN l.expires_at <= statement_timestamp() THEN 'expired'
           WHEN NOT app.is_link_open(l.id) THEN 'closed' WHEN l.password_hash IS NOT NULL THEN 'locked' ELSE 'open' END
    FROM public_links l WHERE l.token_hash = hash
$function$
;

CREATE OR REPLACE FUNCTION app.list_links(collection uuid, document uuid)
 RETURNS TABLE(id uuid, name text, role text, has_password boolean, is_open boolean, is_expired boolean, expires_at timestamp with time zone, creator_id uuid, creator_name text, created_at timestamp with time zone, view_count integer, last_accessed_at timestamp with time zone, token_hash bytea, token_sealed bytea)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, app.is_link_open(l.id), app.is_expired(l.expires_at),
         l.expires_at, u.id, u.name, l.created_at, l.view_count, l.last_accessed_at, l.token_hash, l.token_sealed
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$function$
;

CREATE OR REPLACE FUNCTION app.revoke_link(link uuid)
 RETURNS TABLE(collection_id uuid, document_id uuid, name text, role text, expires_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE found_row public_links; resource app.resource;
BEGIN
  SELECT * INTO found_row FROM public_links l WHERE l.id = link AND app.allows(app.rights(l.collection_id, l.document_id), app.manage_permissions());
  IF NOT FOUND THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  resource := app.demand_resource(found_row.collection_id, found_row.document_id, app.manage_permissions(), true);
  PERFORM app.demand_within(resource, (SELECT r.mask FROM roles r WHERE r.id = found_row.role_id));
  UPDATE public_links l SET revoked_at = now() WHERE l.id = link AND l.revoked_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT found_row.collection_id, found_row.document_id, found_row.name, r.name, found_row.expires_at
    FROM roles r WHERE r.id = found_row.role_id;
END $function$
;

REVOKE ALL ON ROUTINE 
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea),
  app.link_of(bytea),
  app.list_links(uuid,uuid),
  app.revoke_link(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea),
  app.link_of(bytea),
  app.list_links(uuid,uuid),
  app.revoke_link(uuid)
  TO sheaf_app;
REVOKE ALL ON TABLE public_links FROM sheaf_app;
GRANT SELECT (collection_id, created_at, created_by_id, document_id, expires_at, id, last_accessed_at, name, revoked_at, role_id, view_count) ON TABLE public_links TO sheaf_app;

DROP FUNCTION app.list_links(uuid,uuid,uuid);
DROP FUNCTION app.find_link(bytea);
DROP FUNCTION app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer);

-- AlterTable
ALTER TABLE "public_links" ADD COLUMN     "watermark" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE public_links ADD CONSTRAINT watermark_without_download CHECK (NOT (watermark AND allow_download));

-- Changes what is named: name, role, expiresAt, passwordHash, allowDownload, maxUses, watermark. A revoked link is missing. Beyond what it
-- gave before, nobody gives more or for longer than they have. Another password, or none any more, ends visits under way.
CREATE OR REPLACE FUNCTION app.change_link(link uuid, changes jsonb, OUT collection_id uuid, OUT document_id uuid, OUT previous jsonb, OUT changed jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE locked record := app.demand_link(link, false); before public_links := locked.held; after public_links := locked.held; given roles;
BEGIN
  IF before.revoked_at IS NOT NULL THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  IF changes ? 'name' THEN after.name := changes->>'name'; END IF;
  IF changes ? 'expiresAt' THEN after.expires_at := changes->>'expiresAt'; END IF;
  IF changes ? 'allowDownload' THEN after.allow_download := changes->>'allowDownload'; END IF;
  -- who may save the file needs no name on what they are shown
  after.watermark := NOT after.allow_download AND coalesce((changes->>'watermark')::boolean, before.watermark OR before.allow_download);
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
      generation = after.generation, allow_download = after.allow_download, max_uses = after.max_uses, watermark = after.watermark WHERE l.id = link;
  collection_id := before.collection_id;
  document_id := before.document_id;
  SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(n.key, n.value) INTO previous, changed
    FROM jsonb_each(app.told_link(before)) o JOIN jsonb_each(app.told_link(after)) n USING (key)
   WHERE o.value <> n.value OR (o.key = 'password' AND before.generation <> after.generation);
END $$;

-- A link as the audit log tells of it, without secrets.
CREATE OR REPLACE FUNCTION app.told_link(link public_links) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN jsonb_build_object('name', link.name, 'role', (SELECT r.name FROM roles r WHERE r.id = link.role_id), 'expiresAt', link.expires_at,
    'password', link.password_hash IS NOT NULL, 'allowDownload', link.allow_download, 'maxUses', link.max_uses, 'watermark', link.watermark);

-- What a visitor may be given as it is stored: the file (blob) unless the link is for looking alone, the thumbnail unless
-- what they are shown carries their name. Whoever is no visitor may have what they see.
CREATE FUNCTION app.link_gives(part text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT NOT app.is_visitor() OR EXISTS (SELECT FROM public_links l
    WHERE l.id = app.actor_id() AND CASE part WHEN 'blob' THEN l.allow_download WHEN 'thumbnail' THEN NOT l.watermark END)
$$;

-- Refuses the visitor of a link for looking alone the file itself.
CREATE OR REPLACE FUNCTION app.demand_download() RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.link_gives('blob') THEN
    RAISE EXCEPTION 'For looking alone' USING ERRCODE = 'SH003', DETAIL = 'link_download';
  END IF;
END $$;

-- The key of a document's stored bytes or thumbnail, for those who may view it.
CREATE OR REPLACE FUNCTION app.document_key(document uuid, part text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.key FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id
    JOIN objects o ON o.id = CASE part WHEN 'blob' THEN b.object_id WHEN 'thumbnail' THEN d.thumbnail_object_id END
   WHERE d.id = document AND app.allows(app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode), app.view_documents())
     AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT app.is_visitor()) AND app.link_gives(part)
$$;

-- Makes a link, for those who manage what it opens, within what they may themselves and for as long. The caller keeps the
-- token; here are its hash and its sealed copy. The resource is locked, so that the count of its links holds.
CREATE FUNCTION app.create_link(collection uuid, document uuid, role_name text, title text, ends_at timestamptz, hash bytea, sealed bytea,
    password text, downloads boolean, cap integer, marked boolean)
  RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
      password_hash, allow_download, max_uses, watermark)
    VALUES (resource.collection_id, resource.document_id, given.id, title, hash, sealed, ends_at, app.actor_id(), password, downloads, cap, marked AND NOT downloads)
    RETURNING id INTO made;
  RETURN made;
END $$;

-- The links of a resource itself that are not revoked, or one of them, with their sealed tokens; for those who manage it.
CREATE FUNCTION app.list_links(collection uuid, document uuid, only_link uuid DEFAULT NULL)
  RETURNS TABLE (id uuid, name text, role text, has_password boolean, allow_download boolean, max_uses integer, use_count integer,
    is_open boolean, is_expired boolean, expires_at timestamptz, creator_id uuid, creator_name text, created_at timestamptz,
    last_accessed_at timestamptz, token_hash bytea, token_sealed bytea, watermark boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, l.allow_download, l.max_uses, l.use_count, app.is_link_open(l.id),
         app.is_expired(l.expires_at), l.expires_at, u.id, u.name, l.created_at, l.last_accessed_at, l.token_hash, l.token_sealed, l.watermark
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND (only_link IS NULL OR l.id = only_link) AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$$;

-- Whoever holds a token's hash holds the token: which link it is, and whether that opens anything. Needs no context.
CREATE FUNCTION app.find_link(hash bytea)
  RETURNS TABLE (id uuid, state text, generation integer, has_password boolean, is_used_up boolean, collection_id uuid, document_id uuid,
    role text, allow_download boolean, expires_at timestamptz, watermark boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, CASE WHEN l.revoked_at IS NOT NULL THEN 'revoked' WHEN app.is_expired(l.expires_at) THEN 'expired'
           WHEN app.is_link_open(l.id) THEN 'open' ELSE 'closed' END,
         l.generation, l.password_hash IS NOT NULL, coalesce(l.use_count >= l.max_uses, false), l.collection_id, l.document_id,
         r.name, l.allow_download, l.expires_at, l.watermark
    FROM public_links l JOIN roles r ON r.id = l.role_id WHERE l.token_hash = hash
$$;

-- Of what the visitor may have pictures made, and where it is stored: for the server alone, which hands out no key of it.
CREATE FUNCTION app.page_source(document uuid)
  RETURNS TABLE (owner_id uuid, content_type text, size_bytes bigint, page_count integer, blob_key text, thumbnail_key text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.owner_id, d.content_type, d.size_bytes, d.page_count, o.key, t.key
    FROM documents d JOIN blobs b ON b.id = d.blob_id JOIN objects o ON o.id = b.object_id LEFT JOIN objects t ON t.id = d.thumbnail_object_id
   WHERE d.id = document AND app.is_visitor() AND app.allows(app.live_rights(d.id), app.view_documents())
$$;

REVOKE ALL ON ROUTINE 
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer,boolean),
  app.find_link(bytea),
  app.link_gives(text),
  app.list_links(uuid,uuid,uuid),
  app.page_source(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer,boolean),
  app.find_link(bytea),
  app.list_links(uuid,uuid,uuid),
  app.page_source(uuid)
  TO sheaf_app;
REVOKE ALL ON TABLE public_links FROM sheaf_app;
GRANT SELECT (allow_download, collection_id, created_at, created_by_id, document_id, expires_at, id, last_accessed_at, max_uses, name, revoked_at, role_id, use_count, watermark) ON TABLE public_links TO sheaf_app;

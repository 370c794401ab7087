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
GRANT EXECUTE ON FUNCTION app.find_link TO sheaf_app;

-- What a visitor's password is compared with, and of which generation the link is with it.
CREATE FUNCTION app.link_password() RETURNS TABLE (password_hash text, generation integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.password_hash, l.generation FROM public_links l WHERE app.is_visitor() AND l.id = app.actor_id()
$$;
GRANT EXECUTE ON FUNCTION app.link_password TO sheaf_app;

-- Counts one use by the visitor, if the link still opens something, is as it was when they came, and has a use left: one
-- statement, so that however many come at once, no more are let in than there are uses.
CREATE FUNCTION app.begin_visit(as_of integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE public_links l SET use_count = l.use_count + 1, last_accessed_at = now()
   WHERE app.is_visitor() AND l.id = app.actor_id() AND l.generation = as_of AND l.revoked_at IS NULL
     AND NOT app.is_expired(l.expires_at) AND (l.max_uses IS NULL OR l.use_count < l.max_uses)
     AND app.is_link_open(l.id);
  RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION app.begin_visit TO sheaf_app;

-- Notes that the visitor reads: to the minute, so that a document read in many requests is written down once.
CREATE FUNCTION app.note_visit() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE public_links l SET last_accessed_at = now()
   WHERE app.is_visitor() AND l.id = app.actor_id() AND l.last_accessed_at < now() - interval '1 minute'
$$;
GRANT EXECUTE ON FUNCTION app.note_visit TO sheaf_app;

-- What a visitor may be given as it is stored: the file (blob) unless the link is for looking alone, the thumbnail unless
-- what they are shown carries their name. Whoever is no visitor may have what they see.
CREATE FUNCTION app.link_gives(part text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT NOT app.is_visitor() OR EXISTS (SELECT FROM public_links l
    WHERE l.id = app.actor_id() AND CASE part WHEN 'blob' THEN l.allow_download WHEN 'thumbnail' THEN NOT l.watermark END)
$$;

-- Refuses the visitor of a link for looking alone the file itself.
CREATE FUNCTION app.demand_download() RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.link_gives('blob') THEN
    RAISE EXCEPTION 'For looking alone' USING ERRCODE = 'SH003', DETAIL = 'link_download';
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.demand_download TO sheaf_app;

-- Of what the visitor may have pictures made, and where it is stored: for the server alone, which hands out no key of it.
CREATE FUNCTION app.page_source(document uuid)
  RETURNS TABLE (owner_id uuid, content_type text, size_bytes bigint, page_count integer, blob_key text, thumbnail_key text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.owner_id, d.content_type, d.size_bytes, d.page_count, o.key, t.key
    FROM documents d JOIN blobs b ON b.id = d.blob_id JOIN objects o ON o.id = b.object_id LEFT JOIN objects t ON t.id = d.thumbnail_object_id
   WHERE d.id = document AND app.is_visitor() AND app.allows(app.live_rights(d.id), app.view_documents())
$$;
GRANT EXECUTE ON FUNCTION app.page_source TO sheaf_app;

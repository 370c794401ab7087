DROP FUNCTION app.revoke_link(uuid);
DROP FUNCTION app.list_links(uuid,uuid);
DROP FUNCTION app.link_of(bytea);
DROP FUNCTION app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea);

-- AlterTable
ALTER TABLE "public_links" RENAME COLUMN "view_count" TO "use_count";
ALTER TABLE "public_links" RENAME CONSTRAINT public_links_view_count TO public_links_use_count;
ALTER TABLE "public_links" ADD COLUMN "allow_download" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN "generation" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN "max_uses" INTEGER,
ADD CONSTRAINT public_links_max_uses CHECK (max_uses > 0);

-- What a link may give.
CREATE FUNCTION app.link_role(role_name text) RETURNS uuid LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name AND r.name IN ('commenter', 'viewer'));

-- Changes what is named: name, role, expiresAt, passwordHash, allowDownload, maxUses. A revoked link is missing. Beyond what it
-- gave before, nobody gives more or for longer than they have. Another password, or none any more, ends visits under way.
CREATE FUNCTION app.change_link(link uuid, changes jsonb, OUT collection_id uuid, OUT document_id uuid, OUT previous jsonb, OUT changed jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;

-- A link as the audit log tells of it, without secrets.
CREATE FUNCTION app.told_link(link public_links) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN jsonb_build_object('name', link.name, 'role', (SELECT r.name FROM roles r WHERE r.id = link.role_id), 'expiresAt', link.expires_at,
    'password', link.password_hash IS NOT NULL, 'allowDownload', link.allow_download, 'maxUses', link.max_uses);

-- Gives a link another token: the old one is nobody's any more, visits under way have ended, and uses are counted anew.
CREATE FUNCTION app.regenerate_link(link uuid, hash bytea, sealed bytea, OUT collection_id uuid, OUT document_id uuid, OUT told jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE locked record := app.demand_link(link, false); held public_links := locked.held;
BEGIN
  IF held.revoked_at IS NOT NULL THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  UPDATE public_links l SET token_hash = hash, token_sealed = sealed, generation = l.generation + 1, use_count = 0 WHERE l.id = link;
  collection_id := held.collection_id;
  document_id := held.document_id;
  told := app.told_link(held) || jsonb_build_object('previousUses', held.use_count);
END $$;

-- Ends a link for good, also one to what lies in the trash; nothing for one that had ended so before.
CREATE FUNCTION app.revoke_link(link uuid) RETURNS TABLE (collection_id uuid, document_id uuid, told jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE locked record := app.demand_link(link, true); held public_links := locked.held;
BEGIN
  IF held.revoked_at IS NOT NULL THEN RETURN; END IF;
  UPDATE public_links l SET revoked_at = now() WHERE l.id = link;
  collection_id := held.collection_id;
  document_id := held.document_id;
  told := app.told_link(held);
  RETURN NEXT;
END $$;

-- What a visitor's password is compared with, and of which generation the link is with it.
CREATE FUNCTION app.link_password() RETURNS TABLE (password_hash text, generation integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.password_hash, l.generation FROM public_links l WHERE app.is_visitor() AND l.id = app.actor_id()
$$;

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

-- Notes that the visitor reads: to the minute, so that a document read in many requests is written down once.
CREATE FUNCTION app.note_visit() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE public_links l SET last_accessed_at = now()
   WHERE app.is_visitor() AND l.id = app.actor_id() AND l.last_accessed_at < now() - interval '1 minute'
$$;

-- Refuses the visitor of a link that is for reading alone. Whoever is no visitor may download what they see.
CREATE FUNCTION app.demand_download() RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.is_visitor() AND NOT coalesce((SELECT l.allow_download FROM public_links l WHERE l.id = app.actor_id()), false) THEN
    RAISE EXCEPTION 'For reading alone' USING ERRCODE = 'SH003', DETAIL = 'link_download';
  END IF;
END $$;

-- Takes one call back out of the window that runs now.
CREATE FUNCTION app.return_call(bucket text, window_seconds integer) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE rate_windows w SET count = w.count - 1
   WHERE w.key = bucket AND w.started_at = to_timestamp(floor(extract(epoch FROM clock_timestamp()) / window_seconds) * window_seconds) AND w.count > 0
$$;

-- Makes a link, for those who manage what it opens, within what they may themselves and for as long. The caller keeps the
-- token; here are its hash and its sealed copy. The resource is locked, so that the count of its links holds.
CREATE FUNCTION app.create_link(collection uuid, document uuid, role_name text, title text, ends_at timestamptz, hash bytea, sealed bytea,
    password text, downloads boolean, cap integer)
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
      password_hash, allow_download, max_uses)
    VALUES (resource.collection_id, resource.document_id, given.id, title, hash, sealed, ends_at, app.actor_id(), password, downloads, cap)
    RETURNING id INTO made;
  RETURN made;
END $$;

-- A link as it is once it is locked, for those who manage what it opens and have all that it gives; missing for all others.
CREATE FUNCTION app.demand_link(link uuid, in_trash boolean, OUT resource app.resource, OUT held public_links, OUT mask integer)
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  SELECT * INTO held FROM public_links l WHERE l.id = link AND app.allows(app.rights(l.collection_id, l.document_id), app.manage_permissions());
  IF FOUND THEN
    resource := app.demand_resource(held.collection_id, held.document_id, app.manage_permissions(), in_trash);
    SELECT * INTO held FROM public_links l WHERE l.id = link FOR UPDATE;
  END IF;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  SELECT r.mask INTO mask FROM roles r WHERE r.id = held.role_id;
  PERFORM app.demand_within(resource, mask);
END $$;

-- The links of a resource itself that are not revoked, or one of them, with their sealed tokens; for those who manage it.
CREATE FUNCTION app.list_links(collection uuid, document uuid, only_link uuid DEFAULT NULL)
  RETURNS TABLE (id uuid, name text, role text, has_password boolean, allow_download boolean, max_uses integer, use_count integer,
    is_open boolean, is_expired boolean, expires_at timestamptz, creator_id uuid, creator_name text, created_at timestamptz,
    last_accessed_at timestamptz, token_hash bytea, token_sealed bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, l.allow_download, l.max_uses, l.use_count, app.is_link_open(l.id),
         app.is_expired(l.expires_at), l.expires_at, u.id, u.name, l.created_at, l.last_accessed_at, l.token_hash, l.token_sealed
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND (only_link IS NULL OR l.id = only_link) AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$$;

-- Whoever holds a token's hash holds the token: which link it is, and whether that opens anything. Needs no context.
CREATE FUNCTION app.find_link(hash bytea)
  RETURNS TABLE (id uuid, state text, generation integer, has_password boolean, is_used_up boolean, collection_id uuid, document_id uuid,
    role text, allow_download boolean, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, CASE WHEN l.revoked_at IS NOT NULL THEN 'revoked' WHEN app.is_expired(l.expires_at) THEN 'expired'
           WHEN app.is_link_open(l.id) THEN 'open' ELSE 'closed' END,
         l.generation, l.password_hash IS NOT NULL, coalesce(l.use_count >= l.max_uses, false), l.collection_id, l.document_id,
         r.name, l.allow_download, l.expires_at
    FROM public_links l JOIN roles r ON r.id = l.role_id WHERE l.token_hash = hash
$$;

REVOKE ALL ON ROUTINE 
  app.begin_visit(integer),
  app.change_link(uuid,jsonb),
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer),
  app.demand_download(),
  app.demand_link(uuid,boolean),
  app.find_link(bytea),
  app.link_password(),
  app.link_role(text),
  app.list_links(uuid,uuid,uuid),
  app.note_visit(),
  app.regenerate_link(uuid,bytea,bytea),
  app.return_call(text,integer),
  app.revoke_link(uuid),
  app.told_link(public_links)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.begin_visit(integer),
  app.change_link(uuid,jsonb),
  app.create_link(uuid,uuid,text,text,timestamp with time zone,bytea,bytea,text,boolean,integer),
  app.demand_download(),
  app.find_link(bytea),
  app.link_password(),
  app.list_links(uuid,uuid,uuid),
  app.note_visit(),
  app.regenerate_link(uuid,bytea,bytea),
  app.return_call(text,integer),
  app.revoke_link(uuid)
  TO sheaf_app;
REVOKE ALL ON TABLE public_links FROM sheaf_app;
GRANT SELECT (allow_download, collection_id, created_at, created_by_id, document_id, expires_at, id, last_accessed_at, max_uses, name, revoked_at, role_id, use_count) ON TABLE public_links TO sheaf_app;

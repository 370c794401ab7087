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
GRANT EXECUTE ON FUNCTION app.create_link TO sheaf_app;

-- What a link may give.
CREATE FUNCTION app.link_role(role_name text) RETURNS uuid LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name AND r.name IN ('commenter', 'viewer'));

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

-- Changes what is named: name, role, expiresAt, passwordHash, allowDownload, maxUses, watermark. A revoked link is missing. Beyond what it
-- gave before, nobody gives more or for longer than they have. Another password, or none any more, ends visits under way.
CREATE FUNCTION app.change_link(link uuid, changes jsonb, OUT collection_id uuid, OUT document_id uuid, OUT previous jsonb, OUT changed jsonb)
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
GRANT EXECUTE ON FUNCTION app.change_link TO sheaf_app;

-- A link as the audit log tells of it, without secrets.
CREATE FUNCTION app.told_link(link public_links) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN jsonb_build_object('name', link.name, 'role', (SELECT r.name FROM roles r WHERE r.id = link.role_id), 'expiresAt', link.expires_at,
    'password', link.password_hash IS NOT NULL, 'allowDownload', link.allow_download, 'maxUses', link.max_uses, 'watermark', link.watermark);

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
GRANT EXECUTE ON FUNCTION app.regenerate_link TO sheaf_app;

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
GRANT EXECUTE ON FUNCTION app.revoke_link TO sheaf_app;

-- How a link that is not revoked is. Suspended: it opens nothing now. Used up: it lets in nobody new.
CREATE FUNCTION app.link_state(link uuid, ends_at timestamptz, uses integer, cap integer) RETURNS text
  LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_expired(ends_at) THEN 'expired' WHEN NOT app.is_link_open(link) THEN 'suspended' WHEN uses >= cap THEN 'used_up' ELSE 'open' END;

-- The links of a resource itself that are not revoked, or one of them, with their sealed tokens; for those who manage it.
CREATE FUNCTION app.list_links(collection uuid, document uuid, only_link uuid DEFAULT NULL)
  RETURNS TABLE (id uuid, name text, role text, has_password boolean, allow_download boolean, max_uses integer, use_count integer,
    state text, expires_at timestamptz, creator_id uuid, creator_name text, created_at timestamptz,
    last_accessed_at timestamptz, token_hash bytea, token_sealed bytea, watermark boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, l.allow_download, l.max_uses, l.use_count, app.link_state(l.id, l.expires_at, l.use_count, l.max_uses),
         l.expires_at, u.id, u.name, l.created_at, l.last_accessed_at, l.token_hash, l.token_sealed, l.watermark
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND (only_link IS NULL OR l.id = only_link) AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$$;
GRANT EXECUTE ON FUNCTION app.list_links TO sheaf_app;

-- Refuses a link on what is protected, and a change of one that was revoked; notes its workspace. The lock makes it wait for
-- a protection under way, which then finds the link or refuses it.
CREATE FUNCTION app.link_rules() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  NEW.workspace_id := around.workspace_id;
  RETURN NEW;
END $$;

-- Makes links follow a collection into another workspace.
CREATE FUNCTION app.links_follow_collection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE public_links l SET workspace_id = NEW.workspace_id WHERE l.collection_id = NEW.id AND l.workspace_id <> NEW.workspace_id;
  UPDATE public_links l SET workspace_id = NEW.workspace_id FROM documents d
   WHERE l.workspace_id = OLD.workspace_id AND d.id = l.document_id AND d.collection_id = NEW.id;
  RETURN NULL;
END $$;

-- Makes the links of a document follow it into the workspace of another collection.
CREATE FUNCTION app.links_follow_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE public_links l SET workspace_id = c.workspace_id FROM collections c
   WHERE l.document_id = NEW.id AND c.id = NEW.collection_id AND l.workspace_id <> c.workspace_id;
  RETURN NULL;
END $$;

-- Makes a link's grant and its principal follow its row.
CREATE FUNCTION app.link_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM user_principals WHERE user_id = OLD.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO permissions (link_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, deleted_at)
      VALUES (NEW.id, NEW.collection_id, NEW.document_id, NEW.role_id, NEW.created_by_id, NEW.created_at, NEW.expires_at, NEW.revoked_at);
  ELSE
    UPDATE permissions SET role_id = NEW.role_id, expires_at = NEW.expires_at, deleted_at = NEW.revoked_at WHERE link_id = NEW.id;
  END IF;
  IF NEW.revoked_at IS NULL THEN
    INSERT INTO user_principals VALUES (NEW.id, NEW.id) ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM user_principals WHERE user_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;

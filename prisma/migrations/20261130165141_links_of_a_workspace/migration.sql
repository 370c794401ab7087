DROP FUNCTION app.list_links(uuid,uuid,uuid);

ALTER TABLE public_links ADD COLUMN workspace_id uuid;
UPDATE public_links l SET workspace_id = c.workspace_id FROM collections c
 WHERE c.id = coalesce(l.collection_id, (SELECT d.collection_id FROM documents d WHERE d.id = l.document_id));
ALTER TABLE public_links ALTER COLUMN workspace_id SET NOT NULL;
CREATE INDEX public_links_of_workspace ON public_links (workspace_id, id) WHERE revoked_at IS NULL;

-- Refuses a link on what is protected, and a change of one that was revoked; notes its workspace. The lock makes it wait for
-- a protection under way, which then finds the link or refuses it.
CREATE OR REPLACE FUNCTION app.link_rules() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

CREATE TRIGGER links_follow AFTER UPDATE OF workspace_id ON collections FOR EACH ROW WHEN (OLD.workspace_id <> NEW.workspace_id)
  EXECUTE FUNCTION app.links_follow_collection();

CREATE TRIGGER links_follow AFTER UPDATE OF collection_id ON documents FOR EACH ROW WHEN (OLD.collection_id <> NEW.collection_id)
  EXECUTE FUNCTION app.links_follow_document();

-- A page of the links of the actor's workspace that are not revoked, newest first, before one of them; for its admins, and
-- without what opens them. Of a document that is closed to the reader the name is neither told nor looked into. It looks at
-- no more than 5,000 links; where that was not enough for a page, the last row is no link but the place to go on from.
CREATE FUNCTION app.list_workspace_links(part text, wanted_state text, before uuid, at_most integer)
  RETURNS TABLE (id uuid, is_place boolean, name text, role text, state text, has_password boolean, allow_download boolean, watermark boolean,
    max_uses integer, use_count integer, expires_at timestamptz, last_accessed_at timestamptz, created_at timestamptz,
    creator_id uuid, creator_name text, creator_email text, collection_id uuid, collection_name text, document_id uuid, document_name text, can_open boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  most CONSTANT integer := 5000;
  mine uuid := app.actor_workspace(); needle text := app.folded(part);
  held record; doc documents; seen integer := 0; shown integer := 0;
BEGIN
  IF mine IS NULL OR NOT app.is_workspace_admin() THEN
    RAISE EXCEPTION 'Only workspace admins' USING ERRCODE = 'SH003', DETAIL = 'workspace_admin';
  END IF;
  FOR held IN
    SELECT l AS link, r.name AS role, c.id AS place_id, c.name AS place, c.deleted_at AS trashed_at, d AS document, u.name AS person, u.email AS address,
           u.workspace_id = mine AS is_colleague
      FROM public_links l JOIN roles r ON r.id = l.role_id LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) LEFT JOIN users u ON u.id = l.created_by_id
     WHERE l.workspace_id = mine AND l.revoked_at IS NULL AND l.id < before ORDER BY l.id DESC LIMIT most + 1
  LOOP
    EXIT WHEN shown = at_most;
    seen := seen + 1;
    id := (held.link).id;
    is_place := seen > most;
    IF is_place THEN
      RETURN NEXT;
      RETURN;
    END IF;
    state := app.link_state(id, (held.link).expires_at, (held.link).use_count, (held.link).max_uses);
    CONTINUE WHEN state <> wanted_state;
    doc := held.document;
    can_open := CASE WHEN doc.id IS NULL THEN app.allows(app.collection_mask(held.place_id), app.view_documents())
      ELSE app.allows(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), app.view_documents()) END;
    document_name := CASE WHEN can_open THEN doc.name END;
    creator_name := CASE WHEN held.is_colleague THEN held.person END;
    name := (held.link).name;
    collection_name := held.place;
    CONTINUE WHEN needle <> '' AND strpos(app.folded(concat_ws(E'\n', name, collection_name, document_name, creator_name)), needle) = 0;
    role := held.role; has_password := (held.link).password_hash IS NOT NULL; allow_download := (held.link).allow_download;
    watermark := (held.link).watermark; max_uses := (held.link).max_uses; use_count := (held.link).use_count;
    expires_at := (held.link).expires_at; last_accessed_at := (held.link).last_accessed_at; created_at := (held.link).created_at;
    creator_id := (held.link).created_by_id; creator_email := held.address;
    collection_id := held.place_id; document_id := doc.id;
    can_open := can_open AND held.trashed_at IS NULL AND doc.deleted_at IS NULL;
    shown := shown + 1;
    RETURN NEXT;
  END LOOP;
END $$;

-- Ends a link of the actor's workspace for good, for its admins, whatever they may do with what it opens; nothing for one
-- that had ended so before.
CREATE FUNCTION app.revoke_workspace_link(link uuid) RETURNS TABLE (collection_id uuid, document_id uuid, told jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine uuid := app.demand_workspace_admin(false); held public_links;
BEGIN
  SELECT * INTO held FROM public_links l WHERE l.id = link AND l.workspace_id = mine FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  IF held.revoked_at IS NOT NULL THEN RETURN; END IF;
  UPDATE public_links l SET revoked_at = now() WHERE l.id = link;
  collection_id := held.collection_id;
  document_id := held.document_id;
  told := app.told_link(held);
  RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION app.tell_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell_access(NEW.collection_id, NEW.document_id, app.manage_permissions(), name => 'link/changed', link => NEW.id);
  -- of visits there are many, and admins look at the list of all links seldom
  IF TG_OP = 'INSERT' OR NEW.last_accessed_at IS NOT DISTINCT FROM OLD.last_accessed_at THEN PERFORM app.tell_link_to_admins(NEW.id, NEW.workspace_id); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_link_to_admins(link uuid, workspace uuid) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT app.tell('link/changed', jsonb_build_object('workspaceId', workspace, 'linkId', link),
    ARRAY(SELECT u.id FROM users u WHERE u.workspace_id = workspace AND u.workspace_role = 'admin'))
$$;

-- Tells of what ended by itself since this was last asked: grants, invitations, links, and limits of a person's own. For
-- the system.
CREATE OR REPLACE FUNCTION app.tell_expired() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  PERFORM app.tell_access(l.collection_id, l.document_id, app.manage_permissions(), name => 'link/changed', link => l.id),
      app.tell_link_to_admins(l.id, l.workspace_id)
    FROM public_links l WHERE l.expires_at > since AND l.expires_at <= until_now AND l.revoked_at IS NULL;
  PERFORM app.tell('quota/changed', '{}', ARRAY[q.user_id])
    FROM user_quotas q WHERE q.overrides_end_at > since AND q.overrides_end_at <= until_now;
  UPDATE live_state SET expired_until = until_now;
END $$;

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

REVOKE ALL ON ROUTINE 
  app.link_state(uuid,timestamp with time zone,integer,integer),
  app.links_follow_collection(),
  app.links_follow_document(),
  app.list_links(uuid,uuid,uuid),
  app.list_workspace_links(text,text,uuid,integer),
  app.revoke_workspace_link(uuid),
  app.tell_link_to_admins(uuid,uuid)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.list_links(uuid,uuid,uuid),
  app.list_workspace_links(text,text,uuid,integer),
  app.revoke_workspace_link(uuid)
  TO sheaf_app;

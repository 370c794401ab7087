-- Bodies in quotes name functions of later domains.
SET LOCAL check_function_bodies = off;

-- Makes a link, for those who manage what it opens. The caller keeps the token; here are its hash and its sealed copy.
CREATE FUNCTION app.create_link(collection uuid, document uuid, role_name text, title text, ends_at timestamptz, hash bytea, sealed bytea)
  RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE resource app.resource := app.demand_resource(collection, document, app.manage_permissions()); given roles; made uuid;
BEGIN
  given := app.demand_role(resource, (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name AND r.name IN ('commenter', 'viewer')));
  INSERT INTO public_links (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id)
    VALUES (resource.collection_id, resource.document_id, given.id, title, hash, sealed, ends_at, app.actor_id()) RETURNING id INTO made;
  RETURN made;
END $$;
GRANT EXECUTE ON FUNCTION app.create_link TO sheaf_app;

-- Revokes a link for good, and tells what it was; no row when it was revoked before.
CREATE FUNCTION app.revoke_link(link uuid)
  RETURNS TABLE (collection_id uuid, document_id uuid, name text, role text, expires_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;
GRANT EXECUTE ON FUNCTION app.revoke_link TO sheaf_app;

-- The links of a resource itself that are not revoked, with their sealed tokens; for those who manage it.
CREATE FUNCTION app.list_links(collection uuid, document uuid)
  RETURNS TABLE (id uuid, name text, role text, has_password boolean, is_open boolean, is_expired boolean, expires_at timestamptz,
    creator_id uuid, creator_name text, created_at timestamptz, view_count integer, last_accessed_at timestamptz, token_hash bytea, token_sealed bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, app.is_link_open(l.id), app.is_expired(l.expires_at),
         l.expires_at, u.id, u.name, l.created_at, l.view_count, l.last_accessed_at, l.token_hash, l.token_sealed
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND app.allows((SELECT app.rights(collection, document)), app.manage_permissions())
   ORDER BY l.created_at, l.id
$$;
GRANT EXECUTE ON FUNCTION app.list_links TO sheaf_app;

-- The link of a token's hash, and whether it opens anything. Whoever holds the hash holds the token: needs no context.
CREATE FUNCTION app.link_of(hash bytea) RETURNS TABLE (id uuid, state text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, CASE WHEN l.revoked_at IS NOT NULL THEN 'revoked' WHEN l.expires_at <= statement_timestamp() THEN 'expired'
           WHEN NOT app.is_link_open(l.id) THEN 'closed' WHEN l.password_hash IS NOT NULL THEN 'locked' ELSE 'open' END
    FROM public_links l WHERE l.token_hash = hash
$$;
GRANT EXECUTE ON FUNCTION app.link_of TO sheaf_app;

-- Refuses a link on what is protected, and a change of one that was revoked. The lock makes it wait for a protection
-- under way, which then finds the link or refuses it.
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
  RETURN NEW;
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

-- --- public_links ---
ALTER TABLE public_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON public_links TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY links_read ON public_links FOR SELECT TO sheaf_app
  USING (app.allows(app.rights(collection_id, document_id), app.manage_permissions()) OR (SELECT app.is_system()));
GRANT SELECT (collection_id, created_at, created_by_id, document_id, expires_at, id, last_accessed_at, name, revoked_at, role_id, view_count) ON public_links TO sheaf_app;
CREATE TRIGGER link_rules BEFORE INSERT OR UPDATE OF revoked_at ON public_links FOR EACH ROW EXECUTE FUNCTION app.link_rules();
CREATE TRIGGER link_changed AFTER INSERT OR DELETE OR UPDATE OF role_id, expires_at, revoked_at ON public_links
  FOR EACH ROW EXECUTE FUNCTION app.link_changed();

-- Nobody calls a function but those who were named.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;

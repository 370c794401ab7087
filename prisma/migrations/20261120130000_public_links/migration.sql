-- Public links as principals: whoever comes with a link's token is a visitor, and acts as the link and as nothing else.
-- Context: app.actor_kind 'visitor', app.actor_id the link's id. A live link holds itself in user_principals and has one
-- grant, so that everything which asks for an actor's grants answers for visitors too. What they may is at most to view,
-- comment and suggest: whatever asks for more refuses them.

-- --- tables ----------------------------------------------------------------------------------------------------
CREATE TABLE public_links (
  id UUID NOT NULL DEFAULT uuidv7(),
  collection_id UUID,
  document_id UUID,
  role_id UUID NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  token_hash BYTEA NOT NULL,
  token_sealed BYTEA NOT NULL,
  password_hash TEXT,
  expires_at TIMESTAMPTZ(3),
  revoked_at TIMESTAMPTZ(3),
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  view_count INTEGER NOT NULL DEFAULT 0,
  last_accessed_at TIMESTAMPTZ(3),
  CONSTRAINT public_links_pkey PRIMARY KEY (id),
  CONSTRAINT public_links_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES collections (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT public_links_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT public_links_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT public_links_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT public_links_one_resource CHECK (num_nonnulls(collection_id, document_id) = 1),
  -- commenter or viewer: the bound of what a visitor may, wherever rights are asked for
  CONSTRAINT public_links_role CHECK (role_id IN ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000004')),
  CONSTRAINT public_links_hash CHECK (octet_length(token_hash) = 32),
  CONSTRAINT public_links_name CHECK (length(name) <= 120),
  CONSTRAINT public_links_view_count CHECK (view_count >= 0)
);
CREATE UNIQUE INDEX public_links_token_hash_key ON public_links (token_hash);
CREATE INDEX public_links_collection_id_idx ON public_links (collection_id);
CREATE INDEX public_links_document_id_idx ON public_links (document_id);

-- A link is a subject of grants like a person, a group, a workspace and everyone.
ALTER TABLE permissions ADD COLUMN link_id UUID,
  ADD CONSTRAINT permissions_link_id_fkey FOREIGN KEY (link_id) REFERENCES public_links (id) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE permissions DROP CONSTRAINT permissions_check;
ALTER TABLE permissions ADD CONSTRAINT permissions_check
  CHECK (num_nonnulls(user_id, group_id, subject_workspace_id, link_id) + is_everyone::int = 1);
-- The column is computed anew for every row, so its indexes come after it. They carry link_id: asking for it must not
-- send every look-up of a grant to the table.
DROP INDEX permissions_live_collection, permissions_live_document, permissions_principal_collection, permissions_principal_document;
ALTER TABLE permissions ALTER COLUMN principal_id
  SET EXPRESSION AS (COALESCE(user_id, group_id, subject_workspace_id, link_id, '00000000-0000-0000-0000-000000000001'::uuid));
CREATE UNIQUE INDEX permissions_live_collection ON permissions (collection_id, principal_id) INCLUDE (mask, expires_at, link_id) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE UNIQUE INDEX permissions_live_document ON permissions (document_id, principal_id) INCLUDE (mask, expires_at, link_id) WHERE deleted_at IS NULL AND document_id IS NOT NULL;
CREATE INDEX permissions_principal_collection ON permissions (principal_id, collection_id) INCLUDE (mask, expires_at, link_id) WHERE deleted_at IS NULL AND collection_id IS NOT NULL;
CREATE INDEX permissions_principal_document ON permissions (principal_id, document_id) INCLUDE (mask, expires_at, link_id) WHERE deleted_at IS NULL AND document_id IS NOT NULL;
-- One grant for each link, ever.
CREATE UNIQUE INDEX permissions_link ON permissions (link_id) WHERE link_id IS NOT NULL;

-- --- what a link is ---------------------------------------------------------------------------------------------
CREATE FUNCTION app.is_visitor() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.actor_kind', true) = 'visitor', false);

-- Whether a link opens anything now, but for its expiry, which its grant carries: not revoked, nothing in the trash, not
-- protected, and a document only in the mode link. Leaving the mode suspends its links, coming back revives them.
-- Said to cost little, so that views which ask it for links alone are planned as they were without it.
CREATE FUNCTION app.is_link_open(link uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER COST 1 SET search_path = public, pg_temp
  RETURN EXISTS (
    SELECT FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id)
     WHERE l.id = link AND l.revoked_at IS NULL AND c.deleted_at IS NULL AND NOT c.is_protected
       AND (d.id IS NULL OR (d.access_mode = 'link' AND d.deleted_at IS NULL AND d.status <> 'pending')));

-- Nothing protected is linked. The lock makes this wait for a protection under way, which then finds the link or refuses it.
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
CREATE TRIGGER link_rules BEFORE INSERT OR UPDATE OF revoked_at ON public_links FOR EACH ROW EXECUTE FUNCTION app.link_rules();

-- A link's grant and its principal follow its row.
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
CREATE TRIGGER link_changed AFTER INSERT OR DELETE OR UPDATE OF role_id, expires_at, revoked_at ON public_links
  FOR EACH ROW EXECUTE FUNCTION app.link_changed();

-- --- rights of visitors -----------------------------------------------------------------------------------------
CREATE OR REPLACE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
CREATE OR REPLACE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.document_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));

-- People's trash is theirs to look through; a visitor has none, and sees no upload that is still under way.
CREATE POLICY documents_visited ON documents AS RESTRICTIVE FOR SELECT TO sheaf_app
  USING ((deleted_at IS NULL AND status <> 'pending') OR NOT (SELECT app.is_visitor()));

CREATE OR REPLACE FUNCTION app.rights(collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN document IS NULL THEN app.collection_mask(collection) ELSE
    coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) FROM documents d
      WHERE d.id = document AND ((d.deleted_at IS NULL AND d.status <> 'pending') OR NOT app.is_visitor())), 0) END;

CREATE OR REPLACE FUNCTION app.document_key(document uuid, part text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.key FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id
    JOIN objects o ON o.id = CASE part WHEN 'blob' THEN b.object_id WHEN 'thumbnail' THEN d.thumbnail_object_id END
   WHERE d.id = document AND app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) & 1 <> 0
     AND ((d.deleted_at IS NULL AND d.status <> 'pending') OR NOT app.is_visitor())
$$;

-- Visitors meet nobody: whose page it is, they are told by its name alone (app.person_name).
CREATE OR REPLACE FUNCTION app.collection_people(collection uuid, at_most integer) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name
    FROM permissions p JOIN users u ON u.id = p.user_id JOIN collections c ON c.id = p.collection_id
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND (SELECT app.collection_mask(collection) & 1 <> 0 AND NOT app.is_visitor())
     AND (u.id = c.owner_id OR u.id = app.actor_id() OR (p.opened_at IS NOT NULL AND (SELECT app.collection_mask(collection)) & 516 <> 0))
   ORDER BY u.id <> c.owner_id, p.granted_at, u.id LIMIT at_most
$$;

-- --- links are no people ----------------------------------------------------------------------------------------
CREATE OR REPLACE VIEW effective_permissions WITH (security_barrier = true) AS
  WITH live AS (
    SELECT up.user_id, p.collection_id, p.document_id, p.mask FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
     WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp()) AND p.link_id IS NULL
  ), reached AS (
    SELECT l.user_id, 'collection' AS resource_type, c.id AS resource_id, c.workspace_id, c.id AS collection_id, c.deleted_at IS NULL AS is_live, l.mask
      FROM live l JOIN collections c ON c.id = l.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending', l.mask
      FROM live l JOIN documents d ON d.collection_id = l.collection_id AND d.access_mode IN ('collection', 'link') JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending', l.mask
      FROM live l JOIN documents d ON d.id = l.document_id AND d.access_mode <> 'private' JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT d.owner_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND d.deleted_at IS NULL AND d.status <> 'pending',
           CASE d.access_mode WHEN 'private' THEN 13 ELSE 9 END
      FROM documents d JOIN collections c ON c.id = d.collection_id JOIN user_principals up ON up.user_id = d.owner_id AND up.principal_id = d.owner_id
  )
  SELECT r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live, bit_or(r.mask) AS mask
    FROM reached r
   WHERE (SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND r.workspace_id = (SELECT app.actor_workspace()))
   GROUP BY r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live;

CREATE OR REPLACE FUNCTION app.access_grants(collection uuid, document uuid, person uuid)
  RETURNS TABLE (id uuid, resource text, subject text, principal text, subject_name text, role_id uuid, role text, mask integer,
    granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz, is_expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH place AS (
    SELECT x.collection_id, x.document_id FROM app.access_place(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM place JOIN permissions p ON p.collection_id = place.collection_id WHERE p.deleted_at IS NULL AND p.link_id IS NULL
    UNION ALL SELECT p.* FROM place JOIN permissions p ON p.document_id = place.document_id WHERE p.deleted_at IS NULL AND p.link_id IS NULL
  ), waiting AS (
    SELECT i.* FROM place JOIN invitations i ON i.collection_id = place.collection_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
    UNION ALL SELECT i.* FROM place JOIN invitations i ON i.document_id = place.document_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
  )
  SELECT p.id, CASE WHEN p.document_id IS NULL THEN 'collection' ELSE 'document' END,
         CASE WHEN p.user_id IS NOT NULL THEN 'user' WHEN p.group_id IS NOT NULL THEN 'group' WHEN p.is_everyone THEN 'everyone' ELSE 'workspace' END,
         CASE WHEN p.user_id IS NULL OR app.is_known(p.user_id, place.collection_id, place.document_id)
           THEN p.principal_id::text ELSE 'address:' || u.email_normalized END,
         coalesce(t.name, w.name), r.id, r.name, p.mask, g.id, g.name, p.granted_at, p.expires_at, coalesce(p.expires_at <= statement_timestamp(), false)
    FROM place, given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
    LEFT JOIN workspaces w ON w.id = p.subject_workspace_id LEFT JOIN users g ON g.id = p.granted_by_id
   WHERE person IS NULL OR p.user_id = person
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = p.principal_id)
  UNION ALL
  SELECT i.id, CASE WHEN i.document_id IS NULL THEN 'collection' ELSE 'document' END, 'user', 'address:' || i.email_normalized,
         NULL, r.id, r.name, r.mask, g.id, g.name, i.created_at, i.expires_at, coalesce(i.expires_at <= statement_timestamp(), false)
    FROM waiting i JOIN roles r ON r.id = i.role_id LEFT JOIN users g ON g.id = i.invited_by_id
$$;

-- --- links ------------------------------------------------------------------------------------------------------
-- Makes a link, for those who manage what it opens. The caller keeps the token; here are its hash and its sealed copy.
CREATE FUNCTION app.create_link(collection uuid, document uuid, role_name text, title text, ends_at timestamptz, hash bytea, sealed bytea)
  RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(collection, document, 512); given roles; made uuid;
BEGIN
  given := app.demand_role(place, (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name AND r.name IN ('commenter', 'viewer')));
  INSERT INTO public_links (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id)
    VALUES (place.collection_id, place.document_id, given.id, title, hash, sealed, ends_at, app.actor_id()) RETURNING id INTO made;
  RETURN made;
END $$;

-- Ends a link for good, for those who manage what it opens; to all others it is not there. Nothing when it had ended before.
CREATE FUNCTION app.revoke_link(link uuid)
  RETURNS TABLE (collection_id uuid, document_id uuid, name text, role text, expires_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE found_row public_links; place app.place;
BEGIN
  SELECT * INTO found_row FROM public_links l WHERE l.id = link AND app.rights(l.collection_id, l.document_id) & 512 <> 0;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such link' USING ERRCODE = 'SH002', DETAIL = 'link'; END IF;
  place := app.demand_place(found_row.collection_id, found_row.document_id, 512);
  PERFORM app.demand_within(place, (SELECT r.mask FROM roles r WHERE r.id = found_row.role_id));
  UPDATE public_links l SET revoked_at = now() WHERE l.id = link AND l.revoked_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT found_row.collection_id, found_row.document_id, found_row.name, r.name, found_row.expires_at
    FROM roles r WHERE r.id = found_row.role_id;
END $$;

-- The links of a resource itself that are not revoked, with their sealed tokens; for those who manage it.
CREATE FUNCTION app.list_links(collection uuid, document uuid)
  RETURNS TABLE (id uuid, name text, role text, has_password boolean, is_open boolean, is_expired boolean, expires_at timestamptz,
    creator_id uuid, creator_name text, created_at timestamptz, view_count integer, last_accessed_at timestamptz, token_hash bytea, token_sealed bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, l.name, r.name, l.password_hash IS NOT NULL, app.is_link_open(l.id), coalesce(l.expires_at <= statement_timestamp(), false),
         l.expires_at, u.id, u.name, l.created_at, l.view_count, l.last_accessed_at, l.token_hash, l.token_sealed
    FROM (SELECT * FROM public_links x WHERE document IS NULL AND x.collection_id = collection
          UNION ALL SELECT * FROM public_links x WHERE x.document_id = document) l
    JOIN roles r ON r.id = l.role_id LEFT JOIN users u ON u.id = l.created_by_id
   WHERE l.revoked_at IS NULL AND (SELECT app.rights(collection, document)) & 512 <> 0
   ORDER BY l.created_at, l.id
$$;

-- Whoever holds a token's hash holds the token: which link it is and whether that opens anything. Needs no context.
CREATE FUNCTION app.link_of(hash bytea) RETURNS TABLE (id uuid, state text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, CASE WHEN l.revoked_at IS NOT NULL THEN 'revoked' WHEN l.expires_at <= statement_timestamp() THEN 'expired'
           WHEN NOT app.is_link_open(l.id) THEN 'closed' WHEN l.password_hash IS NOT NULL THEN 'locked' ELSE 'open' END
    FROM public_links l WHERE l.token_hash = hash
$$;

-- As before; and what is protected loses its links for good, its documents' too.
DROP FUNCTION app.set_visibility;
CREATE FUNCTION app.set_visibility(collection uuid, wanted text, protects boolean,
    OUT previous text, OUT was_protected boolean, OUT is_protected boolean, OUT unlinked integer, OUT closed_links uuid[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place app.place := app.demand_place(collection, NULL, 512); viewer uuid;
BEGIN
  SELECT c.visibility, c.is_protected INTO previous, was_protected FROM collections c WHERE c.id = collection;
  is_protected := coalesce(protects, was_protected);
  unlinked := 0;
  closed_links := '{}';
  IF is_protected <> was_protected AND place.owner_id <> app.actor_id() THEN
    RAISE EXCEPTION 'Only the owner protects' USING ERRCODE = 'SH003', DETAIL = 'owner_only';
  END IF;
  IF is_protected AND wanted = 'public' THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  IF wanted = previous AND is_protected = was_protected THEN RETURN; END IF;
  UPDATE collections c SET visibility = wanted, is_protected = set_visibility.is_protected, version = version + 1, updated_at = now()
   WHERE c.id = collection;
  IF is_protected THEN
    UPDATE documents d SET access_mode = 'collection', version = version + 1, updated_at = now()
     WHERE d.collection_id = collection AND d.access_mode = 'link';
    GET DIAGNOSTICS unlinked = ROW_COUNT;
    WITH closed AS (
      UPDATE public_links l SET revoked_at = now()
       WHERE l.revoked_at IS NULL AND (l.collection_id = collection OR l.document_id IN (SELECT d.id FROM documents d WHERE d.collection_id = collection))
      RETURNING l.id
    ) SELECT coalesce(array_agg(closed.id ORDER BY closed.id), '{}') INTO closed_links FROM closed;
  END IF;
  IF wanted = previous THEN RETURN; END IF;
  UPDATE permissions p SET deleted_at = now()
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.is_everyone OR p.subject_workspace_id IS NOT NULL);
  SELECT r.id INTO viewer FROM roles r WHERE r.workspace_id IS NULL AND r.name = 'viewer';
  IF wanted = 'workspace' THEN
    INSERT INTO permissions (subject_workspace_id, collection_id, role_id, granted_by_id) VALUES (place.workspace_id, collection, viewer, app.actor_id());
  ELSIF wanted = 'public' THEN
    INSERT INTO permissions (is_everyone, collection_id, role_id, granted_by_id) VALUES (true, collection, viewer, app.actor_id());
  END IF;
END $$;

-- What others reach of the actor's own, with links, and grants and invitations to single documents.
CREATE OR REPLACE FUNCTION app.shared_collections() RETURNS TABLE (id uuid, name text, shares integer, foreign_documents integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM (
    SELECT c.id, c.name,
      (SELECT count(*)::integer FROM (
          SELECT p.expires_at, p.user_id FROM permissions p WHERE p.collection_id = c.id AND p.deleted_at IS NULL
          UNION ALL SELECT p.expires_at, p.user_id FROM documents d JOIN permissions p ON p.document_id = d.id WHERE d.collection_id = c.id AND p.deleted_at IS NULL
          UNION ALL SELECT i.expires_at, NULL FROM invitations i WHERE i.collection_id = c.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
          UNION ALL SELECT i.expires_at, NULL FROM documents d JOIN invitations i ON i.document_id = d.id
           WHERE d.collection_id = c.id AND i.deleted_at IS NULL AND i.accepted_at IS NULL
        ) s (expires_at, user_id)
        WHERE s.user_id IS DISTINCT FROM c.owner_id AND (s.expires_at IS NULL OR s.expires_at > statement_timestamp()))
      + (c.visibility <> 'private')::integer,
      (SELECT count(*)::integer FROM documents d WHERE d.collection_id = c.id AND d.owner_id <> c.owner_id AND d.status <> 'pending')
    FROM collections c WHERE c.owner_id = app.actor_id() AND c.deleted_at IS NULL
  ) x (id, name, shares, foreign_documents) WHERE shares > 0 OR foreign_documents > 0 ORDER BY lower(name), id
$$;

-- --- policies ---------------------------------------------------------------------------------------------------
ALTER TABLE public_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_links FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON public_links TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY links_read ON public_links FOR SELECT TO sheaf_app
  USING (app.rights(collection_id, document_id) & 512 <> 0 OR (SELECT app.is_system()));
-- Nobody links above their own rights; guests share nothing.
CREATE POLICY links_add ON public_links FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR (created_by_id = (SELECT app.live_actor_id()) AND (SELECT app.actor_workspace()) IS NOT NULL
    AND app.rights(collection_id, document_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.rights(collection_id, document_id) = 0)));
CREATE POLICY links_change ON public_links FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR ((SELECT app.actor_workspace()) IS NOT NULL AND app.rights(collection_id, document_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.rights(collection_id, document_id) = 0)))
  WITH CHECK ((SELECT app.is_system()) OR (app.rights(collection_id, document_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.rights(collection_id, document_id) = 0)));
-- Tokens and passwords leave through functions alone, and nobody chooses an id: it is a principal.
GRANT SELECT (id, collection_id, document_id, role_id, name, expires_at, revoked_at, created_by_id, created_at, view_count, last_accessed_at),
  INSERT (collection_id, document_id, role_id, name, token_hash, token_sealed, expires_at, created_by_id),
  UPDATE (name, role_id, expires_at, revoked_at) ON public_links TO sheaf_app;

-- A link's grant follows the link: nobody writes it by itself. Who is suspended sees nothing, their own grants and those
-- they once gave included; and who no longer manages a place no longer sees what they gave there.
DROP POLICY permissions_read ON permissions;
CREATE POLICY permissions_read ON permissions FOR SELECT TO sheaf_app
  USING (user_id = (SELECT app.live_actor_id())
    OR (collection_id IS NOT NULL AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = permissions.collection_id AND g.mask & 516 <> 0))
    OR (document_id IS NOT NULL AND app.rights(NULL, document_id) & 516 <> 0)
    OR (SELECT app.is_system()));
DROP POLICY permissions_add ON permissions;
CREATE POLICY permissions_add ON permissions FOR INSERT TO sheaf_app
  WITH CHECK (link_id IS NULL AND ((SELECT app.is_system())
    OR (granted_by_id = (SELECT app.live_actor_id()) AND (SELECT app.actor_workspace()) IS NOT NULL AND subject_workspace_id IS NULL AND NOT is_everyone
      AND app.rights(collection_id, document_id) & 512 <> 0 AND mask & ~app.rights(collection_id, document_id) = 0
      AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.deleted_at IS NULL)
      AND (group_id IS NULL OR EXISTS (SELECT FROM groups g WHERE g.id = group_id AND g.deleted_at IS NULL)))
    OR (user_id = (SELECT app.live_actor_id()) AND EXISTS (SELECT FROM collections c WHERE c.id = collection_id AND c.owner_id = (SELECT app.live_actor_id())))));
DROP POLICY permissions_change ON permissions;
CREATE POLICY permissions_change ON permissions FOR UPDATE TO sheaf_app
  USING (link_id IS NULL AND ((SELECT app.is_system()) OR user_id = (SELECT app.live_actor_id())
    OR (app.rights(collection_id, document_id) & 512 <> 0 AND mask & ~app.rights(collection_id, document_id) = 0)))
  WITH CHECK ((SELECT app.is_system()) OR (user_id = (SELECT app.live_actor_id()) AND deleted_at IS NOT NULL)
    OR (app.rights(collection_id, document_id) & 512 <> 0 AND (deleted_at IS NOT NULL OR mask & ~app.rights(collection_id, document_id) = 0)));

REVOKE ALL ON FUNCTION app.is_visitor, app.is_link_open, app.link_rules, app.link_changed, app.create_link, app.revoke_link, app.list_links,
  app.link_of, app.set_visibility FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.is_visitor, app.is_link_open, app.create_link, app.revoke_link, app.list_links, app.link_of, app.set_visibility TO sheaf_app;

DROP VIEW effective_permissions;
DROP POLICY collections_read ON collections;
CREATE POLICY collections_read ON collections FOR SELECT TO sheaf_app
  USING (owner_id = (SELECT app.actor_id())
    OR EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collections.id AND g.mask & 1 <> 0)
    OR (SELECT app.is_system()));
DROP POLICY documents_read ON documents;
CREATE POLICY documents_read ON documents FOR SELECT TO sheaf_app
  USING (owner_id = (SELECT app.actor_id())
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 1 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 1 <> 0))
    OR (SELECT app.is_system()));
DROP POLICY documents_change ON documents;
CREATE POLICY documents_change ON documents FOR UPDATE TO sheaf_app
  USING ((owner_id = (SELECT app.actor_id()) AND access_mode = 'private')
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 4 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 4 <> 0))
    OR (SELECT app.is_system()));
DROP POLICY permissions_read ON permissions;
CREATE POLICY permissions_read ON permissions FOR SELECT TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR granted_by_id = (SELECT app.actor_id())
    OR (collection_id IS NOT NULL AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = permissions.collection_id AND g.mask & 516 <> 0))
    OR (document_id IS NOT NULL AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = permissions.document_id AND g.mask & 516 <> 0))
    OR (SELECT app.is_system()));
DROP POLICY permissions_add ON permissions;
CREATE POLICY permissions_add ON permissions FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system())
    OR (collection_id IS NOT NULL AND app.collection_mask(collection_id) & 512 <> 0 AND mask & ~app.collection_mask(collection_id) = 0)
    OR (user_id = (SELECT app.actor_id()) AND EXISTS (SELECT FROM collections c WHERE c.id = collection_id AND c.owner_id = (SELECT app.actor_id()))));
DROP POLICY permissions_change ON permissions;
CREATE POLICY permissions_change ON permissions FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR user_id = (SELECT app.actor_id())
    OR (collection_id IS NOT NULL AND app.collection_mask(collection_id) & 512 <> 0 AND mask & ~app.collection_mask(collection_id) = 0))
  WITH CHECK ((SELECT app.is_system()) OR (user_id = (SELECT app.actor_id()) AND deleted_at IS NOT NULL)
    OR (collection_id IS NOT NULL AND app.collection_mask(collection_id) & 512 <> 0
      AND (deleted_at IS NOT NULL OR mask & ~app.collection_mask(collection_id) = 0)));
DROP POLICY invitations_read ON invitations;
CREATE POLICY invitations_read ON invitations FOR SELECT TO sheaf_app
  USING (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = invitations.collection_id AND g.mask & 516 <> 0) OR (SELECT app.is_system()));
DROP POLICY invitations_add ON invitations;
CREATE POLICY invitations_add ON invitations FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR (app.collection_mask(collection_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.collection_mask(collection_id) = 0)));
DROP POLICY invitations_change ON invitations;
CREATE POLICY invitations_change ON invitations FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR app.collection_mask(collection_id) & 512 <> 0)
  WITH CHECK ((SELECT app.is_system())
    OR EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.collection_mask(collection_id) = 0));

DROP FUNCTION app.list_grants, app.access_groups, app.access_people, app.access_grants, app.may_inspect, app.access_place, app.is_known,
  app.role_use_count, app.delete_role, app.change_role, app.demand_custom_role, app.create_role, app.demand_role_name, app.demand_role_admin,
  app.keep_manager, app.set_access_mode, app.set_visibility, app.invitation_letter, app.mark_document_opened, app.revoke_access,
  app.change_access, app.demand_grant;
CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE owner users; waiting invitations; claimed integer := 0;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system claims' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO owner FROM users WHERE id = person AND email_verified_at IS NOT NULL AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || owner.email_normalized, 0));
  FOR waiting IN
    UPDATE invitations SET accepted_at = now()
     WHERE email_normalized = owner.email_normalized AND deleted_at IS NULL AND accepted_at IS NULL
       AND (expires_at IS NULL OR expires_at > now()) RETURNING *
  LOOP
    INSERT INTO permissions (id, user_id, collection_id, role_id, granted_by_id, granted_at, expires_at)
      VALUES (waiting.id, person, waiting.collection_id, waiting.role_id, waiting.invited_by_id, waiting.created_at, waiting.expires_at)
      ON CONFLICT DO NOTHING;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $$;
CREATE OR REPLACE FUNCTION app.add_collaborator(collection uuid, address text, role_name text, ends_at timestamptz)
  RETURNS TABLE (id uuid, user_id uuid, is_new boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  place collections := app.demand_collection(collection, 512);
  normal text := lower(trim(address));
  role_row roles;
  person users;
  taken integer;
  room integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
  IF place.deleted_at IS NOT NULL THEN RAISE EXCEPTION 'Trashed' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
  SELECT * INTO role_row FROM roles r WHERE r.workspace_id IS NULL AND r.name = role_name;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such role' USING ERRCODE = 'SH002', DETAIL = 'role'; END IF;
  IF role_row.mask & ~app.collection_mask(collection) <> 0 THEN
    RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights';
  END IF;
  SELECT * INTO person FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL;

  IF person.id IS NOT NULL THEN
    UPDATE permissions p SET role_id = role_row.id, expires_at = ends_at
     WHERE p.collection_id = collection AND p.user_id = person.id AND p.deleted_at IS NULL RETURNING p.id INTO id;
  ELSE
    UPDATE invitations i SET role_id = role_row.id, expires_at = ends_at
     WHERE i.collection_id = collection AND i.email_normalized = normal AND i.deleted_at IS NULL AND i.accepted_at IS NULL RETURNING i.id INTO id;
  END IF;
  user_id := person.id;
  is_new := id IS NULL;
  IF NOT is_new THEN RETURN NEXT; RETURN; END IF;

  -- the collection's row is locked: nobody else is counting
  SELECT (SELECT count(*) FROM permissions p WHERE p.collection_id = collection AND p.deleted_at IS NULL
            AND (p.user_id IS NOT NULL OR p.group_id IS NOT NULL) AND p.user_id IS DISTINCT FROM place.owner_id)
       + (SELECT count(*) FROM invitations i WHERE i.collection_id = collection AND i.deleted_at IS NULL AND i.accepted_at IS NULL)
    INTO taken;
  SELECT l.collaborators INTO room FROM app.quota_limits(place.owner_id) l;
  IF taken >= room THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'collaboratorsPerCollection', 'used', taken, 'limit', room, 'requested', 1)::text;
  END IF;
  IF person.id IS NOT NULL THEN
    -- people of the same workspace know each other; others stay "invited" until they open the collection
    INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, expires_at, opened_at)
      VALUES (person.id, collection, role_row.id, app.actor_id(), ends_at, CASE WHEN person.workspace_id = app.actor_workspace() THEN now() END)
      RETURNING permissions.id INTO id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, role_id, invited_by_id, expires_at)
      VALUES (trim(address), normal, collection, role_row.id, app.actor_id(), ends_at) RETURNING invitations.id INTO id;
  END IF;
  RETURN NEXT;
END $$;
DROP FUNCTION app.grant_access, app.find_grant, app.demand_room, app.demand_within, app.demand_role, app.demand_place;
DROP TYPE app.grant_change;
DROP TYPE app.place;
CREATE OR REPLACE FUNCTION app.grant_mask() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer := app.collection_mask(collection);
BEGIN
  SELECT * INTO found_row FROM collections WHERE id = collection FOR UPDATE;
  IF NOT FOUND OR mask & 1 = 0 THEN RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
  IF wanted & ~mask <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  RETURN found_row;
END $$;
CREATE OR REPLACE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_system() THEN 8191 ELSE
      CASE WHEN owner = app.actor_id() THEN CASE WHEN mode = 'private' THEN 13 ELSE 9 END ELSE 0 END
    | CASE WHEN mode IN ('collection', 'link') THEN app.collection_mask(collection) ELSE 0 END
    | CASE WHEN mode <> 'private' THEN coalesce((SELECT bit_or(mask) FROM app.my_document_grants g WHERE g.document_id = document), 0) ELSE 0 END
  END;
DROP FUNCTION app.rights, app.live_actor_id;

DROP INDEX permissions_document;
DROP INDEX permissions_collection;
-- What was shared with addresses on single documents had no place before.
DELETE FROM invitations WHERE document_id IS NOT NULL;
ALTER TABLE invitations DROP COLUMN document_id;
ALTER TABLE invitations ALTER COLUMN collection_id SET NOT NULL;
-- Names of deleted roles may have been given to others meanwhile.
UPDATE roles SET name = name || ' ' || id WHERE deleted_at IS NOT NULL;
DROP INDEX roles_custom_name;
ALTER TABLE roles DROP CONSTRAINT roles_known_bits;
ALTER TABLE roles DROP COLUMN deleted_at;
CREATE UNIQUE INDEX roles_custom_name ON roles (workspace_id, lower(name)) WHERE workspace_id IS NOT NULL;

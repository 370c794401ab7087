-- Who may see and change what. The application connects as sheaf_app, which owns nothing: every statement runs under
-- these policies. Context is set per transaction (lib/db); without it nothing is visible.
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO sheaf_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- --- context ---------------------------------------------------------------------------------------------------
CREATE FUNCTION app.actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.actor_id', true), '')::uuid;

CREATE FUNCTION app.is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.actor_kind', true) = 'system', false);

CREATE FUNCTION app.actor_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT workspace_id FROM users WHERE id = app.actor_id() AND suspended_at IS NULL AND NOT is_external);

CREATE FUNCTION app.is_workspace_admin() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM users WHERE id = app.actor_id() AND suspended_at IS NULL AND workspace_role = 'admin');

-- --- principals ------------------------------------------------------------------------------------------------
-- user_principals is the closure of "acts as": oneself, one's workspace (never for guests), everyone, and every group
-- reached through nesting. Without the locks two concurrent changes each compute the closure without the other's row
-- and one of them over-grants. Lock order: the nesting lock, then user rows by id.
CREATE FUNCTION app.refresh_principals(people uuid[]) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH RECURSIVE acts_as (user_id, principal_id) AS (
    SELECT m.user_id, m.group_id
      FROM group_memberships m JOIN users u ON u.id = m.user_id JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = ANY (people) AND u.suspended_at IS NULL AND g.deleted_at IS NULL
    UNION
    SELECT a.user_id, n.parent_id
      FROM acts_as a JOIN group_nestings n ON n.child_id = a.principal_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  ), wanted AS (
    SELECT user_id, principal_id FROM acts_as
    UNION SELECT id, id FROM users WHERE id = ANY (people) AND suspended_at IS NULL
    UNION SELECT id, workspace_id FROM users WHERE id = ANY (people) AND suspended_at IS NULL AND NOT is_external
    UNION SELECT id, '00000000-0000-0000-0000-000000000001'::uuid FROM users WHERE id = ANY (people) AND suspended_at IS NULL
  ), gone AS (
    DELETE FROM user_principals p
     WHERE p.user_id = ANY (people)
       AND NOT EXISTS (SELECT FROM wanted w WHERE w.user_id = p.user_id AND w.principal_id = p.principal_id)
  )
  INSERT INTO user_principals SELECT user_id, principal_id FROM wanted ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION app.people_below(root uuid) RETURNS uuid[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below (group_id) AS (
    SELECT root UNION SELECT n.child_id FROM below b JOIN group_nestings n ON n.parent_id = b.group_id
  )
  SELECT coalesce(array_agg(DISTINCT m.user_id), '{}') FROM below b JOIN group_memberships m ON m.group_id = b.group_id
$$;

CREATE FUNCTION app.lock_people(people uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM users WHERE id = ANY (people) ORDER BY id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION app.memberships_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people uuid[];
BEGIN
  SELECT array_agg(DISTINCT user_id) INTO people FROM changed;
  IF people IS NULL THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('sheaf.nestings'));
  PERFORM app.lock_people(people);
  PERFORM app.refresh_principals(people);
  RETURN NULL;
END $$;
CREATE TRIGGER memberships_added AFTER INSERT ON group_memberships REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_changed();
CREATE TRIGGER memberships_removed AFTER DELETE ON group_memberships REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.memberships_changed();

CREATE FUNCTION app.nestings_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  RETURN NULL;
END $$;
CREATE FUNCTION app.nestings_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE edge record; people uuid[] := '{}';
BEGIN
  FOR edge IN SELECT * FROM changed LOOP
    IF TG_OP = 'INSERT' AND EXISTS (
      WITH RECURSIVE above (group_id) AS (
        SELECT edge.parent_id UNION SELECT n.parent_id FROM above a JOIN group_nestings n ON n.child_id = a.group_id
      ) SELECT FROM above WHERE group_id = edge.child_id
    ) THEN
      RAISE EXCEPTION 'A group cannot contain itself' USING ERRCODE = 'SH004', DETAIL = 'group_cycle';
    END IF;
    people := people || app.people_below(edge.child_id);
  END LOOP;
  PERFORM app.lock_people(people);
  PERFORM app.refresh_principals(people);
  RETURN NULL;
END $$;
CREATE TRIGGER nestings_lock BEFORE INSERT OR DELETE ON group_nestings FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_lock();
CREATE TRIGGER nestings_added AFTER INSERT ON group_nestings REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_changed();
CREATE TRIGGER nestings_removed AFTER DELETE ON group_nestings REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION app.nestings_changed();

CREATE FUNCTION app.group_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  people := app.people_below(NEW.id);
  PERFORM app.lock_people(people);
  PERFORM app.refresh_principals(people);
  RETURN NULL;
END $$;
CREATE TRIGGER group_deleted AFTER UPDATE OF deleted_at ON groups
  FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION app.group_deleted();

CREATE FUNCTION app.person_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM user_principals WHERE user_id = OLD.id;
  ELSE
    PERFORM pg_advisory_xact_lock_shared(hashtext('sheaf.nestings'));
    PERFORM app.refresh_principals(ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER person_changed AFTER INSERT OR DELETE OR UPDATE OF workspace_id, is_external, suspended_at ON users
  FOR EACH ROW EXECUTE FUNCTION app.person_changed();

-- --- effective rights ------------------------------------------------------------------------------------------
-- The actor's live grants. Security barriers owned by sheaf_owner: policies can ask them without seeing the table.
CREATE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.collection_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
CREATE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = (SELECT app.actor_id()) AND p.deleted_at IS NULL AND p.document_id IS NOT NULL
     AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp());
GRANT SELECT ON app.my_collection_grants, app.my_document_grants TO sheaf_app;

-- The actor's mask on a collection: the union of all grants.
CREATE FUNCTION app.collection_mask(collection uuid) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_system() THEN 8191
    ELSE coalesce((SELECT bit_or(mask) FROM app.my_collection_grants g WHERE g.collection_id = collection), 0) END;

-- The actor's mask on a document, from its row: owners keep view and delete of their own file, and may edit what only
-- they can see; collection grants count in the modes collection and link, document grants in all but private.
CREATE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_system() THEN 8191 ELSE
      CASE WHEN owner = app.actor_id() THEN CASE WHEN mode = 'private' THEN 13 ELSE 9 END ELSE 0 END
    | CASE WHEN mode IN ('collection', 'link') THEN app.collection_mask(collection) ELSE 0 END
    | CASE WHEN mode <> 'private' THEN coalesce((SELECT bit_or(mask) FROM app.my_document_grants g WHERE g.document_id = document), 0) ELSE 0 END
  END;

-- Removing a document: any with delete_any_documents, one's own with delete_own_documents (an owner always has it).
CREATE FUNCTION app.can_delete(mask integer, owner uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN mask & 16 <> 0 OR (mask & 8 <> 0 AND owner = app.actor_id());

-- Names of people one meets (owners, collaborators) beyond one's own workspace; never their addresses.
CREATE FUNCTION app.person_name(person uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT name FROM users WHERE id = person);

-- --- grants keep their rules -----------------------------------------------------------------------------------
CREATE FUNCTION app.grant_mask() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id;
  RETURN NEW;
END $$;
CREATE TRIGGER grant_mask BEFORE INSERT OR UPDATE ON permissions FOR EACH ROW EXECUTE FUNCTION app.grant_mask();

CREATE FUNCTION app.role_mask_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE permissions SET mask = NEW.mask WHERE role_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER role_mask_changed AFTER UPDATE OF mask ON roles
  FOR EACH ROW WHEN (OLD.mask <> NEW.mask) EXECUTE FUNCTION app.role_mask_changed();

-- The owner named by the collection keeps an owner grant without end; only a transfer changes who that is.
CREATE FUNCTION app.owner_grant_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.deleted_at IS NULL AND OLD.user_id IS NOT NULL AND OLD.collection_id IS NOT NULL
     AND (NEW.deleted_at IS NOT NULL OR NEW.expires_at IS NOT NULL OR NEW.mask <> 8191)
     AND EXISTS (SELECT FROM collections c WHERE c.id = OLD.collection_id AND c.owner_id = OLD.user_id) THEN
    RAISE EXCEPTION 'The owner keeps full access' USING ERRCODE = 'SH003', DETAIL = 'last_owner';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER owner_grant_stays BEFORE UPDATE ON permissions FOR EACH ROW EXECUTE FUNCTION app.owner_grant_stays();
-- named to run after grant_mask, which runs first by its name

-- --- policies --------------------------------------------------------------------------------------------------
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['workspaces', 'users', 'credentials', 'sessions', 'tokens', 'groups', 'group_memberships',
    'group_nestings', 'user_principals', 'roles', 'permissions', 'invitations', 'collections', 'objects', 'blobs', 'documents',
    'document_texts', 'tiers', 'user_quotas', 'quota_ledger', 'pdf_jobs', 'outbox', 'audit_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO sheaf_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;

CREATE POLICY workspaces_read ON workspaces FOR SELECT TO sheaf_app
  USING (id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY workspaces_write ON workspaces FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
GRANT SELECT, INSERT ON workspaces TO sheaf_app;

CREATE POLICY users_read ON users FOR SELECT TO sheaf_app
  USING (id = (SELECT app.actor_id()) OR workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY users_add ON users FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY users_change ON users FOR UPDATE TO sheaf_app USING (id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (name, language, updated_at) ON users TO sheaf_app;

CREATE POLICY credentials_own ON credentials TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
  WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (password_hash, changed_at) ON credentials TO sheaf_app;

CREATE POLICY sessions_own ON sessions FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY sessions_add ON sessions FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
CREATE POLICY sessions_change ON sessions FOR UPDATE TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (last_seen_at, revoked_at) ON sessions TO sheaf_app;

CREATE POLICY tokens_own ON tokens TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()))
  WITH CHECK (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (last_used_at, used_at, revoked_at) ON tokens TO sheaf_app;

CREATE POLICY groups_read ON groups FOR SELECT TO sheaf_app USING (workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
CREATE POLICY groups_add ON groups FOR INSERT TO sheaf_app
  WITH CHECK ((workspace_id = (SELECT app.actor_workspace()) AND (SELECT app.is_workspace_admin())) OR (SELECT app.is_system()));
CREATE POLICY groups_change ON groups FOR UPDATE TO sheaf_app
  USING ((workspace_id = (SELECT app.actor_workspace()) AND (SELECT app.is_workspace_admin())) OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (name, description, updated_at, deleted_at) ON groups TO sheaf_app;

CREATE POLICY memberships_read ON group_memberships FOR SELECT TO sheaf_app
  USING (EXISTS (SELECT FROM groups g WHERE g.id = group_id));
CREATE POLICY memberships_add ON group_memberships FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (
    SELECT FROM groups g JOIN users u ON u.workspace_id = g.workspace_id WHERE g.id = group_id AND u.id = user_id AND g.deleted_at IS NULL)));
CREATE POLICY memberships_remove ON group_memberships FOR DELETE TO sheaf_app
  USING ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (SELECT FROM groups g WHERE g.id = group_id)));
GRANT SELECT, INSERT, DELETE ON group_memberships TO sheaf_app;

CREATE POLICY nestings_read ON group_nestings FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM groups g WHERE g.id = parent_id));
CREATE POLICY nestings_add ON group_nestings FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (
    SELECT FROM groups a JOIN groups b ON a.workspace_id = b.workspace_id
     WHERE a.id = parent_id AND b.id = child_id AND a.deleted_at IS NULL AND b.deleted_at IS NULL)));
CREATE POLICY nestings_remove ON group_nestings FOR DELETE TO sheaf_app
  USING ((SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND EXISTS (SELECT FROM groups g WHERE g.id = parent_id)));
GRANT SELECT, INSERT, DELETE ON group_nestings TO sheaf_app;

CREATE POLICY principals_own ON user_principals FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON user_principals TO sheaf_app;

CREATE POLICY roles_read ON roles FOR SELECT TO sheaf_app
  USING (workspace_id IS NULL OR workspace_id = (SELECT app.actor_workspace()) OR (SELECT app.is_system()));
GRANT SELECT ON roles TO sheaf_app;

CREATE POLICY collections_read ON collections FOR SELECT TO sheaf_app
  USING (owner_id = (SELECT app.actor_id())
    OR EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collections.id AND g.mask & 1 <> 0)
    OR (SELECT app.is_system()));
CREATE POLICY collections_add ON collections FOR INSERT TO sheaf_app
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND workspace_id = (SELECT app.actor_workspace()) AND deleted_at IS NULL);
CREATE POLICY collections_change ON collections FOR UPDATE TO sheaf_app
  USING (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = collections.id AND g.mask & 4 <> 0) OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (name, description, version, updated_at) ON collections TO sheaf_app;

CREATE POLICY documents_read ON documents FOR SELECT TO sheaf_app
  USING (owner_id = (SELECT app.actor_id())
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 1 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 1 <> 0))
    OR (SELECT app.is_system()));
CREATE POLICY documents_add ON documents FOR INSERT TO sheaf_app
  WITH CHECK (owner_id = (SELECT app.actor_id()) AND status = 'pending' AND blob_id IS NULL AND deleted_at IS NULL
    AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 2 <> 0));
CREATE POLICY documents_change ON documents FOR UPDATE TO sheaf_app
  USING ((owner_id = (SELECT app.actor_id()) AND access_mode = 'private')
    OR (access_mode IN ('collection', 'link')
      AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = documents.collection_id AND g.mask & 4 <> 0))
    OR (access_mode <> 'private'
      AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = documents.id AND g.mask & 4 <> 0))
    OR (SELECT app.is_system()));
GRANT SELECT, INSERT, UPDATE (name, version, updated_at) ON documents TO sheaf_app;

CREATE POLICY texts_read ON document_texts FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id));
GRANT SELECT ON document_texts TO sheaf_app;

CREATE POLICY permissions_read ON permissions FOR SELECT TO sheaf_app
  USING (user_id = (SELECT app.actor_id()) OR granted_by_id = (SELECT app.actor_id())
    OR (collection_id IS NOT NULL AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = permissions.collection_id AND g.mask & 516 <> 0))
    OR (document_id IS NOT NULL AND EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = permissions.document_id AND g.mask & 516 <> 0))
    OR (SELECT app.is_system()));
-- Nobody grants above their own effective permissions; a new collection's first grant is its owner's.
CREATE POLICY permissions_add ON permissions FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system())
    OR (collection_id IS NOT NULL AND app.collection_mask(collection_id) & 512 <> 0 AND mask & ~app.collection_mask(collection_id) = 0)
    OR (user_id = (SELECT app.actor_id()) AND EXISTS (SELECT FROM collections c WHERE c.id = collection_id AND c.owner_id = (SELECT app.actor_id()))));
-- Changed by those who may manage, within their own rights; and anybody may give up a grant of their own.
CREATE POLICY permissions_change ON permissions FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR user_id = (SELECT app.actor_id())
    OR (collection_id IS NOT NULL AND app.collection_mask(collection_id) & 512 <> 0 AND mask & ~app.collection_mask(collection_id) = 0))
  WITH CHECK ((SELECT app.is_system()) OR (user_id = (SELECT app.actor_id()) AND deleted_at IS NOT NULL)
    OR (collection_id IS NOT NULL AND app.collection_mask(collection_id) & 512 <> 0
      AND (deleted_at IS NOT NULL OR mask & ~app.collection_mask(collection_id) = 0)));
GRANT SELECT, INSERT, UPDATE (role_id, expires_at, deleted_at) ON permissions TO sheaf_app;

CREATE POLICY invitations_read ON invitations FOR SELECT TO sheaf_app
  USING (EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = invitations.collection_id AND g.mask & 516 <> 0) OR (SELECT app.is_system()));
CREATE POLICY invitations_add ON invitations FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR (app.collection_mask(collection_id) & 512 <> 0
    AND EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.collection_mask(collection_id) = 0)));
CREATE POLICY invitations_change ON invitations FOR UPDATE TO sheaf_app
  USING ((SELECT app.is_system()) OR app.collection_mask(collection_id) & 512 <> 0)
  WITH CHECK ((SELECT app.is_system())
    OR EXISTS (SELECT FROM roles r WHERE r.id = role_id AND r.mask & ~app.collection_mask(collection_id) = 0));
GRANT SELECT, INSERT, UPDATE (role_id, expires_at, deleted_at, accepted_at) ON invitations TO sheaf_app;

CREATE POLICY objects_read ON objects FOR SELECT TO sheaf_app USING (owner_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY objects_add ON objects FOR INSERT TO sheaf_app
  WITH CHECK ((owner_id = (SELECT app.actor_id()) AND state = 'pending') OR (SELECT app.is_system()));
CREATE POLICY objects_change ON objects FOR UPDATE TO sheaf_app USING (app.is_system());
CREATE POLICY objects_remove ON objects FOR DELETE TO sheaf_app USING (app.is_system());
GRANT SELECT, INSERT, UPDATE (state, doomed_at), DELETE ON objects TO sheaf_app;

CREATE POLICY blobs_read ON blobs FOR SELECT TO sheaf_app USING (owner_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON blobs TO sheaf_app;

CREATE POLICY tiers_read ON tiers FOR SELECT TO sheaf_app USING (true);
GRANT SELECT ON tiers TO sheaf_app;
CREATE POLICY quotas_read ON user_quotas FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON user_quotas TO sheaf_app;
CREATE POLICY ledger_read ON quota_ledger FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON quota_ledger TO sheaf_app;

CREATE POLICY jobs_read ON pdf_jobs FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
CREATE POLICY jobs_change ON pdf_jobs FOR UPDATE TO sheaf_app USING (app.is_system());
GRANT SELECT, UPDATE (status, progress, attempts, problem, started_at, heartbeat_at, finished_at) ON pdf_jobs TO sheaf_app;

CREATE POLICY outbox_add ON outbox FOR INSERT TO sheaf_app WITH CHECK (seq IS NULL AND ((SELECT app.actor_id()) IS NOT NULL OR (SELECT app.is_system())));
CREATE POLICY outbox_read ON outbox FOR SELECT TO sheaf_app USING (app.is_system());
CREATE POLICY outbox_change ON outbox FOR UPDATE TO sheaf_app USING (app.is_system());
CREATE POLICY outbox_remove ON outbox FOR DELETE TO sheaf_app USING (app.is_system());
GRANT SELECT, INSERT, DELETE, UPDATE (seq, delivered_at) ON outbox TO sheaf_app;
GRANT USAGE ON SEQUENCE outbox_seq TO sheaf_app;

-- Written in the name of the actor, or by the system; never updated or deleted.
CREATE POLICY audit_add ON audit_events FOR INSERT TO sheaf_app
  WITH CHECK ((SELECT app.is_system()) OR (actor_kind <> 'system' AND actor_id IS NOT DISTINCT FROM (SELECT app.actor_id())));
CREATE POLICY audit_read ON audit_events FOR SELECT TO sheaf_app
  USING ((resource_type = 'collection' AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = resource_id AND g.mask & 512 <> 0))
    OR (SELECT app.is_system()));
GRANT SELECT, INSERT ON audit_events TO sheaf_app;

-- Counters of calls belong to nobody.
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_windows TO sheaf_app;

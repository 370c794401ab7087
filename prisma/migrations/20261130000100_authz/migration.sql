-- Bodies in quotes name functions of later domains.
SET LOCAL check_function_bodies = off;

GRANT EXECUTE ON FUNCTION app.folded TO sheaf_app;
GRANT USAGE ON SCHEMA app TO sheaf_app;

-- Who acts: a person, a link or everyone's principal; null for the system and without a context.
CREATE FUNCTION app.actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.actor_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION app.actor_id TO sheaf_app;

-- Whether the system acts, which may do everything.
CREATE FUNCTION app.is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.actor_kind', true) = 'system', false);
GRANT EXECUTE ON FUNCTION app.is_system TO sheaf_app;

-- The workspace of the person who acts; null for guests, suspended people and everybody else.
CREATE FUNCTION app.actor_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT workspace_id FROM users WHERE id = app.actor_id() AND suspended_at IS NULL AND NOT is_external);
GRANT EXECUTE ON FUNCTION app.actor_workspace TO sheaf_app;

-- Whether the person who acts administers their workspace.
CREATE FUNCTION app.is_workspace_admin() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM users WHERE id = app.actor_id() AND suspended_at IS NULL AND workspace_role = 'admin');
GRANT EXECUTE ON FUNCTION app.is_workspace_admin TO sheaf_app;

-- The person who acts, or everyone's principal; null for visitors, the system and nobody. Policies compare a row's owner
-- with it first, because nearly all that is read is read by people.
CREATE FUNCTION app.person_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.person_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION app.person_id TO sheaf_app;

-- False for a suspended person, who acts as nobody, not as themselves either. True where no person acts.
CREATE FUNCTION app.is_active() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
BEGIN ATOMIC
  SELECT app.person_id() IS NULL
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = app.person_id() AND up.principal_id = app.person_id());
END;
GRANT EXECUTE ON FUNCTION app.is_active TO sheaf_app;

-- The actor; null for a suspended person, who owns nothing while they are.
CREATE FUNCTION app.live_actor_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN (SELECT user_id FROM user_principals WHERE user_id = app.actor_id() AND principal_id = app.actor_id());
GRANT EXECUTE ON FUNCTION app.live_actor_id TO sheaf_app;

-- Whether a visitor of a public link acts.
CREATE FUNCTION app.is_visitor() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.actor_kind', true) = 'visitor', false);
GRANT EXECUTE ON FUNCTION app.is_visitor TO sheaf_app;

-- Refuses the system and calls without a context: the caller answers somebody.
CREATE FUNCTION app.demand_actor() RETURNS void LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF app.actor_id() IS NULL OR app.is_system() THEN RAISE EXCEPTION 'Nobody asks' USING ERRCODE = 'SH003', DETAIL = 'actor'; END IF;
END $$;

-- The permissions by name, as bits of a mask; lib/authz/permissions.ts has the same, and a test compares them. The planner
-- replaces each call by its number, and `allows` by its expression, so a name costs nothing when rows are read.
CREATE FUNCTION app.view_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1;

CREATE FUNCTION app.create_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 2;

CREATE FUNCTION app.edit_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 4;

CREATE FUNCTION app.delete_own_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 8;

CREATE FUNCTION app.delete_any_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 16;

CREATE FUNCTION app.add_comments() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 32;

CREATE FUNCTION app.delete_own_comments() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 64;

CREATE FUNCTION app.delete_any_comments() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 128;

CREATE FUNCTION app.suggest_changes() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 256;

CREATE FUNCTION app.manage_permissions() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 512;

CREATE FUNCTION app.export_collection() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1024;

CREATE FUNCTION app.manage_templates() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 2048;

CREATE FUNCTION app.run_jobs() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 4096;

-- What the owner's role and the system have.
CREATE FUNCTION app.all_permissions() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 8191;

-- Whether a mask has a permission; of several, at least one.
CREATE FUNCTION app.allows(mask integer, wanted integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN mask & wanted <> 0;

-- Whether a mask has all of these permissions.
CREATE FUNCTION app.covers(mask integer, wanted integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN wanted & ~mask = 0;
GRANT EXECUTE ON FUNCTION app.view_documents, app.create_documents, app.edit_documents, app.delete_own_documents,
  app.delete_any_documents, app.add_comments, app.delete_own_comments, app.delete_any_comments, app.suggest_changes,
  app.manage_permissions, app.export_collection, app.manage_templates, app.run_jobs, app.all_permissions, app.allows,
  app.covers TO sheaf_app;

-- Row security that a table takes with one call in its migration:
--   CALL app.protect_remarks('threads', '{title,edited_at}')   what people say about a document
--   CALL app.protect_versions('branches', '{name}')            what is another form of a document
--   CALL app.protect_log('decisions')                          what is written by the system and never changed
-- A table's own rule on top (who sees internal threads, say) is a policy AS RESTRICTIVE of its own.

-- Keeps rows of a log as they were written, whoever asks. They go only with what they belong to, by its foreign key.
CREATE FUNCTION app.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'Entries of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

-- The condition by which a row is the actor's. Visitors have no row in users: a table they may write has a second column,
-- with the link they came by, and each row exactly one of the two.
CREATE FUNCTION app.authored(author text, author_link text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN author_link IS NULL THEN format('%I = (SELECT app.live_actor_id())', author)
    ELSE format('num_nonnulls(%1$I, %2$I) = 1 AND coalesce(%1$I, %2$I) = (SELECT app.live_actor_id())', author, author_link) END;

-- Refuses an update: rows that user_principals is kept from are deleted and added, and its triggers know no other change.
CREATE FUNCTION app.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Not changed, but deleted and added: %', TG_TABLE_NAME USING ERRCODE = '0A000';
END $$;

-- Puts a table under row security that lets its owner through, and nobody else until further policies do.
CREATE PROCEDURE app.protect(child regclass) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY owner_all ON %s TO sheaf_owner USING (true) WITH CHECK (true)', child);
END $$;

-- Policies of a log, with rows that have collection_id or document_id.
--   select  whoever may view that
--   insert  the system, and functions of the owner
--   update, delete  nobody
CREATE PROCEDURE app.protect_log(child regclass, resource_column text DEFAULT 'collection_id')
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE name text := (SELECT relname FROM pg_class WHERE oid = child);
BEGIN
  CALL app.protect(child);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM %I r WHERE r.id = %I))',
    name || '_read', child, CASE resource_column WHEN 'document_id' THEN 'documents' ELSE 'collections' END, resource_column);
  EXECUTE format('CREATE POLICY %I ON %s FOR INSERT TO sheaf_app WITH CHECK (app.is_system())', name || '_add', child);
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION app.append_only()', child);
  EXECUTE format('CREATE TRIGGER append_only_all BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION app.append_only()', child);
  EXECUTE format('GRANT SELECT, INSERT ON %s TO sheaf_app', child);
END $$;

-- Policies of what people say about a document (threads, comments, annotations, suggestions), with rows that have
-- document_id and an author.
--   select  whoever may view the document
--   insert  by oneself, with the right `needed`
--   update  the author, while they have that right
--   delete  the author with delete_own_comments, or whoever has delete_any_comments
-- `editable` are the columns that may be updated: never the document or the author.
CREATE PROCEDURE app.protect_remarks(child regclass, editable text[], needed integer DEFAULT app.add_comments(), author text DEFAULT 'author_id', author_link text DEFAULT NULL)
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE mine text := app.authored(author, author_link); name text := (SELECT relname FROM pg_class WHERE oid = child);
BEGIN
  CALL app.protect(child);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id))', name || '_read', child);
  EXECUTE format('CREATE POLICY %I ON %s FOR INSERT TO sheaf_app WITH CHECK ((SELECT app.is_system()) OR (%s AND app.allows(app.live_rights(document_id), %s)))',
    name || '_add', child, mine, needed);
  EXECUTE format('CREATE POLICY %I ON %s FOR UPDATE TO sheaf_app USING ((SELECT app.is_system()) OR (%s AND app.allows(app.live_rights(document_id), %s)))',
    name || '_change', child, mine, needed);
  EXECUTE format('CREATE POLICY %I ON %s FOR DELETE TO sheaf_app
      USING ((SELECT app.is_system()) OR app.allows(app.live_rights(document_id), app.delete_any_comments()) OR (%s AND app.allows(app.live_rights(document_id), app.delete_own_comments())))',
    name || '_remove', child, mine);
  EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (%s) ON %s TO sheaf_app', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(editable) c), child);
END $$;

-- Policies of what is another form of a document (branches), with rows that have document_id and an author.
--   select  whoever may view the document
--   insert  by oneself, with create_documents or edit_documents
--   update  with edit_documents
--   delete  with delete_any_documents, or the author with delete_own_documents
CREATE PROCEDURE app.protect_versions(child regclass, editable text[], author text DEFAULT 'author_id')
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE name text := (SELECT relname FROM pg_class WHERE oid = child);
BEGIN
  CALL app.protect(child);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id))', name || '_read', child);
  EXECUTE format('CREATE POLICY %I ON %s FOR INSERT TO sheaf_app WITH CHECK ((SELECT app.is_system()) OR (%s AND app.allows(app.live_rights(document_id), app.create_documents() | app.edit_documents())))',
    name || '_add', child, app.authored(author, NULL));
  EXECUTE format('CREATE POLICY %I ON %s FOR UPDATE TO sheaf_app USING ((SELECT app.is_system()) OR app.allows(app.live_rights(document_id), app.edit_documents()))', name || '_change', child);
  EXECUTE format('CREATE POLICY %I ON %s FOR DELETE TO sheaf_app USING ((SELECT app.is_system()) OR app.can_delete(app.live_rights(document_id), %I))',
    name || '_remove', child, author);
  EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (%s) ON %s TO sheaf_app', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(editable) c), child);
END $$;

-- Whom the actor acts as, a row each: so that the newest of each can be read from an index.
CREATE VIEW app.my_principals AS SELECT up.principal_id FROM user_principals up WHERE up.user_id = (SELECT app.actor_id());

-- Locks people in the order of their ids, so that two callers never wait for each other.
CREATE FUNCTION app.lock_people(people uuid[]) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM users WHERE id = ANY (people) ORDER BY id FOR NO KEY UPDATE;
END $$;

-- Makes user_principals exact for these people, whose rows the caller has locked: themselves, the groups that contain
-- them directly or by nesting, their workspace unless they are guests, and everyone. Wanted and present rows are compared
-- as sets, so the time grows with the number of people alone.
CREATE FUNCTION app.refresh_principals(people uuid[]) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH RECURSIVE active AS MATERIALIZED (
    SELECT id, workspace_id, is_external FROM users WHERE id = ANY (people) AND suspended_at IS NULL
  ), acts_as (user_id, principal_id) AS (
    SELECT u.id, m.group_id
      FROM active u JOIN group_memberships m ON m.user_id = u.id JOIN groups g ON g.id = m.group_id
     WHERE g.deleted_at IS NULL AND g.workspace_id = u.workspace_id
    UNION
    SELECT a.user_id, n.parent_id
      FROM acts_as a JOIN group_nestings n ON n.child_id = a.principal_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  ), wanted AS (
    SELECT user_id, principal_id FROM acts_as
    UNION SELECT id, id FROM active
    UNION SELECT id, workspace_id FROM active WHERE NOT is_external
    UNION SELECT id, '00000000-0000-0000-0000-000000000001'::uuid FROM active
  ), held AS (
    SELECT user_id, principal_id FROM user_principals WHERE user_id = ANY (people)
  ), gone AS (
    DELETE FROM user_principals p USING (SELECT * FROM held EXCEPT SELECT * FROM wanted) stale
     WHERE p.user_id = stale.user_id AND p.principal_id = stale.principal_id
  )
  INSERT INTO user_principals SELECT * FROM (SELECT * FROM wanted EXCEPT SELECT * FROM held) fresh ON CONFLICT DO NOTHING
$$;

-- Everybody in a group or in a group nested in it.
CREATE FUNCTION app.people_below(root uuid) RETURNS uuid[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below (group_id) AS (
    SELECT root UNION SELECT n.child_id FROM below b JOIN group_nestings n ON n.parent_id = b.group_id
  )
  SELECT coalesce(array_agg(DISTINCT m.user_id), '{}') FROM below b JOIN group_memberships m ON m.group_id = b.group_id
$$;

-- Keeps user_principals exact when people come into groups or leave them, and lets nobody gain by adding themselves.
CREATE FUNCTION app.memberships_changed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people uuid[]; held uuid[];
BEGIN
  SELECT array_agg(DISTINCT user_id) INTO people FROM changed;
  IF people IS NULL THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtext('sheaf.nestings'));
  PERFORM app.lock_people(people);
  IF TG_OP = 'INSERT' THEN held := app.own_principals(people); END IF;
  PERFORM app.refresh_principals(people);
  PERFORM app.demand_no_gain(held);
  RETURN NULL;
END $$;

-- Takes the nesting lock, shared, before any row is locked.
CREATE FUNCTION app.memberships_lock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.lock_nestings(false);
  RETURN NULL;
END $$;

-- Takes the nesting lock alone before any row is locked.
CREATE FUNCTION app.nestings_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  RETURN NULL;
END $$;

-- Keeps user_principals exact when groups are nested or taken apart, refuses cycles, and lets nobody gain by nesting a
-- group of theirs.
CREATE FUNCTION app.nestings_changed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE edge record; people uuid[] := '{}'; held uuid[];
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
  IF TG_OP = 'INSERT' THEN held := app.own_principals(people); END IF;
  PERFORM app.refresh_principals(people);
  PERFORM app.demand_no_gain(held);
  RETURN NULL;
END $$;

-- Takes the nesting lock, shared or alone. Locks come in one order everywhere: this one, groups, memberships and
-- nestings, people by id.
CREATE FUNCTION app.lock_nestings(alone boolean) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF alone THEN PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  ELSE PERFORM pg_advisory_xact_lock_shared(hashtext('sheaf.nestings')); END IF;
END $$;

-- Keeps user_principals exact when a group ends or comes back.
CREATE FUNCTION app.group_deleted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.nestings'));
  people := app.people_below(NEW.id);
  PERFORM app.lock_people(people);
  PERFORM app.refresh_principals(people);
  RETURN NULL;
END $$;

-- Keeps user_principals exact when a person comes, goes, moves, is suspended or becomes a guest. Whoever moves leaves the
-- groups of the old workspace, so that a group never acts for people of another.
CREATE FUNCTION app.person_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM user_principals WHERE user_id = OLD.id;
  ELSE
    IF TG_OP = 'UPDATE' AND NEW.workspace_id <> OLD.workspace_id THEN
      DELETE FROM group_memberships m USING groups g WHERE m.user_id = NEW.id AND g.id = m.group_id AND g.workspace_id <> NEW.workspace_id;
    END IF;
    PERFORM app.refresh_principals(ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;

-- Whom the actor acts as, when they are one of these people; null for others and for the system.
CREATE FUNCTION app.own_principals(people uuid[]) RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN app.actor_id() = ANY (people) AND NOT app.is_system() THEN app.my_principal_ids() END
$$;

-- Refuses when what the actor has come to act as gives them more than what they acted as before, or for longer: one's own
-- memberships would be grants to oneself. Other people's are for admins to decide. What lies in the trash and what is
-- private counts too, as in demand_widening.
CREATE FUNCTION app.demand_no_gain(held uuid[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.actor_id(); gained uuid[]; refused integer;
BEGIN
  IF held IS NULL THEN RETURN; END IF;
  gained := ARRAY(SELECT up.principal_id FROM user_principals up WHERE up.user_id = me AND up.principal_id <> ALL (held));
  IF cardinality(gained) = 0 THEN RETURN; END IF;
  SELECT count(DISTINCT coalesce(p.collection_id, p.document_id)) INTO refused
    FROM permissions p LEFT JOIN documents d ON d.id = p.document_id
   WHERE p.principal_id = ANY (gained) AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND NOT app.covers(CASE WHEN d.owner_id = me THEN app.owner_keeps() ELSE 0 END
       | coalesce((SELECT bit_or(h.mask) FROM permissions h
           WHERE h.collection_id = CASE WHEN d.id IS NULL THEN p.collection_id
               WHEN app.counts_collection_grants(d.access_mode, d.owner_id = me) THEN d.collection_id END
             AND h.principal_id = ANY (held) AND h.deleted_at IS NULL AND NOT app.is_later(p.expires_at, h.expires_at)), 0)
       | coalesce((SELECT bit_or(h.mask) FROM permissions h
           WHERE h.document_id = d.id AND h.principal_id = ANY (held) AND h.deleted_at IS NULL AND NOT app.is_later(p.expires_at, h.expires_at)), 0), p.mask);
  IF refused > 0 THEN
    RAISE EXCEPTION 'More than the actor has' USING ERRCODE = 'SH003', DETAIL = 'group_beyond_own', HINT = jsonb_build_object('places', refused)::text;
  END IF;
END $$;

-- The actor's mask on a collection, in the trash or not; 0 without a grant.
CREATE FUNCTION app.collection_mask(collection uuid) RETURNS integer
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.is_system() THEN RETURN app.all_permissions(); END IF;
  RETURN coalesce((SELECT bit_or(g.mask) FROM app.my_collection_grants g WHERE g.collection_id = collection), 0);
END $$;
GRANT EXECUTE ON FUNCTION app.collection_mask TO sheaf_app;

-- The actor's mask on a document, in the trash or not. The caller has read its row and hands the columns over. One plan
-- serves all calls: planned anew for each, it would take longer than it runs.
CREATE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine uuid[];
  is_mine boolean;
BEGIN
  IF app.is_system() THEN RETURN app.all_permissions(); END IF;
  mine := app.my_principal_ids();
  -- a suspended person acts as nobody, not as themselves either
  is_mine := coalesce(owner = app.actor_id() AND owner = ANY (mine), false);
  RETURN app.combined_mask(mode, is_mine,
    coalesce((SELECT bit_or(p.mask) FROM permissions p
      WHERE p.collection_id = collection AND p.principal_id = ANY (mine) AND app.is_grant_live(p.deleted_at, p.expires_at)), 0),
    coalesce((SELECT bit_or(p.mask) FROM permissions p
      WHERE p.document_id = document AND p.principal_id = ANY (mine) AND app.is_grant_live(p.deleted_at, p.expires_at)), 0));
END $$;
GRANT EXECUTE ON FUNCTION app.document_mask TO sheaf_app;

-- Whether a collection is open to the system or to a visitor. Policies ask it only where no person acts, so that people
-- do not pay for it.
CREATE FUNCTION app.opens_collection(collection uuid) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_system() OR (app.is_visitor() AND app.allows(app.collection_mask(collection), app.view_documents()))
$$;
GRANT EXECUTE ON FUNCTION app.opens_collection TO sheaf_app;

-- Whether a document is open to the system or to a visitor, as opens_collection.
CREATE FUNCTION app.opens_document(document uuid, collection uuid, mode text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp COST 1 AS $$
  SELECT app.is_system() OR (app.is_visitor() AND app.allows(app.document_mask(document, collection, NULL, mode), app.view_documents())
     AND EXISTS (SELECT FROM documents d WHERE d.id = document AND app.is_document_live(d.deleted_at, d.status)))
$$;
GRANT EXECUTE ON FUNCTION app.opens_document TO sheaf_app;

-- Whether a collection is there and not in the trash; says nothing about who may see it.
CREATE FUNCTION app.is_collection_live(collection uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM collections WHERE id = collection AND deleted_at IS NULL);
GRANT EXECUTE ON FUNCTION app.is_collection_live TO sheaf_app;

-- Whether a document is there for a change of itself: in the trash only for those who could bring it back; before it is
-- uploaded, and in a collection that is in the trash, only for its owner, whose account may be closed meanwhile.
CREATE FUNCTION app.is_document_there(doc documents) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mask integer := app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode);
BEGIN
  RETURN app.allows(mask, app.view_documents()) AND (doc.deleted_at IS NULL OR app.can_delete(mask, doc.owner_id))
    AND (app.is_system() OR coalesce(doc.owner_id = app.actor_id(), false)
      OR (doc.status <> 'pending' AND app.is_collection_live(doc.collection_id)));
END $$;

-- Whether a mask lets the actor remove a document: any with delete_any_documents, one's own with delete_own_documents.
CREATE FUNCTION app.can_delete(mask integer, owner uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN app.allows(mask, app.delete_any_documents()) OR (app.allows(mask, app.delete_own_documents()) AND owner = app.actor_id());
GRANT EXECUTE ON FUNCTION app.can_delete TO sheaf_app;

-- Raises SH003 and says who can help: the owner of the collection where that is what counts, those who manage the
-- document where it is limited to invited people, and the document's own owner to its mode. Nobody is sent to themselves,
-- and nothing is told of what is not seen.
CREATE FUNCTION app.refuse_action(collection uuid, document uuid, permission text DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents; mask integer; helper text := 'collection_owner';
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  mask := app.rights(NULL, document);
  -- nothing is told of what is not seen
  IF doc.access_mode = 'invite' AND app.allows(mask, app.view_documents()) THEN
    helper := CASE WHEN doc.owner_id = app.actor_id() AND NOT app.covers(mask, app.collection_mask(doc.collection_id)) THEN 'own_mode'
      WHEN app.allows(mask, app.manage_permissions()) THEN 'somebody' ELSE 'document_managers' END;
  END IF;
  RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action',
    HINT = jsonb_strip_nulls(jsonb_build_object('helper', helper, 'permission', permission))::text;
END $$;
GRANT EXECUTE ON FUNCTION app.refuse_action TO sheaf_app;

-- The rules of access that readers and writers share, each in one place. The planner puts a rule's expression where it is
-- called, so that indexes serve it: a rule is one expression without settings, and an argument that it uses twice is
-- given as a column, a variable or a constant.

-- Whether a grant counts: it was not revoked and has not expired.
CREATE FUNCTION app.is_grant_live(deleted_at timestamptz, expires_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN deleted_at IS NULL AND (expires_at IS NULL OR expires_at > statement_timestamp());

-- Whether an invitation waits to become a grant: not accepted, not revoked, not expired.
CREATE FUNCTION app.is_invitation_live(deleted_at timestamptz, accepted_at timestamptz, expires_at timestamptz) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN deleted_at IS NULL AND accepted_at IS NULL AND (expires_at IS NULL OR expires_at > statement_timestamp());

-- Whether an end has passed; without an end, never.
CREATE FUNCTION app.is_expired(expires_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(expires_at <= statement_timestamp(), false);

-- Whether one end is later than another; without an end is latest.
CREATE FUNCTION app.is_later(one timestamptz, other timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(one, 'infinity') > coalesce(other, 'infinity');

-- Whether a document can be read by those who may: uploaded and not in the trash. Its collection is not asked about.
CREATE FUNCTION app.is_document_live(deleted_at timestamptz, status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN deleted_at IS NULL AND status <> 'pending';

-- The access modes say which grants count on a document: in `collection` and `link` those on its collection and its own;
-- in `invite` its own; in `private` none but its owner's, who has both. Whether grants on its collection count.
CREATE FUNCTION app.counts_collection_grants(access_mode text, is_owner boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode = 'collection' OR access_mode = 'link' OR (access_mode = 'private' AND is_owner);

-- Whether grants on the document itself count.
CREATE FUNCTION app.counts_document_grants(access_mode text, is_owner boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode <> 'private' OR is_owner;

-- Whether grants on the collection leave a document closed to whoever does not own it. The index documents_apart has these.
CREATE FUNCTION app.is_apart(access_mode text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN access_mode IN ('private', 'invite');

-- What a document's owner keeps on it whatever is granted, and may give on: to view and to delete it.
CREATE FUNCTION app.owner_keeps() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN app.view_documents() | app.delete_own_documents();

-- What a document's owner has on it by owning it: they also edit what nobody else sees.
CREATE FUNCTION app.owner_mask(access_mode text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN access_mode = 'private' THEN app.owner_keeps() | app.edit_documents() ELSE app.owner_keeps() END;

-- The mask on a document: what its owner has, and the masks of the grants on its collection and on itself as the mode counts them.
CREATE FUNCTION app.combined_mask(access_mode text, is_owner boolean, on_collection integer, on_document integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN is_owner THEN app.owner_mask(access_mode) ELSE 0 END
    | CASE WHEN app.counts_collection_grants(access_mode, is_owner) THEN on_collection ELSE 0 END
    | CASE WHEN app.counts_document_grants(access_mode, is_owner) THEN on_document ELSE 0 END;
GRANT EXECUTE ON FUNCTION app.is_grant_live, app.is_invitation_live, app.is_expired, app.is_document_live,
  app.counts_collection_grants, app.counts_document_grants, app.owner_keeps, app.owner_mask, app.combined_mask TO sheaf_app;

-- --- user_principals ---
ALTER TABLE user_principals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON user_principals TO sheaf_owner USING (true) WITH CHECK (true);
CREATE POLICY principals_own ON user_principals FOR SELECT TO sheaf_app USING (user_id = (SELECT app.actor_id()) OR (SELECT app.is_system()));
GRANT SELECT ON user_principals TO sheaf_app;

-- Whether a link opens anything now, apart from its end, which its grant carries: not revoked, nothing in the trash, not
-- protected, and a document only in the mode link. Leaving the mode suspends its links, coming back revives them.
CREATE FUNCTION app.is_link_open(link uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (
    SELECT FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id)
     WHERE l.id = link AND l.revoked_at IS NULL AND c.deleted_at IS NULL AND NOT c.is_protected
       AND (d.id IS NULL OR (d.access_mode = 'link' AND app.is_document_live(d.deleted_at, d.status))));
GRANT EXECUTE ON FUNCTION app.is_link_open TO sheaf_app;

-- Every grant that counts, whosever it is. For functions of the owner.
CREATE VIEW app.live_grants AS
  SELECT p.principal_id, p.collection_id, p.document_id, p.mask FROM permissions p
   WHERE app.is_grant_live(p.deleted_at, p.expires_at)
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));

-- The actor's grants on collections that count.
CREATE VIEW app.my_collection_grants WITH (security_barrier = true) AS
  SELECT p.collection_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.collection_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
GRANT SELECT ON app.my_collection_grants TO sheaf_app;

-- The actor's grants on documents that count.
CREATE VIEW app.my_document_grants WITH (security_barrier = true) AS
  SELECT p.document_id, p.mask, p.is_everyone
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.document_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND (p.link_id IS NULL OR app.is_link_open(p.link_id));
GRANT SELECT ON app.my_document_grants TO sheaf_app;

-- Collections that a grant lets the person who acts view. Policies read through it: a barrier view answers from the
-- index, where a function would be asked for each row.
CREATE VIEW app.my_viewed_collections WITH (security_barrier = true) AS
  SELECT p.collection_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.person_id() AND p.collection_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, app.view_documents());
GRANT SELECT ON app.my_viewed_collections TO sheaf_app;

-- Documents that a grant on themselves lets the person who acts view.
CREATE VIEW app.my_viewed_documents WITH (security_barrier = true) AS
  SELECT p.document_id
    FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.person_id() AND p.document_id IS NOT NULL AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, app.view_documents());
GRANT SELECT ON app.my_viewed_documents TO sheaf_app;

-- What each person may do on each resource, for the reports of the system and of workspace admins. Links are not people
-- and are left out.
CREATE VIEW effective_permissions WITH (security_barrier = true) AS
  WITH live AS (
    SELECT up.user_id, p.collection_id, p.document_id, p.mask FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
     WHERE app.is_grant_live(p.deleted_at, p.expires_at) AND p.link_id IS NULL
  ), reached AS (
    SELECT l.user_id, 'collection' AS resource_type, c.id AS resource_id, c.workspace_id, c.id AS collection_id, c.deleted_at IS NULL AS is_live, l.mask
      FROM live l JOIN collections c ON c.id = l.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND app.is_document_live(d.deleted_at, d.status), l.mask
      FROM live l JOIN documents d ON d.collection_id = l.collection_id
        AND app.counts_collection_grants(d.access_mode, d.owner_id = l.user_id) JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT l.user_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND app.is_document_live(d.deleted_at, d.status), l.mask
      FROM live l JOIN documents d ON d.id = l.document_id AND app.counts_document_grants(d.access_mode, d.owner_id = l.user_id) JOIN collections c ON c.id = d.collection_id
    UNION ALL
    SELECT d.owner_id, 'document', d.id, c.workspace_id, c.id, c.deleted_at IS NULL AND app.is_document_live(d.deleted_at, d.status),
           app.owner_mask(d.access_mode)
      FROM documents d JOIN collections c ON c.id = d.collection_id JOIN user_principals up ON up.user_id = d.owner_id AND up.principal_id = d.owner_id
  )
  SELECT r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live, bit_or(r.mask) AS mask
    FROM reached r
   WHERE (SELECT app.is_system()) OR ((SELECT app.is_workspace_admin()) AND r.workspace_id = (SELECT app.actor_workspace()))
   GROUP BY r.user_id, r.resource_type, r.resource_id, r.collection_id, r.workspace_id, r.is_live;
GRANT SELECT ON effective_permissions TO sheaf_app;

-- Whom the actor acts as. Nobody for a visitor whose link opens nothing, nor for a suspended person.
CREATE FUNCTION app.my_principal_ids() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN ARRAY(SELECT up.principal_id FROM user_principals up
    WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id)));

-- The actor's mask on a collection or, where one is given, on a document. Visitors have none on what is in the trash.
CREATE FUNCTION app.rights(collection uuid, document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN document IS NULL THEN app.collection_mask(collection) ELSE
    coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) FROM documents d
      WHERE d.id = document AND ((app.is_document_live(d.deleted_at, d.status)) OR NOT app.is_visitor())), 0) END;
GRANT EXECUTE ON FUNCTION app.rights TO sheaf_app;

-- The actor's mask on a document that is live, in a collection that is; 0 for what lies in the trash.
CREATE FUNCTION app.live_rights(document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode)
    FROM documents d JOIN collections c ON c.id = d.collection_id
   WHERE d.id = document AND app.is_document_live(d.deleted_at, d.status) AND c.deleted_at IS NULL), 0);
GRANT EXECUTE ON FUNCTION app.live_rights TO sheaf_app;

-- Nobody calls a function but those who were named.
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;

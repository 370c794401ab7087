-- Whom the actor acts as, a row each: so that the newest of each can be read from an index.
CREATE VIEW app.my_principals AS SELECT up.principal_id FROM user_principals up WHERE up.user_id = (SELECT app.actor_id());

-- Whom the actor acts as. Nobody for a visitor whose link opens nothing, nor for a suspended person.
CREATE FUNCTION app.my_principal_ids() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN ARRAY(SELECT up.principal_id FROM user_principals up
    WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id)));

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

-- A role that is deleted at this moment is given to nobody: what chose it is tried again.
CREATE OR REPLACE FUNCTION app.grant_mask() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role_id = OLD.role_id THEN RETURN NEW; END IF;
  SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id AND workspace_id IS NULL;
  IF NOT FOUND THEN
    SELECT mask INTO NEW.mask FROM roles WHERE id = NEW.role_id AND deleted_at IS NULL FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'Role just deleted' USING ERRCODE = '40001'; END IF;
  END IF;
  RETURN NEW;
END $$;

-- Whether what the actor has lasts as long as what is to be given: each bit has to come from a grant that does.
CREATE FUNCTION app.lasts(place app.place, mask integer, ends_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE lasting integer; doc documents; mine uuid[];
BEGIN
  IF mask = 0 OR app.is_system() THEN RETURN true; END IF;
  -- the owner of a collection has all there is on it, without an end
  IF place.document_id IS NULL AND place.owner_id = app.actor_id() THEN RETURN true; END IF;
  mine := app.my_principal_ids();
  IF place.document_id IS NULL THEN
    SELECT bit_or(p.mask) INTO lasting FROM permissions p WHERE p.collection_id = place.collection_id AND p.principal_id = ANY (mine)
       AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
  ELSE
    SELECT * INTO doc FROM documents d WHERE d.id = place.document_id;
    SELECT bit_or(p.mask) INTO lasting FROM permissions p WHERE p.document_id = doc.id AND p.principal_id = ANY (mine)
       AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
    IF doc.access_mode IN ('collection', 'link') THEN
      SELECT coalesce(bit_or(p.mask), 0) | coalesce(lasting, 0) INTO lasting FROM permissions p WHERE p.collection_id = doc.collection_id AND p.principal_id = ANY (mine)
         AND p.deleted_at IS NULL AND NOT app.is_later(ends_at, p.expires_at);
    END IF;
    IF doc.owner_id = app.actor_id() THEN lasting := coalesce(lasting, 0) | 9; END IF;
  END IF;
  RETURN mask & ~coalesce(lasting, 0) = 0;
END $$;
CREATE OR REPLACE FUNCTION app.demand_lasting(place app.place, mask integer, ends_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT app.lasts(place, mask, ends_at) THEN
    RAISE EXCEPTION 'Beyond one''s own end' USING ERRCODE = 'SH003', DETAIL = 'beyond_own_end';
  END IF;
END $$;
REVOKE ALL ON FUNCTION app.lasts FROM PUBLIC;

DROP FUNCTION app.keep_manager(documents, integer);
-- Gives the actor, who manages a document through its collection, a grant on it that lets them go on: their strongest role on
-- the collection, or, where they hold something on the document that it lacks, a role that covers both within their rights and
-- for as long as they have these. A grant on the document that lasts longer is not traded for a shorter one.
-- Returns that grant and what it took the place of; nothing where they manage the document itself already.
CREATE FUNCTION app.keep_manager(doc documents, place app.place, OUT made permissions, OUT ended permissions)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE best permissions; role uuid;
BEGIN
  IF app.is_system() OR EXISTS (SELECT FROM app.my_document_grants g WHERE g.document_id = doc.id AND g.mask & 512 <> 0) THEN RETURN; END IF;
  SELECT p.* INTO best FROM user_principals up JOIN permissions p ON p.principal_id = up.principal_id
   WHERE up.user_id = app.actor_id() AND p.collection_id = doc.collection_id AND p.deleted_at IS NULL AND p.mask & 512 <> 0
     AND (p.expires_at IS NULL OR p.expires_at > now())
   ORDER BY bit_count(p.mask::bit(13)) DESC, p.expires_at DESC NULLS FIRST LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  role := best.role_id;
  -- what the actor's address was invited to may become a grant at this moment
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || u.email_normalized, 0)) FROM users u WHERE u.id = app.actor_id();
  SELECT * INTO ended FROM permissions p WHERE p.document_id = doc.id AND p.user_id = app.actor_id() AND p.deleted_at IS NULL FOR UPDATE;
  IF ended.expires_at <= now() THEN NULL;
  ELSIF app.is_later(ended.expires_at, best.expires_at) AND ended.id IS NOT NULL THEN
    RAISE EXCEPTION 'A grant that lasts longer would be lost' USING ERRCODE = 'SH003', DETAIL = 'manager_would_lose';
  ELSIF ended.mask & ~best.mask <> 0 THEN
    SELECT r.id INTO role FROM roles r JOIN collections c ON c.id = doc.collection_id
     WHERE r.deleted_at IS NULL AND (r.workspace_id IS NULL OR r.workspace_id = c.workspace_id)
       AND (ended.mask | 512) & ~r.mask = 0 AND r.mask & ~place.rights = 0 AND app.lasts(place, r.mask, best.expires_at)
     ORDER BY bit_count(r.mask::bit(13)) DESC, r.id LIMIT 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'No role keeps what the actor has' USING ERRCODE = 'SH003', DETAIL = 'manager_would_lose';
    END IF;
  END IF;
  UPDATE permissions p SET deleted_at = now() WHERE p.id = ended.id;
  INSERT INTO permissions (user_id, document_id, role_id, granted_by_id, expires_at, opened_at)
    VALUES (app.actor_id(), doc.id, role, app.actor_id(), best.expires_at, now()) RETURNING * INTO made;
END $$;
REVOKE ALL ON FUNCTION app.keep_manager FROM PUBLIC;
CREATE OR REPLACE FUNCTION app.set_access_mode(document uuid, wanted text,
    OUT previous text, OUT kept_id uuid, OUT kept_role text, OUT kept_until timestamptz, OUT ended_id uuid, OUT ended_role text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE place app.place := app.demand_place(NULL, document, 1); doc documents; is_mine boolean; manages boolean; kept record;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := (place.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END) & 512 <> 0;
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = CASE WHEN manages THEN 'document_owner' ELSE 'action' END;
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
    IF EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
      RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
    END IF;
  END IF;
  IF wanted = 'link' AND place.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  previous := doc.access_mode;
  IF wanted = previous THEN RETURN; END IF;
  IF wanted = 'invite' THEN
    kept := app.keep_manager(doc, place);
    kept_id := (kept.made).id;
    kept_until := (kept.made).expires_at;
    ended_id := (kept.ended).id;
    SELECT r.name INTO kept_role FROM roles r WHERE r.id = (kept.made).role_id;
    SELECT r.name INTO ended_role FROM roles r WHERE r.id = (kept.ended).role_id;
  END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
END $function$;

-- What an address was invited to meets what its owner has there already: they get the more permissive one. An invitation that is
-- more in one way and less in the other (a weaker role for longer, a stronger one for a while) goes on waiting until the grant ends.
CREATE OR REPLACE FUNCTION app.claim_invitations(person uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE owner users; waiting invitations; held permissions; before roles; given roles; claimed integer := 0; is_more boolean; is_less boolean;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system claims' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT * INTO owner FROM users WHERE id = person AND email_verified_at IS NOT NULL AND suspended_at IS NULL;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || owner.email_normalized, 0));
  PERFORM FROM roles r WHERE r.workspace_id IS NOT NULL AND r.id IN (SELECT i.role_id FROM invitations i
     WHERE i.email_normalized = owner.email_normalized AND i.deleted_at IS NULL AND i.accepted_at IS NULL) ORDER BY r.id FOR SHARE;
  FOR waiting IN
    SELECT * FROM invitations
     WHERE email_normalized = owner.email_normalized AND deleted_at IS NULL AND accepted_at IS NULL
       AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at, id FOR UPDATE
  LOOP
    SELECT * INTO held FROM permissions p WHERE p.principal_id = person AND p.deleted_at IS NULL
       AND (p.collection_id = waiting.collection_id OR p.document_id = waiting.document_id) FOR UPDATE;
    IF FOUND AND held.expires_at <= now() THEN
      UPDATE permissions p SET deleted_at = now() WHERE p.id = held.id;
      held := NULL;
    END IF;
    IF held.id IS NULL THEN
      INSERT INTO permissions (id, user_id, collection_id, document_id, role_id, granted_by_id, granted_at, expires_at, given_address)
        VALUES (waiting.id, person, waiting.collection_id, waiting.document_id, waiting.role_id, waiting.invited_by_id, waiting.created_at,
          waiting.expires_at, waiting.email);
    ELSE
      SELECT * INTO before FROM roles r WHERE r.id = held.role_id;
      SELECT * INTO given FROM roles r WHERE r.id = waiting.role_id;
      -- of two that give different things the later one counts; neither is traded for one that ends sooner
      is_more := (held.mask & ~given.mask = 0 OR (given.mask & ~held.mask <> 0 AND waiting.created_at > held.granted_at))
        AND NOT app.is_later(held.expires_at, waiting.expires_at);
      is_less := (given.mask & ~held.mask = 0 OR (held.mask & ~given.mask <> 0 AND waiting.created_at <= held.granted_at))
        AND NOT app.is_later(waiting.expires_at, held.expires_at);
      CONTINUE WHEN NOT is_more AND NOT is_less;
      IF NOT is_less THEN
        UPDATE permissions p SET role_id = waiting.role_id, expires_at = waiting.expires_at WHERE p.id = held.id;
        INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
            resource_type, resource_id, metadata)
          VALUES (owner.workspace_id, 'permission.changed', 'user', person, owner.email, 'user', person, waiting.email_normalized,
            CASE WHEN waiting.document_id IS NULL THEN 'collection' ELSE 'document' END, coalesce(waiting.document_id, waiting.collection_id),
            jsonb_build_object('grantId', held.id, 'because', 'invitation', 'invitationId', waiting.id,
              'previous', jsonb_build_object('role', before.name, 'expiresAt', held.expires_at),
              'new', jsonb_build_object('role', given.name, 'expiresAt', waiting.expires_at)));
      END IF;
    END IF;
    UPDATE invitations i SET accepted_at = now() WHERE i.id = waiting.id;
    claimed := claimed + 1;
  END LOOP;
  RETURN claimed;
END $function$;

-- Who has opened nothing yet is listed by the address that was given, here too.
CREATE OR REPLACE FUNCTION app.workspace_outsiders(part text, after text, at_most integer)
  RETURNS TABLE (address text, email text, user_id uuid, name text, is_guest boolean, is_suspended boolean, reach_count integer, reaches jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (
    SELECT app.actor_workspace() AS id WHERE app.is_workspace_admin()
  ), reached AS (
    SELECT lower(CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END) AS address, CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END AS email, u.id AS user_id, u.name, u.is_external AND u.workspace_id = mine.id AS is_guest,
           u.suspended_at IS NOT NULL AND u.workspace_id = mine.id AS is_suspended,
           p.opened_at IS NOT NULL OR u.workspace_id = mine.id AS is_known,
           c.id AS collection_id, c.name AS collection_name, d.id AS document_id, d.name AS document_name, p.role_id, p.granted_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN permissions p ON p.collection_id = c.id LEFT JOIN documents d ON false JOIN users u ON u.id = p.user_id
     WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
       AND (u.workspace_id <> mine.id OR u.is_external) AND u.id <> c.owner_id
    UNION ALL
    SELECT lower(CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END), CASE WHEN p.opened_at IS NOT NULL OR u.workspace_id = mine.id THEN u.email ELSE coalesce(p.given_address, u.email) END, u.id, u.name, u.is_external AND u.workspace_id = mine.id, u.suspended_at IS NOT NULL AND u.workspace_id = mine.id,
           p.opened_at IS NOT NULL OR u.workspace_id = mine.id, c.id, c.name, d.id, d.name, p.role_id, p.granted_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN documents d ON d.collection_id = c.id AND d.deleted_at IS NULL AND d.access_mode <> 'private'
      JOIN permissions p ON p.document_id = d.id JOIN users u ON u.id = p.user_id
     WHERE p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp()) AND (u.workspace_id <> mine.id OR u.is_external)
    UNION ALL
    SELECT i.email_normalized, i.email, NULL, NULL, false, false, false, c.id, c.name, d.id, d.name, i.role_id, i.created_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN invitations i ON i.collection_id = c.id LEFT JOIN documents d ON false
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
    UNION ALL
    SELECT i.email_normalized, i.email, NULL, NULL, false, false, false, c.id, c.name, d.id, d.name, i.role_id, i.created_at
      FROM mine JOIN collections c ON c.workspace_id = mine.id AND c.deleted_at IS NULL
      JOIN documents d ON d.collection_id = c.id AND d.deleted_at IS NULL AND d.access_mode <> 'private' JOIN invitations i ON i.document_id = d.id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
  ), numbered AS (
    SELECT x.*, row_number() OVER (PARTITION BY x.address ORDER BY lower(x.collection_name), x.collection_id, x.document_name NULLS FIRST) AS place
      FROM reached x
  )
  SELECT n.address, max(n.email), (array_agg(n.user_id) FILTER (WHERE n.is_known))[1], (array_agg(n.name) FILTER (WHERE n.is_known))[1],
         bool_or(n.is_guest), bool_or(n.is_suspended), count(*)::integer,
         jsonb_agg(jsonb_build_object('collection', jsonb_build_object('id', n.collection_id, 'name', n.collection_name),
           -- a document's name is for those who may open it
           'document', CASE WHEN n.document_id IS NOT NULL THEN jsonb_build_object('id', n.document_id,
             'name', CASE WHEN app.rights(NULL, n.document_id) & 1 <> 0 THEN n.document_name END) END,
           'role', r.name) ORDER BY n.place) FILTER (WHERE n.place <= 5)
    FROM numbered n JOIN roles r ON r.id = n.role_id
   WHERE (after IS NULL OR n.address > after)
   GROUP BY n.address
  HAVING strpos(n.address, lower(part)) > 0 OR strpos(lower((array_agg(n.name) FILTER (WHERE n.is_known))[1]), lower(part)) > 0
   ORDER BY n.address LIMIT at_most
$$;

-- Giving again settles an invitation that waited beside a grant, too.
CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, team uuid, wanted_role uuid, ends_at timestamp with time zone)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  place app.place := app.demand_place(collection, document, 512);
  normal text := lower(trim(given_address));
  given roles;
  before app.grant_change;
  done app.grant_change;
  opened timestamptz;
  is_colleague boolean;
  is_given boolean := true;
BEGIN
  IF team IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
    SELECT u.id, EXISTS (SELECT FROM users me WHERE me.id = app.actor_id() AND me.workspace_id = u.workspace_id AND me.suspended_at IS NULL AND NOT me.is_external)
      INTO done.user_id, is_colleague
      FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL;
    done.address := normal;
  ELSE
    SELECT g.id, g.name INTO done.group_id, done.subject_name FROM groups g
     WHERE g.id = team AND g.deleted_at IS NULL AND g.workspace_id = place.workspace_id
       AND (g.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group'; END IF;
  END IF;
  given := app.demand_role(place, wanted_role);

  -- a person's grants here, ended ones too: whether one is live, and since when this place is known to them
  IF done.user_id IS NOT NULL AND place.document_id IS NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.collection_id = place.collection_id AND p.user_id = done.user_id;
  ELSIF done.user_id IS NOT NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.document_id = place.document_id AND p.user_id = done.user_id;
  END IF;
  IF is_given THEN before := app.find_grant(place, coalesce(done.user_id, done.group_id), normal); END IF;
  done.role_id := given.id;
  done.role_name := given.name;
  done.mask := given.mask;
  done.expires_at := ends_at;
  done.is_new := before.id IS NULL OR coalesce(before.expires_at <= now(), false);

  IF before.id IS NOT NULL AND NOT done.is_new THEN
    PERFORM app.demand_within(place, before.mask);
    PERFORM app.demand_lasting(place, given.mask & ~CASE WHEN app.is_later(ends_at, before.expires_at) THEN 0 ELSE before.mask END, ends_at);
    SELECT r.name INTO done.previous_role FROM roles r WHERE r.id = before.role_id;
    done.id := before.id;
    done.previous_expires_at := before.expires_at;
    UPDATE permissions p SET role_id = given.id, expires_at = ends_at WHERE p.id = before.id;
    UPDATE invitations i SET role_id = given.id, expires_at = ends_at WHERE i.id = before.id AND i.accepted_at IS NULL;
    -- what still waited for this address is settled with it
    UPDATE invitations i SET deleted_at = now()
     WHERE i.email_normalized = done.address AND i.id <> before.id AND i.accepted_at IS NULL AND i.deleted_at IS NULL
       AND (i.collection_id = place.collection_id AND place.document_id IS NULL OR i.document_id = place.document_id);
    RETURN NEXT done;
    RETURN;
  END IF;

  IF before.id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = before.id;
    UPDATE invitations i SET deleted_at = now() WHERE i.id = before.id AND i.accepted_at IS NULL;
  END IF;
  PERFORM app.demand_lasting(place, given.mask, ends_at);
  PERFORM app.demand_room(place);
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    -- people of the same workspace know each other; others stay "invited" until they open it
    IF is_colleague THEN opened := now(); END IF;
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at, given_address)
      VALUES (done.user_id, done.group_id, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at, opened,
        CASE WHEN team IS NULL THEN trim(given_address) END)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at)
      VALUES (trim(given_address), normal, place.collection_id, place.document_id, given.id, app.actor_id(), ends_at)
      RETURNING invitations.id INTO done.id;
  END IF;
  RETURN NEXT done;
END $function$;

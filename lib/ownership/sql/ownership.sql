-- How long an offer waits for its answer.
CREATE FUNCTION app.transfer_lasts() RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN interval '14 days';

-- Whether an offer waits for an answer.
CREATE FUNCTION app.is_transfer_open(status text, expires_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN status = 'offered' AND expires_at > statement_timestamp();

-- The people who could take a collection over: members of the workspace it belongs to, whose address is proven and who can
-- open it by something that was given to them, to a group of theirs or to the workspace. Guests own nothing.
CREATE FUNCTION app.possible_owners(collection uuid, only_person uuid DEFAULT NULL) RETURNS SETOF users
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.* FROM collections c JOIN users u ON u.workspace_id = c.workspace_id
   WHERE c.id = collection AND c.deleted_at IS NULL AND u.id <> c.owner_id AND (only_person IS NULL OR u.id = only_person)
     AND NOT u.is_external AND u.suspended_at IS NULL AND u.email_verified_at IS NOT NULL
     AND EXISTS (SELECT FROM app.live_grants g JOIN user_principals up ON up.principal_id = g.principal_id
       WHERE up.user_id = u.id AND g.collection_id = c.id AND up.principal_id <> '00000000-0000-0000-0000-000000000001'
         AND app.allows(g.mask, app.view_documents()))
$$;

CREATE FUNCTION app.can_take_over(person uuid, collection uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM app.possible_owners(collection, person));

-- Demands that the actor owns a collection, which is not in the trash. Nothing is told of what is not seen.
CREATE FUNCTION app.demand_owner(collection uuid) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.allows(app.collection_mask(collection), app.view_documents()) OR NOT app.is_collection_live(collection) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF NOT EXISTS (SELECT FROM collections c WHERE c.id = collection AND c.owner_id = app.live_actor_id()) THEN
    PERFORM app.refuse_action(collection, NULL);
  END IF;
END $$;

-- Those to whom the actor could offer a collection of theirs, by name; whose name or address begins with a text where one is given.
CREATE FUNCTION app.list_possible_owners(collection uuid, part text, at_most integer) RETURNS TABLE (id uuid, name text, email text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.demand_owner(collection);
  RETURN QUERY SELECT u.id, u.name, u.email FROM app.possible_owners(collection) u
    WHERE part = '' OR starts_with(app.folded(u.name), app.folded(part)) OR starts_with(u.email_normalized, lower(part))
       OR strpos(app.folded(u.name), ' ' || app.folded(part)) > 0
    ORDER BY app.folded(u.name), u.id LIMIT at_most;
END $$;
GRANT EXECUTE ON FUNCTION app.list_possible_owners TO sheaf_app;

-- Offers a collection of the actor to the person of an address. One offer waits for each collection: the same again changes
-- nothing, and one that nobody can accept any more makes way. Who could not take it over is not told from who is nobody.
-- Locks come in the order collection, person, offer.
CREATE FUNCTION app.offer_transfer(collection uuid, address text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE heir users; waiting ownership_transfers; made uuid; me uuid := app.live_actor_id();
BEGIN
  -- nobody waits for a lock, or holds one, on what is not theirs; what is theirs is looked at once it is locked
  PERFORM app.demand_owner(collection);
  PERFORM FROM collections c WHERE c.id = collection FOR NO KEY UPDATE;
  PERFORM app.demand_owner(collection);
  SELECT u.* INTO heir FROM users u WHERE u.email_normalized = lower(trim(address)) FOR SHARE;
  IF heir.id IS NULL OR NOT app.can_take_over(heir.id, collection) THEN
    RAISE EXCEPTION 'Nobody who could take it over' USING ERRCODE = 'SH004', DETAIL = 'cannot_take_over';
  END IF;
  SELECT * INTO waiting FROM ownership_transfers t WHERE t.collection_id = collection AND t.status = 'offered' FOR UPDATE;
  IF app.is_transfer_open(waiting.status, waiting.expires_at) AND app.can_take_over(waiting.to_id, collection) THEN
    IF waiting.to_id = heir.id THEN RETURN waiting.id; END IF;
    RAISE EXCEPTION 'Offered to somebody else' USING ERRCODE = 'SH004', DETAIL = 'transfer_waits';
  END IF;
  UPDATE ownership_transfers t SET status = 'lapsed', answered_at = now() WHERE t.id = waiting.id;
  INSERT INTO ownership_transfers (collection_id, from_id, to_id, expires_at) VALUES (collection, me, heir.id, now() + app.transfer_lasts()) RETURNING id INTO made;
  PERFORM app.audit('ownership.offered', 'collection', collection, NULL, jsonb_build_object('type', 'user', 'id', heir.id, 'email', heir.email),
    jsonb_build_object('transferId', made));
  INSERT INTO outbox (name, data) VALUES ('ownership.offered', jsonb_build_object('transferId', made));
  RETURN made;
END $$;
GRANT EXECUTE ON FUNCTION app.offer_transfer TO sheaf_app;

-- Makes the actor the owner of what they were offered, and its former owner an editor: the strongest role that is not an
-- owner's. Every grant, link and document stays as it is; the collection counts for its new owner from now on, if they have
-- room for it. Refuses what was answered, withdrawn or has expired, and who can't open the collection any more.
-- Locks come in the order collection, address, people, offer, grants, quotas by the ids of their people.
CREATE FUNCTION app.accept_transfer(transfer uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  me uuid := app.live_actor_id(); offer ownership_transfers; around collections; mine permissions; heir users; former users;
  owner_role CONSTANT uuid := (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = 'owner');
  kept_role CONSTANT uuid := (SELECT r.id FROM roles r WHERE r.workspace_id IS NULL AND r.name = 'editor');
BEGIN
  SELECT * INTO offer FROM ownership_transfers t WHERE t.id = transfer AND t.to_id = me;
  IF NOT FOUND OR NOT app.allows(app.collection_mask(offer.collection_id), app.view_documents()) THEN
    RAISE EXCEPTION 'No such offer' USING ERRCODE = 'SH002', DETAIL = 'transfer';
  END IF;
  SELECT c.* INTO around FROM collections c WHERE c.id = offer.collection_id FOR NO KEY UPDATE;
  -- what their address was invited to may become a grant at this moment
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || u.email_normalized, 0)) FROM users u WHERE u.id = me;
  PERFORM FROM users u WHERE u.id IN (me, offer.from_id) ORDER BY u.id FOR SHARE;
  SELECT * INTO offer FROM ownership_transfers t WHERE t.id = transfer FOR UPDATE;
  IF around.id IS NULL OR offer.id IS NULL OR around.deleted_at IS NOT NULL OR NOT app.allows(app.collection_mask(around.id), app.view_documents()) THEN
    RAISE EXCEPTION 'No such offer' USING ERRCODE = 'SH002', DETAIL = 'transfer';
  END IF;
  SELECT * INTO heir FROM users u WHERE u.id = me;
  SELECT * INTO former FROM users u WHERE u.id = offer.from_id;
  IF NOT app.is_transfer_open(offer.status, offer.expires_at) THEN
    RAISE EXCEPTION 'Not offered any more' USING ERRCODE = 'SH004', DETAIL = 'transfer_answered';
  ELSIF around.owner_id <> offer.from_id OR former.suspended_at IS NOT NULL OR NOT app.can_take_over(me, around.id) THEN
    RAISE EXCEPTION 'Not possible any more' USING ERRCODE = 'SH004', DETAIL = 'cannot_take_over';
  END IF;

  UPDATE collections c SET owner_id = me, version = c.version + 1, updated_at = now() WHERE c.id = around.id;
  SELECT * INTO mine FROM permissions p WHERE p.collection_id = around.id AND p.user_id = me AND p.deleted_at IS NULL FOR UPDATE;
  IF mine.id IS NULL THEN
    INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, opened_at) VALUES (me, around.id, owner_role, offer.from_id, now());
  ELSE
    UPDATE permissions p SET role_id = owner_role, expires_at = NULL, opened_at = coalesce(p.opened_at, now()) WHERE p.id = mine.id;
  END IF;
  UPDATE permissions p SET role_id = kept_role WHERE p.collection_id = around.id AND p.user_id = offer.from_id AND p.deleted_at IS NULL;
  UPDATE ownership_transfers t SET status = 'accepted', answered_at = now() WHERE t.id = transfer;
  IF me < offer.from_id THEN
    PERFORM app.quota_charge(me, 'transfer:' || transfer, 1, 0, 0);
    PERFORM app.quota_release(offer.from_id, 'release:transfer:' || transfer, 1, 0, 0);
  ELSE
    PERFORM app.quota_release(offer.from_id, 'release:transfer:' || transfer, 1, 0, 0);
    PERFORM app.quota_charge(me, 'transfer:' || transfer, 1, 0, 0);
  END IF;

  PERFORM app.audit('ownership.transferred', 'collection', around.id, around.name, jsonb_build_object('type', 'user', 'id', me, 'email', heir.email),
    jsonb_build_object('transferId', transfer,
      'previous', jsonb_build_object('ownerId', former.id, 'email', former.email),
      'new', jsonb_build_object('ownerId', me, 'email', heir.email)));
  PERFORM app.audit('permission.changed', 'collection', around.id, around.name, jsonb_build_object('type', 'user', 'id', former.id, 'email', former.email),
    jsonb_build_object('because', 'transfer', 'previous', jsonb_build_object('role', 'owner'), 'new', jsonb_build_object('role', 'editor')));
  PERFORM app.audit(CASE WHEN mine.id IS NULL THEN 'permission.granted' ELSE 'permission.changed' END, 'collection', around.id, around.name,
    jsonb_build_object('type', 'user', 'id', me, 'email', heir.email), jsonb_strip_nulls(jsonb_build_object('because', 'transfer',
      'previous', (SELECT jsonb_build_object('role', r.name) FROM roles r WHERE r.id = mine.role_id), 'new', jsonb_build_object('role', 'owner'))));
  INSERT INTO outbox (name, data) VALUES ('ownership.accepted', jsonb_build_object('transferId', transfer));
END $$;
GRANT EXECUTE ON FUNCTION app.accept_transfer TO sheaf_app;

-- Turns down what the actor was offered, or takes back what they offered themselves. Of others' offers there are none.
CREATE FUNCTION app.end_transfer(transfer uuid, outcome text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.live_actor_id(); offer ownership_transfers;
BEGIN
  PERFORM FROM app.transfer_cards(transfer, NULL) t WHERE CASE outcome WHEN 'declined' THEN t.to_id ELSE t.from_id END = me;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such offer' USING ERRCODE = 'SH002', DETAIL = 'transfer'; END IF;
  UPDATE ownership_transfers t SET status = outcome, answered_at = now() WHERE t.id = transfer AND app.is_transfer_open(t.status, t.expires_at) RETURNING * INTO offer;
  IF NOT FOUND THEN RAISE EXCEPTION 'Not offered any more' USING ERRCODE = 'SH004', DETAIL = 'transfer_answered'; END IF;
  PERFORM app.audit('ownership.' || outcome, 'collection', offer.collection_id, NULL,
    jsonb_build_object('type', 'user', 'id', offer.to_id, 'email', (SELECT u.email FROM users u WHERE u.id = offer.to_id)), jsonb_build_object('transferId', transfer));
  IF outcome = 'declined' THEN INSERT INTO outbox (name, data) VALUES ('ownership.declined', jsonb_build_object('transferId', transfer)); END IF;
END $$;
GRANT EXECUTE ON FUNCTION app.end_transfer TO sheaf_app;

-- An offer by its id, or the one that waits for a collection, for the two people it is between while they can open the
-- collection. What nobody can accept any more has lapsed.
CREATE FUNCTION app.transfer_cards(transfer uuid, collection uuid)
  RETURNS TABLE (id uuid, collection_id uuid, collection_name text, from_id uuid, from_name text, to_id uuid, to_name text, status text,
    offered_at timestamptz, expires_at timestamptz, answered_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, c.id, c.name, f.id, f.name, h.id, h.name,
         CASE WHEN t.status = 'offered' AND (t.expires_at <= statement_timestamp() OR f.suspended_at IS NOT NULL OR NOT app.can_take_over(t.to_id, c.id))
           THEN 'lapsed' ELSE t.status END, t.offered_at, t.expires_at, t.answered_at
    FROM ownership_transfers t JOIN collections c ON c.id = t.collection_id JOIN users f ON f.id = t.from_id JOIN users h ON h.id = t.to_id
   WHERE (t.id = transfer OR (t.collection_id = collection AND t.status = 'offered'))
     AND app.live_actor_id() IN (t.from_id, t.to_id) AND c.deleted_at IS NULL AND app.allows(app.collection_mask(c.id), app.view_documents())
$$;
GRANT EXECUTE ON FUNCTION app.transfer_cards TO sheaf_app;

-- The offer that waits for a collection, as transfer_cards shows it; refuses who can't open the collection.
CREATE FUNCTION app.waiting_transfer(collection uuid)
  RETURNS TABLE (id uuid, collection_id uuid, collection_name text, from_id uuid, from_name text, to_id uuid, to_name text, status text,
    offered_at timestamptz, expires_at timestamptz, answered_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.allows(app.collection_mask(collection), app.view_documents()) OR NOT app.is_collection_live(collection) THEN
    RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  RETURN QUERY SELECT * FROM app.transfer_cards(NULL, collection) t WHERE t.status = 'offered';
END $$;
GRANT EXECUTE ON FUNCTION app.waiting_transfer TO sheaf_app;

-- Who is told that they are offered a collection: while they can accept it.
CREATE FUNCTION app.ownership_offered_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.to_id, t.from_id, t.collection_id, NULL::uuid, app.view_documents(), jsonb_build_object('transferId', t.id), NULL, NULL
    FROM ownership_transfers t
   WHERE t.id = (event->>'transferId')::uuid AND app.is_transfer_open(t.status, t.expires_at) AND app.can_take_over(t.to_id, t.collection_id)
$$;

-- Who is told what became of an offer: whoever made it, as long as they can open the collection.
CREATE FUNCTION app.ownership_answered_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.from_id, t.to_id, t.collection_id, NULL::uuid, app.view_documents(), '{}'::jsonb, NULL, NULL
    FROM ownership_transfers t
   WHERE t.id = (event->>'transferId')::uuid AND app.allows(app.person_mask(t.from_id, t.collection_id, NULL), app.view_documents())
$$;
GRANT EXECUTE ON FUNCTION app.ownership_offered_recipients, app.ownership_answered_recipients TO sheaf_app;

-- Tells of an offer the two people it is between.
CREATE FUNCTION app.tell_transfer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('transfer/changed', jsonb_build_object('transferId', NEW.id, 'collectionId', NEW.collection_id), ARRAY[NEW.from_id, NEW.to_id]);
  RETURN NULL;
END $$;

-- Removes offers that were answered or expired two months ago; for the system.
CREATE FUNCTION app.sweep_transfers() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sweeps' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  DELETE FROM ownership_transfers t WHERE t.expires_at < now() - interval '60 days';
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
GRANT EXECUTE ON FUNCTION app.sweep_transfers TO sheaf_app;

-- How long a request waits for an answer; after that it is as if it had never been made.
CREATE FUNCTION app.access_request_lasts() RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN interval '30 days';

-- Whether a request waits for an answer.
CREATE FUNCTION app.is_request_open(status text, asked_at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN status = 'open' AND asked_at > statement_timestamp() - app.access_request_lasts();

-- Asks those who manage a collection or a document for access to it. It does the same for what is not there, so that
-- nothing is told: an id that nobody has gets a request that nobody reads. One request for each person and resource: while
-- it is open, asking again changes nothing. Those who can answer are told once a day at most, and of
-- each that comes after they approved the last. Refuses who manages the
-- resource, who was declined in the last week, and more open requests than a person may have.
CREATE FUNCTION app.request_access(collection uuid, document uuid, note text, at_most integer) RETURNS SETOF access_requests
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  me uuid := app.live_actor_id();
  wanted_type CONSTANT text := CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END;
  asked access_requests;
  waiting integer;
  was_approved boolean;
BEGIN
  IF me IS NULL OR app.is_visitor() OR NOT EXISTS (SELECT FROM users u WHERE u.id = me) THEN
    RAISE EXCEPTION 'Nobody asks' USING ERRCODE = 'SH003', DETAIL = 'actor';
  END IF;
  IF app.covers(app.rights(collection, document), app.view_documents() | app.manage_permissions())
     AND NOT (SELECT u.is_external FROM users u WHERE u.id = me) THEN
    RAISE EXCEPTION 'They answer such requests' USING ERRCODE = 'SH004', DETAIL = 'manages_access';
  END IF;
  -- one after the other for each person, so that their requests can be counted
  PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.asking.' || me, 0));
  SELECT * INTO asked FROM access_requests r
   WHERE r.requester_id = me AND r.resource_id = coalesce(document, collection) AND r.resource_type = wanted_type FOR UPDATE;
  IF app.is_request_open(asked.status, asked.asked_at) THEN
    RETURN NEXT asked;
    RETURN;
  END IF;
  IF asked.status = 'declined' AND asked.answered_at > now() - interval '7 days' THEN
    RAISE EXCEPTION 'Declined a while ago' USING ERRCODE = 'SH004', DETAIL = 'request_declined';
  END IF;
  SELECT count(*) INTO waiting FROM access_requests r WHERE r.requester_id = me AND app.is_request_open(r.status, r.asked_at);
  IF waiting >= at_most THEN
    RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001',
      DETAIL = jsonb_build_object('resource', 'openRequests', 'used', waiting, 'limit', at_most, 'requested', 1)::text;
  END IF;
  was_approved := coalesce(asked.status = 'approved', false);
  IF asked.id IS NULL THEN
    INSERT INTO access_requests (requester_id, resource_type, resource_id, message)
      VALUES (me, wanted_type, coalesce(document, collection), note) RETURNING * INTO asked;
  ELSE
    UPDATE access_requests r SET status = 'open', message = note, asked_at = now(), answered_at = NULL, answered_by_id = NULL
     WHERE r.id = asked.id RETURNING * INTO asked;
  END IF;
  IF was_approved OR asked.told_at IS NULL OR asked.told_at <= now() - interval '1 day' THEN
    UPDATE access_requests r SET told_at = now() WHERE r.id = asked.id;
    INSERT INTO outbox (name, data) VALUES ('access.requested', jsonb_build_object('requestId', asked.id));
  END IF;
  PERFORM app.audit('access.requested', wanted_type, asked.resource_id, NULL, NULL, jsonb_build_object('requestId', asked.id));
  RETURN NEXT asked;
END $$;
GRANT EXECUTE ON FUNCTION app.request_access TO sheaf_app;

-- Takes back a request of the actor's own; of any that is not, there is none.
CREATE FUNCTION app.withdraw_access_request(request uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE asked access_requests;
BEGIN
  UPDATE access_requests r SET status = 'withdrawn', answered_at = now()
   WHERE r.id = request AND r.requester_id = app.live_actor_id() AND app.is_request_open(r.status, r.asked_at) RETURNING * INTO asked;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such request' USING ERRCODE = 'SH002', DETAIL = 'access_request'; END IF;
  PERFORM app.audit('access.withdrawn', asked.resource_type, asked.resource_id, NULL, NULL, jsonb_build_object('requestId', asked.id));
END $$;
GRANT EXECUTE ON FUNCTION app.withdraw_access_request TO sheaf_app;

-- Whether the actor answers requests for a resource: whoever may share it, while it is there.
CREATE FUNCTION app.answers_requests(collection uuid, document uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.covers(app.rights_to_give(collection, document), app.view_documents() | app.manage_permissions())
    AND NOT EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external)
    AND EXISTS (SELECT FROM collections c LEFT JOIN documents d ON d.id = document
      WHERE c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END AND c.deleted_at IS NULL
        AND (document IS NULL OR app.is_document_live(d.deleted_at, d.status)))
$$;

-- The open requests for a resource, newest first, or one request in whatever state, for those who answer them. Whoever
-- can do everything there by now is left out. People outside the reader's workspace are marked, as they are in the list of grants.
CREATE FUNCTION app.list_access_requests(collection uuid, document uuid, only_request uuid, before uuid, at_most integer)
  RETURNS TABLE (id uuid, resource_type text, resource_id uuid, resource_name text, person_id uuid, name text, email text, is_external boolean,
    mask integer, message text, status text, asked_at timestamptz, answered_at timestamptz, answered_by_id uuid, answered_by_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, r.resource_type, r.resource_id, coalesce(d.name, c.name), u.id, u.name, u.email,
         u.is_external OR u.workspace_id IS DISTINCT FROM app.actor_workspace(), held.mask, r.message,
         CASE WHEN r.status = 'open' AND NOT app.is_request_open(r.status, r.asked_at) THEN 'lapsed' ELSE r.status END,
         r.asked_at, r.answered_at, a.id, a.name
    FROM access_requests r JOIN users u ON u.id = r.requester_id LEFT JOIN users a ON a.id = r.answered_by_id
    LEFT JOIN documents d ON r.resource_type = 'document' AND d.id = r.resource_id
    JOIN collections c ON c.id = CASE WHEN r.resource_type = 'collection' THEN r.resource_id ELSE d.collection_id END,
    LATERAL (SELECT app.person_mask(u.id, CASE WHEN d.id IS NULL THEN c.id END, d.id) OFFSET 0) held (mask)
   WHERE CASE WHEN only_request IS NOT NULL
           THEN r.id = only_request AND r.requester_id IS DISTINCT FROM app.actor_id()
           ELSE r.resource_id = coalesce(document, collection) AND r.resource_type = CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END
             AND app.is_request_open(r.status, r.asked_at) AND NOT app.allows(held.mask, app.manage_permissions()) END
     AND u.suspended_at IS NULL
     AND (before IS NULL OR (r.asked_at, r.id) < (SELECT b.asked_at, b.id FROM access_requests b WHERE b.id = before))
     AND app.answers_requests(CASE WHEN r.resource_type = 'collection' THEN c.id END, d.id)
   ORDER BY r.asked_at DESC, r.id DESC LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION app.list_access_requests TO sheaf_app;

-- Locks what a request is about, for somebody who answers it, and demands that it is still open. To all others there is
-- no such request. The request's own lock comes last, as when grants settle it.
CREATE FUNCTION app.demand_request(request uuid, OUT asked access_requests, OUT collection uuid, OUT document uuid)
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  SELECT * INTO asked FROM access_requests r WHERE r.id = request;
  IF asked.resource_type = 'collection' THEN collection := asked.resource_id; ELSE document := asked.resource_id; END IF;
  IF asked.id IS NULL OR asked.requester_id = app.actor_id() OR NOT app.answers_requests(collection, document) THEN
    RAISE EXCEPTION 'No such request' USING ERRCODE = 'SH002', DETAIL = 'access_request';
  END IF;
  PERFORM app.demand_resource(collection, document, app.manage_permissions());
END $$;

-- Gives the person who asked a role, as if it had been given in the list of grants: never above the actor's own rights,
-- nor beyond their end. What they have already and covers it, they keep as it is.
CREATE FUNCTION app.approve_access_request(request uuid, wanted_role uuid, ends_at timestamptz) RETURNS SETOF access_requests
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE locked record := app.demand_request(request); asked access_requests := locked.asked; given app.grant_change; address text; kept uuid;
BEGIN
  SELECT u.email INTO address FROM users u WHERE u.id = asked.requester_id AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'No such request' USING ERRCODE = 'SH002', DETAIL = 'access_request'; END IF;
  SELECT p.id INTO kept FROM permissions p JOIN roles r ON r.id = wanted_role
   WHERE p.user_id = asked.requester_id AND (p.collection_id = locked.collection OR p.document_id = locked.document)
     AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.covers(p.mask, r.mask) AND NOT app.is_later(ends_at, p.expires_at);
  IF kept IS NOT NULL THEN
    PERFORM app.settle_request(locked.collection, locked.document, asked.requester_id, kept, 'usual');
  ELSE
    SELECT * INTO given FROM app.grant_access(locked.collection, locked.document, address, NULL, wanted_role, ends_at, true);
    -- the address was given up, or became another's, at this moment
    IF given.user_id IS DISTINCT FROM asked.requester_id THEN RAISE EXCEPTION 'Changed meanwhile' USING ERRCODE = '40001'; END IF;
  END IF;
  SELECT * INTO asked FROM access_requests r WHERE r.id = request;
  -- granting settles what was open; what was not stays as somebody else left it
  IF asked.status <> 'approved' OR asked.answered_by_id IS DISTINCT FROM app.actor_id() OR asked.answered_at <> now()::timestamptz(3) THEN
    RAISE EXCEPTION 'Answered before' USING ERRCODE = 'SH004', DETAIL = 'request_answered';
  END IF;
  RETURN NEXT asked;
END $$;
GRANT EXECUTE ON FUNCTION app.approve_access_request TO sheaf_app;

CREATE FUNCTION app.decline_access_request(request uuid) RETURNS SETOF access_requests
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE locked record := app.demand_request(request); asked access_requests;
BEGIN
  UPDATE access_requests r SET status = 'declined', answered_at = now(), answered_by_id = app.actor_id()
   WHERE r.id = request AND app.is_request_open(r.status, r.asked_at) RETURNING * INTO asked;
  IF NOT FOUND THEN RAISE EXCEPTION 'Answered before' USING ERRCODE = 'SH004', DETAIL = 'request_answered'; END IF;
  PERFORM app.audit('access.declined', asked.resource_type, asked.resource_id, NULL,
    jsonb_build_object('type', 'user', 'id', asked.requester_id, 'email', (SELECT u.email FROM users u WHERE u.id = asked.requester_id)),
    jsonb_build_object('requestId', asked.id));
  INSERT INTO outbox (name, data) VALUES ('access.declined', jsonb_build_object('requestId', asked.id));
  RETURN NEXT asked;
END $$;
GRANT EXECUTE ON FUNCTION app.decline_access_request TO sheaf_app;

-- Settles a person's open request for a resource on which they were just given something, by a request's approval or in
-- the list of grants: whoever gets what they asked for need not be answered again. Says whether they are told of that, in
-- place of the grant: nobody is told of what they cannot open, as a private document. With 'letter' the grant's own letter
-- is their mail.
CREATE FUNCTION app.settle_request(collection uuid, document uuid, person uuid, given uuid, mail text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE asked access_requests;
BEGIN
  UPDATE access_requests r SET status = 'approved', answered_at = now(), answered_by_id = app.actor_id()
   WHERE r.requester_id = person AND r.resource_id = coalesce(document, collection)
     AND r.resource_type = CASE WHEN document IS NULL THEN 'collection' ELSE 'document' END
     AND app.is_request_open(r.status, r.asked_at) RETURNING * INTO asked;
  IF NOT FOUND THEN RETURN false; END IF;
  -- they said who they are by asking
  UPDATE permissions p SET opened_at = now() WHERE p.id = given AND p.opened_at IS NULL;
  PERFORM app.audit('access.approved', asked.resource_type, asked.resource_id, NULL,
    jsonb_build_object('type', 'user', 'id', person, 'email', (SELECT u.email FROM users u WHERE u.id = person)),
    jsonb_build_object('requestId', asked.id, 'grantId', given));
  IF EXISTS (SELECT FROM documents d WHERE d.id = document AND d.access_mode = 'private') THEN RETURN false; END IF;
  INSERT INTO outbox (name, data) VALUES ('access.approved', jsonb_build_object('requestId', asked.id, 'grantId', given, 'mail', mail));
  RETURN true;
END $$;

-- The actor's own requests, newest first.
CREATE FUNCTION app.my_access_requests(resource uuid, before uuid, at_most integer)
  RETURNS TABLE (id uuid, resource_type text, resource_id uuid, message text, status text, asked_at timestamptz, answered_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, r.resource_type, r.resource_id, r.message,
         CASE WHEN r.status = 'open' AND NOT app.is_request_open(r.status, r.asked_at) THEN 'lapsed' ELSE r.status END, r.asked_at, r.answered_at
    FROM access_requests r
   WHERE r.requester_id = app.live_actor_id() AND (resource IS NULL OR r.resource_id = resource)
     AND (before IS NULL OR (r.asked_at, r.id) < (SELECT b.asked_at, b.id FROM access_requests b WHERE b.id = before))
   ORDER BY r.asked_at DESC, r.id DESC LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION app.my_access_requests TO sheaf_app;

-- The people who answer requests for a resource: whoever may share it, while it is there. Guests share nothing.
CREATE FUNCTION app.request_answerers(collection uuid, document uuid) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT u.id
    FROM (SELECT 1) one LEFT JOIN documents d ON d.id = document
    JOIN collections c ON c.id = CASE WHEN document IS NULL THEN collection ELSE d.collection_id END
    JOIN app.live_grants g ON g.collection_id = c.id OR g.document_id = d.id
    JOIN user_principals up ON up.principal_id = g.principal_id JOIN users u ON u.id = up.user_id
   WHERE app.allows(g.mask, app.manage_permissions()) AND NOT u.is_external AND u.suspended_at IS NULL
     AND c.deleted_at IS NULL AND (document IS NULL OR app.is_document_live(d.deleted_at, d.status))
     AND (document IS NULL OR CASE WHEN g.document_id IS NULL THEN app.counts_collection_grants(d.access_mode, d.owner_id = u.id)
       ELSE app.counts_document_grants(d.access_mode, d.owner_id = u.id) END)
$$;

-- Who is told that somebody asks for access: whoever can answer, while it waits for that. Nobody, of what is not there.
CREATE FUNCTION app.access_requested_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.person, r.requester_id, place.collection_id, place.document_id, app.view_documents() | app.manage_permissions(),
         jsonb_build_object('requestId', r.id, 'message', r.message, 'isMore', app.allows(app.person_mask(r.requester_id, place.collection_id, place.document_id), app.view_documents())),
         r.id::text, NULL
    FROM access_requests r JOIN users u ON u.id = r.requester_id AND u.suspended_at IS NULL,
    LATERAL (SELECT CASE WHEN r.resource_type = 'collection' THEN r.resource_id END, CASE WHEN r.resource_type = 'document' THEN r.resource_id END)
      place (collection_id, document_id),
    LATERAL app.request_answerers(place.collection_id, place.document_id) a (person)
   WHERE r.id = (event->>'requestId')::uuid AND app.is_request_open(r.status, r.asked_at) AND a.person <> r.requester_id
   ORDER BY a.person LIMIT app.most_recipients()
$$;

-- Who is told that their request was approved: whoever made it, as long as they can open what they asked for. Where the
-- grant's own letter goes out, that is the mail.
CREATE FUNCTION app.access_approved_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.requester_id, r.answered_by_id, place.collection_id, place.document_id, app.view_documents(),
         coalesce((SELECT app.role_facts(p.role_id) FROM permissions p WHERE p.id = (event->>'grantId')::uuid), '{}'), NULL,
         CASE WHEN event->>'mail' = 'letter' AND app.mail_choice(r.requester_id, 'shared', 'now') = 'now' THEN 'none' END
    FROM access_requests r,
    LATERAL (SELECT CASE WHEN r.resource_type = 'collection' THEN r.resource_id END, CASE WHEN r.resource_type = 'document' THEN r.resource_id END)
      place (collection_id, document_id)
   WHERE r.id = (event->>'requestId')::uuid AND r.status = 'approved'
     AND app.allows(app.person_mask(r.requester_id, place.collection_id, place.document_id), app.view_documents())
$$;

-- Who is told that their request was turned down: whoever made it. By whom is said to nobody, and the name only to those
-- who see what it is about.
CREATE FUNCTION app.access_declined_recipients(event jsonb) RETURNS SETOF app.recipient
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.requester_id, NULL::uuid, CASE WHEN seen.yes THEN place.collection_id END, CASE WHEN seen.yes THEN place.document_id END,
         CASE WHEN seen.yes THEN app.view_documents() ELSE 0 END, jsonb_build_object('type', r.resource_type, 'resourceId', r.resource_id), NULL, NULL
    FROM access_requests r,
    LATERAL (SELECT CASE WHEN r.resource_type = 'collection' THEN r.resource_id END, CASE WHEN r.resource_type = 'document' THEN r.resource_id END)
      place (collection_id, document_id),
    LATERAL (SELECT app.allows(app.person_mask(r.requester_id, place.collection_id, place.document_id), app.view_documents()) OFFSET 0) seen (yes)
   WHERE r.id = (event->>'requestId')::uuid AND r.status = 'declined'
$$;
GRANT EXECUTE ON FUNCTION app.access_requested_recipients, app.access_approved_recipients, app.access_declined_recipients TO sheaf_app;

-- Tells of a request whoever made it, and those who answer it.
CREATE FUNCTION app.tell_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('request/changed', jsonb_build_object('requestId', NEW.id, NEW.resource_type || 'Id', NEW.resource_id),
    NEW.requester_id || ARRAY(SELECT a FROM app.request_answerers(CASE WHEN NEW.resource_type = 'collection' THEN NEW.resource_id END,
      CASE WHEN NEW.resource_type = 'document' THEN NEW.resource_id END) a));
  RETURN NULL;
END $$;

-- Removes requests that were answered, taken back or left without an answer two months ago; for the system.
CREATE FUNCTION app.sweep_access_requests() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone integer;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sweeps' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  DELETE FROM access_requests r WHERE r.asked_at < now() - 2 * app.access_request_lasts();
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
GRANT EXECUTE ON FUNCTION app.sweep_access_requests TO sheaf_app;

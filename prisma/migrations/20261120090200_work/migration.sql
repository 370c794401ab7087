-- The changes that touch several tables at once. Each is one call in one transaction, checks the actor itself (it runs
-- as the tables' owner, beyond the policies) and refuses with a state of its own:
--   SH001 quota_exceeded (detail: JSON of resource, used, limit, requested)   SH002 not_found   SH003 forbidden
--   SH004 conflict   SH005 nothing uploaded.   The detail of the others names the reason.
-- Lock order everywhere: collection, document, blob, quota, ledger.

-- --- quota -----------------------------------------------------------------------------------------------------
CREATE FUNCTION app.quota_limits(person uuid)
  RETURNS TABLE (collections integer, documents integer, storage_bytes bigint, pdf_jobs integer, collaborators integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(CASE WHEN o.live THEN q.collections_override END, t.collections),
         coalesce(CASE WHEN o.live THEN q.documents_override END, t.documents),
         coalesce(CASE WHEN o.live THEN q.storage_bytes_override END, t.storage_bytes),
         coalesce(CASE WHEN o.live THEN q.pdf_jobs_per_day_override END, t.pdf_jobs_per_day),
         coalesce(CASE WHEN o.live THEN q.collaborators_override END, t.collaborators_per_collection)
    FROM user_quotas q JOIN tiers t ON t.name = q.tier_name,
         LATERAL (SELECT q.overrides_end_at IS NULL OR q.overrides_end_at > statement_timestamp()) o (live)
   WHERE q.user_id = person
$$;

-- Charges once per cause; false when that cause was charged before. The update is the check: parallel charges cannot
-- pass a limit together. Only after it refused is the row locked to say which limit it was.
CREATE FUNCTION app.quota_charge(person uuid, why text, collection_count integer, document_count integer, bytes bigint)
  RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE now_used user_quotas; allowed record; refusal jsonb;
BEGIN
  INSERT INTO quota_ledger (user_id, cause, collections, documents, storage_bytes)
    VALUES (person, why, collection_count, document_count, bytes) ON CONFLICT (cause) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  LOOP
    UPDATE user_quotas q SET collections_used = q.collections_used + collection_count,
        documents_used = q.documents_used + document_count, storage_bytes_used = q.storage_bytes_used + bytes
      FROM app.quota_limits(person) l
     WHERE q.user_id = person
       AND (collection_count = 0 OR q.collections_used + collection_count <= l.collections)
       AND (document_count = 0 OR q.documents_used + document_count <= l.documents)
       AND (bytes = 0 OR q.storage_bytes_used + bytes <= l.storage_bytes);
    IF FOUND THEN RETURN true; END IF;
    SELECT * INTO now_used FROM user_quotas WHERE user_id = person FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No quota row' USING ERRCODE = 'SH002', DETAIL = 'person'; END IF;
    SELECT * INTO allowed FROM app.quota_limits(person);
    refusal := CASE
      WHEN collection_count > 0 AND now_used.collections_used + collection_count > allowed.collections THEN
        jsonb_build_object('resource', 'collections', 'used', now_used.collections_used, 'limit', allowed.collections, 'requested', collection_count)
      WHEN document_count > 0 AND now_used.documents_used + document_count > allowed.documents THEN
        jsonb_build_object('resource', 'documents', 'used', now_used.documents_used, 'limit', allowed.documents, 'requested', document_count)
      WHEN bytes > 0 AND now_used.storage_bytes_used + bytes > allowed.storage_bytes THEN
        jsonb_build_object('resource', 'storageBytes', 'used', now_used.storage_bytes_used, 'limit', allowed.storage_bytes, 'requested', bytes)
    END;
    IF refusal IS NOT NULL THEN
      RAISE EXCEPTION 'Quota exceeded' USING ERRCODE = 'SH001', DETAIL = refusal::text;
    END IF;
    -- something was freed between the refusal and the lock: it fits now
  END LOOP;
END $$;

-- Gives back once per cause. The amounts are positive.
CREATE FUNCTION app.quota_release(person uuid, why text, collection_count integer, document_count integer, bytes bigint)
  RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO quota_ledger (user_id, cause, collections, documents, storage_bytes)
    VALUES (person, why, -collection_count, -document_count, -bytes) ON CONFLICT (cause) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE user_quotas SET collections_used = collections_used - collection_count,
      documents_used = documents_used - document_count, storage_bytes_used = storage_bytes_used - bytes
   WHERE user_id = person;
  RETURN true;
END $$;

CREATE FUNCTION app.quota_opened() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO user_quotas (user_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER quota_opened AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION app.quota_opened();

CREATE FUNCTION app.set_tier(tier text, max_collections integer, max_documents integer, max_bytes bigint, max_jobs integer, max_collaborators integer)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system sets tiers' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  INSERT INTO tiers AS t VALUES (tier, max_collections, max_documents, max_bytes, max_jobs, max_collaborators)
    ON CONFLICT (name) DO UPDATE SET collections = excluded.collections, documents = excluded.documents,
      storage_bytes = excluded.storage_bytes, pdf_jobs_per_day = excluded.pdf_jobs_per_day,
      collaborators_per_collection = excluded.collaborators_per_collection
    WHERE (t.collections, t.documents, t.storage_bytes, t.pdf_jobs_per_day, t.collaborators_per_collection)
      IS DISTINCT FROM (excluded.collections, excluded.documents, excluded.storage_bytes, excluded.pdf_jobs_per_day, excluded.collaborators_per_collection);
END $$;

-- --- collections -----------------------------------------------------------------------------------------------
CREATE FUNCTION app.create_collection(title text, about text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made uuid := uuidv7(); me uuid := app.actor_id();
BEGIN
  IF app.actor_workspace() IS NULL THEN RAISE EXCEPTION 'Guests have no collections' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  INSERT INTO collections (id, workspace_id, owner_id, name, description) VALUES (made, app.actor_workspace(), me, title, about);
  INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, opened_at)
    SELECT me, made, id, me, now() FROM roles WHERE workspace_id IS NULL AND name = 'owner';
  PERFORM app.quota_charge(me, 'collection:' || made, 1, 0, 0);
  RETURN made;
END $$;

-- Locks a collection the actor may see and demands rights on it: unseen and missing refuse alike.
CREATE FUNCTION app.demand_collection(collection uuid, wanted integer) RETURNS collections
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections; mask integer := app.collection_mask(collection);
BEGIN
  SELECT * INTO found_row FROM collections WHERE id = collection FOR UPDATE;
  IF NOT FOUND OR mask & 1 = 0 THEN RAISE EXCEPTION 'No such collection' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
  IF wanted & ~mask <> 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  RETURN found_row;
END $$;

-- True when something changed, so that repeating is harmless.
CREATE FUNCTION app.set_collection_trashed(collection uuid, trashed boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections := app.demand_collection(collection, 528);
BEGIN
  IF (found_row.deleted_at IS NOT NULL) = trashed THEN RETURN false; END IF;
  UPDATE collections SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = collection;
  RETURN true;
END $$;

-- Deletes a collection with everything in it and gives every uploader back what they paid. Returns the number of documents.
CREATE FUNCTION app.purge_collection(collection uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row collections := app.demand_collection(collection, 528); share record; removed integer := 0; freed bigint;
BEGIN
  CREATE TEMP TABLE gone ON COMMIT DROP AS
    SELECT id, owner_id, blob_id, upload_object_id, thumbnail_object_id FROM documents d WHERE d.collection_id = collection ORDER BY id FOR UPDATE;
  DELETE FROM documents d USING gone WHERE d.id = gone.id;
  UPDATE objects SET state = 'doomed', doomed_at = now()
   WHERE id IN (SELECT upload_object_id FROM gone UNION ALL SELECT thumbnail_object_id FROM gone) AND state <> 'doomed';
  FOR share IN SELECT owner_id, count(*) FILTER (WHERE blob_id IS NOT NULL) AS documents FROM gone GROUP BY owner_id ORDER BY owner_id LOOP
    removed := removed + share.documents;
    CONTINUE WHEN share.documents = 0;
    PERFORM FROM blobs WHERE id IN (SELECT blob_id FROM gone WHERE owner_id = share.owner_id) ORDER BY id FOR UPDATE;
    WITH uses AS (SELECT blob_id, count(*) AS n FROM gone WHERE owner_id = share.owner_id AND blob_id IS NOT NULL GROUP BY blob_id),
    kept AS (UPDATE blobs b SET refs = b.refs - uses.n FROM uses WHERE b.id = uses.blob_id AND b.refs > uses.n),
    dropped AS (DELETE FROM blobs b USING uses WHERE b.id = uses.blob_id AND b.refs = uses.n RETURNING b.size_bytes, b.object_id),
    doomed AS (UPDATE objects o SET state = 'doomed', doomed_at = now() FROM dropped WHERE o.id = dropped.object_id)
    SELECT coalesce(sum(size_bytes), 0) INTO freed FROM dropped;
    PERFORM app.quota_release(share.owner_id, 'release:collection:' || collection || ':' || share.owner_id, 0, share.documents::integer, freed);
  END LOOP;
  DROP TABLE gone;
  DELETE FROM collections WHERE id = collection;
  PERFORM app.quota_release(found_row.owner_id, 'release:collection:' || collection, 1, 0, 0);
  RETURN removed;
END $$;

-- The people shown beside a collection: its owner, and, to those who may change or share it, others who opened it.
CREATE FUNCTION app.collection_people(collection uuid, at_most integer) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name
    FROM permissions p JOIN users u ON u.id = p.user_id JOIN collections c ON c.id = p.collection_id
   WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
     AND app.collection_mask(collection) & 1 <> 0
     AND (u.id = c.owner_id OR u.id = app.actor_id() OR (p.opened_at IS NOT NULL AND app.collection_mask(collection) & 516 <> 0))
   ORDER BY u.id <> c.owner_id, p.granted_at, u.id LIMIT at_most
$$;

-- The first time a person opens what was shared with them; from then on the share dialog shows their name.
CREATE FUNCTION app.mark_opened(collection uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE permissions SET opened_at = now()
   WHERE collection_id = collection AND user_id = app.actor_id() AND deleted_at IS NULL AND opened_at IS NULL
$$;

-- --- collaborators ---------------------------------------------------------------------------------------------
-- Gives a role to an address. A verified account gets the grant, any other address an invitation that keeps its place;
-- the caller answers both alike. Adding again changes role and end. The advisory lock is shared with claim_invitations.
CREATE FUNCTION app.add_collaborator(collection uuid, address text, role_name text, ends_at timestamptz)
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

-- People and addresses with access, the owner first, then by when they were added. People of other workspaces are shown
-- by address alone until they open the collection, so that the list does not tell who has an account.
CREATE FUNCTION app.list_collaborators(collection uuid)
  RETURNS TABLE (id uuid, email text, name text, user_id uuid, role text, is_pending boolean, is_owner boolean,
    granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM (
    SELECT p.id, u.email, CASE WHEN known.yes THEN u.name END, CASE WHEN known.yes THEN u.id END, r.name, NOT known.yes,
           u.id = c.owner_id, g.id, g.name, p.granted_at, p.expires_at
      FROM permissions p JOIN users u ON u.id = p.user_id JOIN roles r ON r.id = p.role_id JOIN collections c ON c.id = p.collection_id
           LEFT JOIN users g ON g.id = p.granted_by_id,
           LATERAL (SELECT p.opened_at IS NOT NULL OR u.id = app.actor_id() OR u.workspace_id = app.actor_workspace()) known (yes)
     WHERE p.collection_id = collection AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())
    UNION ALL
    SELECT i.id, i.email, NULL, NULL, r.name, true, false, g.id, g.name, i.created_at, i.expires_at
      FROM invitations i JOIN roles r ON r.id = i.role_id LEFT JOIN users g ON g.id = i.invited_by_id
     WHERE i.collection_id = collection AND i.deleted_at IS NULL AND i.accepted_at IS NULL
       AND (i.expires_at IS NULL OR i.expires_at > statement_timestamp())
  ) people (id, email, name, user_id, role, is_pending, is_owner, granter_id, granter_name, granted_at, expires_at)
  WHERE app.collection_mask(collection) & 516 <> 0
  ORDER BY NOT is_owner, granted_at, id
$$;

-- What the mail to an invited address says: by the id of its grant or invitation; nothing once that has ended.
CREATE FUNCTION app.invitation_mail(collaborator uuid)
  RETURNS TABLE (email text, language text, inviter_name text, collection_id uuid, collection_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(u.email, i.email), coalesce(u.language, g.language, 'en'), coalesce(g.name, ''), c.id, c.name
    FROM (SELECT collaborator) wanted (id)
    LEFT JOIN permissions p ON p.id = wanted.id AND p.deleted_at IS NULL
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN invitations i ON i.id = wanted.id AND i.deleted_at IS NULL
    JOIN collections c ON c.id = coalesce(p.collection_id, i.collection_id) AND c.deleted_at IS NULL
    LEFT JOIN users g ON g.id = coalesce(p.granted_by_id, i.invited_by_id)
   WHERE app.is_system() AND coalesce(u.email, i.email) IS NOT NULL
$$;

-- Turns what waits for a proven address into grants with the same ids. Returns how many.
CREATE FUNCTION app.claim_invitations(person uuid) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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

-- --- documents -------------------------------------------------------------------------------------------------
-- Locks a document the actor may see, in a live collection unless told otherwise.
CREATE FUNCTION app.demand_document(document uuid) RETURNS documents
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_row documents;
BEGIN
  SELECT * INTO found_row FROM documents WHERE id = document FOR UPDATE;
  IF NOT FOUND OR app.document_mask(found_row.id, found_row.collection_id, found_row.owner_id, found_row.access_mode) & 1 = 0 THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  RETURN found_row;
END $$;

-- Whether a collection is there and not in the trash; says nothing about who may see it.
CREATE FUNCTION app.is_collection_live(collection uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM collections WHERE id = collection AND deleted_at IS NULL);

-- The key of a document's bytes or thumbnail in the store, for those who may view the document.
CREATE FUNCTION app.document_key(document uuid, part text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.key FROM documents d LEFT JOIN blobs b ON b.id = d.blob_id
    JOIN objects o ON o.id = CASE part WHEN 'blob' THEN b.object_id WHEN 'thumbnail' THEN d.thumbnail_object_id END
   WHERE d.id = document AND app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode) & 1 <> 0
$$;

-- Makes an uploaded document real and charges its owner: 'confirmed', or 'already' when that had happened before.
-- Deduplicated bytes are paid once per owner.
CREATE FUNCTION app.confirm_document(document uuid, has_bytes boolean) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents; stored record;
BEGIN
  SELECT * INTO doc FROM documents WHERE id = document FOR UPDATE;
  IF NOT FOUND OR doc.owner_id IS DISTINCT FROM app.actor_id() THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF doc.status <> 'pending' THEN RETURN 'already'; END IF;
  IF app.collection_mask(doc.collection_id) & 2 = 0 THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  IF EXISTS (SELECT FROM collections WHERE id = doc.collection_id AND deleted_at IS NOT NULL) THEN
    RAISE EXCEPTION 'Trashed' USING ERRCODE = 'SH003', DETAIL = 'collection';
  END IF;
  IF has_bytes THEN
    INSERT INTO blobs AS b (owner_id, sha256, size_bytes, object_id, refs)
      VALUES (doc.owner_id, doc.sha256, doc.size_bytes, doc.upload_object_id, 1)
      ON CONFLICT (owner_id, sha256) DO UPDATE SET refs = b.refs + 1
      RETURNING new.id AS id, new.object_id AS object_id, old.id IS NULL AS is_new INTO stored;
  ELSE
    -- nothing was sent because the owner stored these bytes already; they may be gone by now
    UPDATE blobs SET refs = refs + 1 WHERE owner_id = doc.owner_id AND sha256 = doc.sha256
      RETURNING id, object_id, false AS is_new INTO stored;
    IF NOT FOUND THEN RAISE EXCEPTION 'Nothing uploaded' USING ERRCODE = 'SH005', DETAIL = 'nothing_uploaded'; END IF;
  END IF;
  PERFORM app.quota_charge(doc.owner_id, 'document:' || doc.id, 0, 1, CASE WHEN stored.is_new THEN doc.size_bytes ELSE 0 END);
  UPDATE documents SET status = 'uploaded', blob_id = stored.id, upload_object_id = NULL, updated_at = now() WHERE id = doc.id;
  UPDATE objects SET state = 'stored' WHERE id = stored.object_id AND state = 'pending';
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = doc.upload_object_id AND id <> stored.object_id;
  INSERT INTO pdf_jobs (kind, user_id, collection_id, document_id) VALUES ('process', doc.owner_id, doc.collection_id, doc.id);
  INSERT INTO outbox (name, data) VALUES ('document/uploaded', jsonb_build_object('documentId', doc.id));
  RETURN 'confirmed';
END $$;

-- Forgets an upload that was refused or abandoned. False when it is no pending upload (any more).
CREATE FUNCTION app.discard_upload(document uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE object uuid;
BEGIN
  DELETE FROM documents WHERE id = document AND status = 'pending' AND (owner_id = app.actor_id() OR app.is_system())
    RETURNING upload_object_id INTO object;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = object;
  RETURN true;
END $$;

CREATE FUNCTION app.set_document_trashed(document uuid, trashed boolean) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action';
  END IF;
  IF (doc.deleted_at IS NOT NULL) = trashed THEN RETURN false; END IF;
  UPDATE documents SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = document;
  RETURN true;
END $$;

-- Deletes a document for good; its owner gets the place back at once, and the bytes with the last document that uses them.
CREATE FUNCTION app.purge_document(document uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE doc documents := app.demand_document(document); stored blobs; freed bigint := 0;
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action';
  END IF;
  DELETE FROM documents WHERE id = document;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id IN (doc.upload_object_id, doc.thumbnail_object_id);
  IF doc.blob_id IS NULL THEN RETURN; END IF;
  SELECT * INTO stored FROM blobs WHERE id = doc.blob_id FOR UPDATE;
  IF stored.refs = 1 THEN
    DELETE FROM blobs WHERE id = stored.id;
    UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = stored.object_id;
    freed := stored.size_bytes;
  ELSE
    UPDATE blobs SET refs = refs - 1 WHERE id = stored.id;
  END IF;
  PERFORM app.quota_release(doc.owner_id, 'release:document:' || doc.id, 0, 1, freed);
END $$;

-- --- processing (the system's) ---------------------------------------------------------------------------------
CREATE FUNCTION app.document_progress(document uuid, percent integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE documents SET progress = percent WHERE id = document AND status = 'uploaded' AND progress < percent AND app.is_system()
$$;

-- Writes what processing found. A document that was deleted meanwhile, or processed by another attempt, is left alone: false.
CREATE FUNCTION app.document_processed(document uuid, outcome text, why text, pages integer, thumbnail uuid, body text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system processes' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE documents SET status = outcome, problem = why, page_count = pages, thumbnail_object_id = thumbnail,
      progress = 100, updated_at = now()
   WHERE id = document AND status = 'uploaded';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE objects SET state = 'stored' WHERE id = thumbnail;
  IF body IS NOT NULL THEN
    INSERT INTO document_texts VALUES (document, body) ON CONFLICT (document_id) DO UPDATE SET body = excluded.body;
  END IF;
  INSERT INTO outbox (name, data) VALUES ('document/processed', jsonb_build_object('documentId', document));
  RETURN true;
END $$;

-- --- accounts (the system's) -----------------------------------------------------------------------------------
CREATE FUNCTION app.verify_email(person uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system verifies' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  UPDATE users SET email_verified_at = now(), updated_at = now() WHERE id = person AND email_verified_at IS NULL;
  RETURN FOUND;
END $$;

-- Whoever holds a session's id (it travels encrypted) or a token's secret acts as its person, while both live.
-- The time of last use is written at most every five minutes.
CREATE FUNCTION app.session_actor(session uuid) RETURNS TABLE (user_id uuid, is_system_admin boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE seen timestamptz;
BEGIN
  SELECT u.id, u.is_system_admin, s.last_seen_at INTO user_id, is_system_admin, seen
    FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.id = session AND s.revoked_at IS NULL AND s.expires_at > statement_timestamp() AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  IF seen < statement_timestamp() - interval '5 minutes' THEN UPDATE sessions SET last_seen_at = now() WHERE id = session; END IF;
  RETURN NEXT;
END $$;
CREATE FUNCTION app.token_actor(secret_hash bytea) RETURNS TABLE (user_id uuid, is_system_admin boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE seen timestamptz; token uuid;
BEGIN
  SELECT u.id, u.is_system_admin, t.last_used_at, t.id INTO user_id, is_system_admin, seen, token
    FROM tokens t JOIN users u ON u.id = t.user_id
   WHERE t.hash = secret_hash AND t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > statement_timestamp() AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RETURN; END IF;
  IF seen IS NULL OR seen < statement_timestamp() - interval '5 minutes' THEN UPDATE tokens SET last_used_at = now() WHERE id = token; END IF;
  RETURN NEXT;
END $$;

-- --- calls per window ------------------------------------------------------------------------------------------
-- Counts one call and returns the count in the window, and when that ends. Refused calls are not counted.
CREATE FUNCTION app.count_call(bucket text, most integer, window_seconds integer) RETURNS TABLE (is_allowed boolean, remaining integer, resets_at timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE opened timestamptz(3) := to_timestamp(floor(extract(epoch FROM clock_timestamp()) / window_seconds) * window_seconds); counted integer;
BEGIN
  INSERT INTO rate_windows AS w VALUES (bucket, opened, 1)
    ON CONFLICT (key, started_at) DO UPDATE SET count = w.count + 1 WHERE w.count < most RETURNING count INTO counted;
  RETURN QUERY SELECT counted IS NOT NULL, greatest(most - coalesce(counted, most), 0), opened + make_interval(secs => window_seconds);
END $$;

-- Nothing here is for everyone; the application gets what it calls and what its policies ask.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.actor_id, app.is_system, app.actor_workspace, app.is_workspace_admin, app.collection_mask, app.document_mask,
  app.can_delete, app.person_name, app.quota_limits, app.set_tier, app.create_collection, app.set_collection_trashed, app.purge_collection,
  app.collection_people, app.mark_opened, app.add_collaborator, app.list_collaborators, app.invitation_mail, app.claim_invitations, app.confirm_document, app.discard_upload,
  app.is_collection_live, app.document_key,
  app.set_document_trashed, app.purge_document, app.document_progress, app.document_processed, app.verify_email, app.session_actor,
  app.token_actor, app.count_call
  TO sheaf_app;

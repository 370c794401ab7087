SET LOCAL check_function_bodies = off;

DROP FUNCTION app.update_collection(uuid,integer,text,text);
DROP FUNCTION app.set_visibility(uuid,text,boolean);
DROP FUNCTION app.set_document_trashed(uuid,boolean);
DROP FUNCTION app.set_collection_trashed(uuid,boolean);
DROP FUNCTION app.set_access_mode(uuid,text);
DROP FUNCTION app.restart_processing(uuid);
DROP FUNCTION app.rename_document(uuid,integer,text);
DROP FUNCTION app.purge_collection(uuid);
DROP FUNCTION app.list_grants(uuid,uuid);
DROP FUNCTION app.iso(timestamp with time zone);
DROP FUNCTION app.grant_access(uuid,uuid,text,uuid,uuid,timestamp with time zone,boolean);
DROP FUNCTION app.demand_uploaded(uuid);
DROP FUNCTION app.confirm_document(uuid,boolean);
DROP FUNCTION app.change_access(uuid,uuid,uuid,uuid,boolean,timestamp with time zone);
DROP TYPE app.listed_grant;
DROP FUNCTION app.audit_grant(text,uuid,uuid,app.grant_change);
DROP FUNCTION app.audit(text,text,uuid,text,jsonb,jsonb);

CREATE OR REPLACE FUNCTION app.change_access(collection uuid, document uuid, wanted uuid, wanted_role uuid, keeps_end boolean, ends_at timestamp with time zone)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE resource app.resource := app.demand_resource(collection, document, app.manage_permissions()); given roles; done app.grant_change; had integer;
BEGIN
  -- the role is locked before the grant, as everywhere
  IF wanted_role IS NOT NULL THEN given := app.demand_role(resource, wanted_role); END IF;
  done := app.demand_grant(resource, wanted);
  PERFORM app.demand_within(resource, done.mask);
  had := done.mask;
  IF given.id IS NOT NULL THEN
    done.role_id := given.id;
    done.role_name := given.name;
    done.mask := given.mask;
  END IF;
  IF NOT keeps_end THEN done.expires_at := ends_at; END IF;
  IF app.is_later(done.expires_at, done.previous_expires_at) THEN had := 0; END IF;
  PERFORM app.demand_lasting(resource, done.mask & ~had, done.expires_at);
  UPDATE permissions p SET role_id = done.role_id, expires_at = done.expires_at WHERE p.id = wanted;
  UPDATE invitations i SET role_id = done.role_id, expires_at = done.expires_at WHERE i.id = wanted AND i.accepted_at IS NULL;
  RETURN NEXT done;
END $function$
;

CREATE OR REPLACE FUNCTION app.confirm_document(document uuid, has_bytes boolean)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE doc documents; is_trashed boolean; stored record;
BEGIN
  SELECT c.deleted_at IS NOT NULL INTO is_trashed FROM collections c
   WHERE c.id = (SELECT d.collection_id FROM documents d WHERE d.id = document AND d.owner_id = app.actor_id()) FOR KEY SHARE;
  SELECT * INTO doc FROM documents WHERE id = document FOR UPDATE;
  IF NOT FOUND OR doc.owner_id IS DISTINCT FROM app.actor_id() THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF doc.status <> 'pending' THEN RETURN 'already'; END IF;
  IF NOT app.allows(app.collection_mask(doc.collection_id), app.create_documents()) THEN RAISE EXCEPTION 'Not allowed' USING ERRCODE = 'SH003', DETAIL = 'action'; END IF;
  IF is_trashed THEN RAISE EXCEPTION 'Trashed' USING ERRCODE = 'SH003', DETAIL = 'collection'; END IF;
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
END $function$
;

CREATE OR REPLACE FUNCTION app.create_collection(title text, about text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE made uuid := uuidv7(); me uuid := app.actor_id(); home uuid;
BEGIN
  SELECT u.workspace_id INTO home FROM users u WHERE u.id = me AND u.suspended_at IS NULL AND NOT u.is_external FOR KEY SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'Guests have no collections' USING ERRCODE = 'SH003', DETAIL = 'guest_action'; END IF;
  INSERT INTO collections (id, workspace_id, owner_id, name, description) VALUES (made, home, me, title, about);
  INSERT INTO permissions (user_id, collection_id, role_id, granted_by_id, opened_at)
    SELECT me, made, id, me, now() FROM roles WHERE workspace_id IS NULL AND name = 'owner';
  PERFORM app.quota_charge(me, 'collection:' || made, 1, 0, 0);
  RETURN made;
END $function$
;

CREATE OR REPLACE FUNCTION app.grant_access(collection uuid, document uuid, given_address text, wanted_group uuid, wanted_role uuid, ends_at timestamp with time zone)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  resource app.resource := app.demand_resource(collection, document, app.manage_permissions());
  normal text := lower(trim(given_address));
  given roles;
  before app.grant_change;
  done app.grant_change;
  opened timestamptz;
  is_colleague boolean;
  is_given boolean := true;
BEGIN
  IF wanted_group IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('sheaf.address.' || normal, 0));
    SELECT u.id, EXISTS (SELECT FROM users me WHERE me.id = app.actor_id() AND me.workspace_id = u.workspace_id AND me.suspended_at IS NULL AND NOT me.is_external)
      INTO done.user_id, is_colleague
      FROM users u WHERE u.email_normalized = normal AND u.email_verified_at IS NOT NULL;
    done.address := normal;
  ELSE
    SELECT g.id, g.name INTO done.group_id, done.subject_name FROM groups g
     WHERE g.id = wanted_group AND g.deleted_at IS NULL AND g.workspace_id = resource.workspace_id
       AND (g.workspace_id = app.actor_workspace() OR app.is_system()) FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'No such group' USING ERRCODE = 'SH003', DETAIL = 'group'; END IF;
  END IF;
  given := app.demand_role(resource, wanted_role);

  -- a person's grants here, ended ones too: whether one is left, and when they first opened the resource
  IF done.user_id IS NOT NULL AND resource.document_id IS NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.collection_id = resource.collection_id AND p.user_id = done.user_id;
  ELSIF done.user_id IS NOT NULL THEN
    SELECT bool_or(p.deleted_at IS NULL), max(p.opened_at) INTO is_given, opened FROM permissions p
     WHERE p.document_id = resource.document_id AND p.user_id = done.user_id;
  END IF;
  IF is_given THEN before := app.find_grant(resource, coalesce(done.user_id, done.group_id), normal); END IF;
  done.role_id := given.id;
  done.role_name := given.name;
  done.mask := given.mask;
  done.expires_at := ends_at;
  done.is_new := before.id IS NULL OR app.is_expired(before.expires_at);

  IF before.id IS NOT NULL AND NOT done.is_new THEN
    PERFORM app.demand_within(resource, before.mask);
    PERFORM app.demand_lasting(resource, given.mask & ~CASE WHEN app.is_later(ends_at, before.expires_at) THEN 0 ELSE before.mask END, ends_at);
    SELECT r.name INTO done.previous_role FROM roles r WHERE r.id = before.role_id;
    done.id := before.id;
    done.previous_expires_at := before.expires_at;
    UPDATE permissions p SET role_id = given.id, expires_at = ends_at WHERE p.id = before.id;
    UPDATE invitations i SET role_id = given.id, expires_at = ends_at WHERE i.id = before.id AND i.accepted_at IS NULL;
    -- what still waited for this address is settled with it
    UPDATE invitations i SET deleted_at = now()
     WHERE i.email_normalized = done.address AND i.id <> before.id AND i.accepted_at IS NULL AND i.deleted_at IS NULL
       AND (i.collection_id = resource.collection_id AND resource.document_id IS NULL OR i.document_id = resource.document_id);
    RETURN NEXT done;
    RETURN;
  END IF;

  IF before.id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = before.id;
    UPDATE invitations i SET deleted_at = now() WHERE i.id = before.id AND i.accepted_at IS NULL;
  END IF;
  PERFORM app.demand_lasting(resource, given.mask, ends_at);
  PERFORM app.demand_room(resource);
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    -- people of the same workspace know each other; others stay "invited" until they open it
    IF is_colleague THEN opened := now(); END IF;
    INSERT INTO permissions (user_id, group_id, collection_id, document_id, role_id, granted_by_id, expires_at, opened_at, given_address)
      VALUES (done.user_id, done.group_id, resource.collection_id, resource.document_id, given.id, app.actor_id(), ends_at, opened,
        CASE WHEN wanted_group IS NULL THEN trim(given_address) END)
      RETURNING permissions.id INTO done.id;
  ELSE
    INSERT INTO invitations (email, email_normalized, collection_id, document_id, role_id, invited_by_id, expires_at)
      VALUES (trim(given_address), normal, resource.collection_id, resource.document_id, given.id, app.actor_id(), ends_at)
      RETURNING invitations.id INTO done.id;
  END IF;
  RETURN NEXT done;
END $function$
;

CREATE OR REPLACE FUNCTION app.list_grants(collection uuid, document uuid)
 RETURNS TABLE(id uuid, subject text, email text, name text, user_id uuid, group_id uuid, member_count integer, role_id uuid, role text, mask integer, is_pending boolean, is_owner boolean, granter_id uuid, granter_name text, granted_at timestamp with time zone, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH resource AS (
    SELECT x.*, CASE WHEN document IS NULL THEN x.collection_id END AS own_collection_id
      FROM app.find_resource(collection, document) x WHERE app.allows(x.rights, app.edit_documents() | app.manage_permissions())
  ), given AS (
    SELECT p.* FROM resource JOIN permissions p ON p.collection_id = resource.own_collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM resource JOIN permissions p ON p.document_id = resource.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM resource JOIN invitations i ON i.collection_id = resource.own_collection_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
    UNION ALL SELECT i.* FROM resource JOIN invitations i ON i.document_id = resource.document_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
  )
  SELECT * FROM (
    SELECT p.id, CASE WHEN p.group_id IS NULL THEN 'user' ELSE 'group' END, CASE WHEN known.yes THEN u.email ELSE coalesce(p.given_address, u.email) END,
           CASE WHEN known.yes THEN u.name ELSE t.name END,
           CASE WHEN known.yes THEN u.id END, t.id, CASE WHEN t.id IS NOT NULL THEN
             (SELECT count(*)::integer FROM user_principals up WHERE up.principal_id = t.id) END,
           r.id, r.name, p.mask, u.id IS NOT NULL AND NOT known.yes,
           coalesce(u.id = resource.collection_owner_id AND p.document_id IS NULL, false), giver.id, giver.name, p.granted_at, p.expires_at
      FROM resource CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
      LEFT JOIN LATERAL app.known_person(p.granted_by_id, resource.collection_id, resource.document_id) giver ON true,
      LATERAL (SELECT u.id IS NOT NULL AND app.is_known(u.id, resource.collection_id, resource.document_id)) known (yes)
     WHERE (u.id IS NOT NULL OR t.id IS NOT NULL) AND app.is_grant_live(p.deleted_at, p.expires_at)
    UNION ALL
    SELECT i.id, 'user', i.email, NULL, NULL, NULL, NULL, r.id, r.name, r.mask, true, false, giver.id, giver.name, i.created_at, i.expires_at
      FROM resource CROSS JOIN waiting i JOIN roles r ON r.id = i.role_id
      LEFT JOIN LATERAL app.known_person(i.invited_by_id, resource.collection_id, resource.document_id) giver ON true
     WHERE app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
  ) grants (id, subject, email, name, user_id, group_id, member_count, role_id, role, mask, is_pending, is_owner, granter_id, granter_name,
    granted_at, expires_at)
  ORDER BY NOT is_owner, granted_at, id
$function$
;

CREATE OR REPLACE FUNCTION app.purge_collection(collection uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE found_row collections := app.demand_collection(collection, app.manage_permissions() | app.delete_any_documents()); share record; removed integer := 0; freed bigint;
BEGIN
  CREATE TEMP TABLE gone ON COMMIT DROP AS
    SELECT id, owner_id, blob_id, upload_object_id, thumbnail_object_id FROM documents d WHERE d.collection_id = collection ORDER BY id FOR UPDATE;
  FOR share IN
    SELECT owner_id, count(blob_id)::integer AS documents
      FROM (SELECT owner_id, blob_id FROM gone UNION ALL SELECT found_row.owner_id, NULL) x GROUP BY owner_id ORDER BY owner_id
  LOOP
    removed := removed + share.documents;
    PERFORM FROM blobs WHERE id IN (SELECT blob_id FROM gone WHERE owner_id = share.owner_id) ORDER BY id FOR UPDATE;
    DELETE FROM documents d USING gone WHERE d.id = gone.id AND gone.owner_id = share.owner_id;
    IF share.documents > 0 THEN
      WITH uses AS (SELECT blob_id, count(*) AS n FROM gone WHERE owner_id = share.owner_id AND blob_id IS NOT NULL GROUP BY blob_id),
      kept AS (UPDATE blobs b SET refs = b.refs - uses.n FROM uses WHERE b.id = uses.blob_id AND b.refs > uses.n),
      dropped AS (DELETE FROM blobs b USING uses WHERE b.id = uses.blob_id AND b.refs = uses.n RETURNING b.size_bytes, b.object_id),
      doomed AS (UPDATE objects o SET state = 'doomed', doomed_at = now() FROM dropped WHERE o.id = dropped.object_id)
      SELECT coalesce(sum(size_bytes), 0) INTO freed FROM dropped;
      PERFORM app.quota_release(share.owner_id, 'release:collection:' || collection || ':' || share.owner_id, 0, share.documents, freed);
    END IF;
    IF share.owner_id = found_row.owner_id THEN
      PERFORM app.quota_release(found_row.owner_id, 'release:collection:' || collection, 1, 0, 0);
    END IF;
  END LOOP;
  UPDATE objects SET state = 'doomed', doomed_at = now()
   WHERE id IN (SELECT upload_object_id FROM gone UNION ALL SELECT thumbnail_object_id FROM gone) AND state <> 'doomed';
  DROP TABLE gone;
  DELETE FROM collections WHERE id = collection;
  RETURN removed;
END $function$
;

CREATE OR REPLACE FUNCTION app.purge_document(document uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE doc documents := app.demand_document(document); stored blobs; freed bigint := 0;
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id);
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
END $function$
;

CREATE OR REPLACE FUNCTION app.restart_processing(document uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF NOT app.allows(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), app.run_jobs()) THEN
    PERFORM app.refuse_action(NULL, doc.id);
  END IF;
  IF doc.deleted_at IS NOT NULL OR NOT app.is_collection_live(doc.collection_id) THEN
    RAISE EXCEPTION 'No such document' USING ERRCODE = 'SH002', DETAIL = 'document';
  END IF;
  IF doc.status NOT IN ('ready', 'failed') THEN RETURN false; END IF;
  UPDATE objects SET state = 'doomed', doomed_at = now() WHERE id = doc.thumbnail_object_id;
  UPDATE documents SET status = 'uploaded', problem = NULL, progress = 0, page_count = NULL, thumbnail_object_id = NULL, updated_at = now()
   WHERE id = document;
  INSERT INTO pdf_jobs (kind, user_id, collection_id, document_id) VALUES ('process', app.actor_id(), doc.collection_id, doc.id);
  INSERT INTO outbox (name, data) VALUES ('document/uploaded', jsonb_build_object('documentId', doc.id));
  RETURN true;
END $function$
;

CREATE OR REPLACE FUNCTION app.revoke_access(collection uuid, document uuid, wanted uuid)
 RETURNS SETOF app.grant_change
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  is_own boolean := EXISTS (SELECT FROM permissions p WHERE p.id = wanted AND p.user_id = app.actor_id());
  resource app.resource := app.demand_resource(collection, document, CASE WHEN is_own THEN app.view_documents() ELSE app.manage_permissions() END, true);
  done app.grant_change := app.demand_grant(resource, wanted);
BEGIN
  IF NOT is_own AND NOT app.covers(resource.rights, done.mask) THEN
    RAISE EXCEPTION 'Above own rights' USING ERRCODE = 'SH003', DETAIL = 'above_own_rights';
  END IF;
  -- an invitation keeps its id when it becomes a grant, and ends with it only as long as it waits
  IF done.user_id IS NOT NULL OR done.group_id IS NOT NULL THEN
    UPDATE permissions p SET deleted_at = now() WHERE p.id = wanted;
  ELSE
    UPDATE invitations i SET deleted_at = now() WHERE i.id = wanted AND i.accepted_at IS NULL;
  END IF;
  done.role_name := NULL;
  done.expires_at := NULL;
  RETURN NEXT done;
END $function$
;

CREATE OR REPLACE FUNCTION app.set_access_mode(document uuid, wanted text, OUT previous text, OUT kept_id uuid, OUT kept_role text, OUT kept_until timestamp with time zone, OUT ended_id uuid, OUT ended_role text)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE resource app.resource := app.demand_resource(NULL, document, app.view_documents()); doc documents; is_mine boolean; manages boolean; kept record;
BEGIN
  SELECT * INTO doc FROM documents d WHERE d.id = document;
  is_mine := doc.owner_id = app.actor_id();
  manages := app.allows(resource.rights | CASE WHEN is_mine THEN app.collection_mask(doc.collection_id) ELSE 0 END, app.manage_permissions());
  IF wanted = 'private' AND NOT coalesce(is_mine, false) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document); END IF;
    RAISE EXCEPTION 'Only its owner' USING ERRCODE = 'SH003', DETAIL = 'document_owner';
  END IF;
  IF NOT (is_mine AND wanted IN ('private', 'collection')) THEN
    IF NOT manages THEN PERFORM app.refuse_action(NULL, document); END IF;
    IF EXISTS (SELECT FROM users u WHERE u.id = app.actor_id() AND u.is_external) THEN
      RAISE EXCEPTION 'Guests share nothing' USING ERRCODE = 'SH003', DETAIL = 'guest_action';
    END IF;
  END IF;
  IF wanted = 'link' AND resource.is_protected THEN
    RAISE EXCEPTION 'Protected' USING ERRCODE = 'SH003', DETAIL = 'protected';
  END IF;
  previous := doc.access_mode;
  IF wanted = previous THEN RETURN; END IF;
  IF wanted = 'invite' THEN
    kept := app.keep_manager(doc, resource);
    kept_id := (kept.made).id;
    kept_until := (kept.made).expires_at;
    ended_id := (kept.ended).id;
    SELECT r.name INTO kept_role FROM roles r WHERE r.id = (kept.made).role_id;
    SELECT r.name INTO ended_role FROM roles r WHERE r.id = (kept.ended).role_id;
  END IF;
  UPDATE documents d SET access_mode = wanted, version = version + 1, updated_at = now() WHERE d.id = document;
  IF previous = 'private' THEN
    WITH given AS (
      UPDATE permissions p SET letter_waits = false WHERE p.document_id = document AND p.letter_waits RETURNING p.id, p.deleted_at, p.expires_at
    ), invited AS (
      UPDATE invitations i SET letter_waits = false WHERE i.document_id = document AND i.letter_waits RETURNING i.id, i.deleted_at, i.expires_at
    )
    INSERT INTO outbox (name, data) SELECT 'collaborator/added', jsonb_build_object('collaboratorId', due.id)
      FROM (TABLE given UNION ALL TABLE invited) due WHERE app.is_grant_live(due.deleted_at, due.expires_at);
  END IF;
END $function$
;

CREATE OR REPLACE FUNCTION app.set_collection_trashed(collection uuid, trashed boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE found_row collections := app.demand_collection(collection, app.manage_permissions() | app.delete_any_documents());
BEGIN
  IF (found_row.deleted_at IS NOT NULL) = trashed THEN RETURN false; END IF;
  UPDATE collections SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = collection;
  RETURN true;
END $function$
;

CREATE OR REPLACE FUNCTION app.set_document_trashed(document uuid, trashed boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE doc documents := app.demand_document(document);
BEGIN
  IF NOT app.can_delete(app.document_mask(doc.id, doc.collection_id, doc.owner_id, doc.access_mode), doc.owner_id) THEN
    PERFORM app.refuse_action(NULL, doc.id);
  END IF;
  IF (doc.deleted_at IS NOT NULL) = trashed THEN RETURN false; END IF;
  UPDATE documents SET deleted_at = CASE WHEN trashed THEN now() END, version = version + 1, updated_at = now() WHERE id = document;
  RETURN true;
END $function$
;

CREATE OR REPLACE FUNCTION app.set_visibility(collection uuid, wanted text, protects boolean, OUT previous text, OUT was_protected boolean, OUT is_protected boolean, OUT unlinked integer, OUT closed_links uuid[])
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE resource app.resource := app.demand_resource(collection, NULL, app.manage_permissions()); viewer uuid;
BEGIN
  SELECT c.visibility, c.is_protected INTO previous, was_protected FROM collections c WHERE c.id = collection;
  is_protected := coalesce(protects, was_protected);
  unlinked := 0;
  closed_links := '{}';
  IF is_protected <> was_protected AND resource.owner_id <> app.actor_id() THEN
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
    INSERT INTO permissions (subject_workspace_id, collection_id, role_id, granted_by_id) VALUES (resource.workspace_id, collection, viewer, app.actor_id());
  ELSIF wanted = 'public' THEN
    INSERT INTO permissions (is_everyone, collection_id, role_id, granted_by_id) VALUES (true, collection, viewer, app.actor_id());
  END IF;
END $function$
;

REVOKE ALL ON ROUTINE 
  app.change_access(uuid,uuid,uuid,uuid,boolean,timestamp with time zone),
  app.confirm_document(uuid,boolean),
  app.grant_access(uuid,uuid,text,uuid,uuid,timestamp with time zone),
  app.list_grants(uuid,uuid),
  app.purge_collection(uuid),
  app.restart_processing(uuid),
  app.set_access_mode(uuid,text),
  app.set_collection_trashed(uuid,boolean),
  app.set_document_trashed(uuid,boolean),
  app.set_visibility(uuid,text,boolean)
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.change_access(uuid,uuid,uuid,uuid,boolean,timestamp with time zone),
  app.confirm_document(uuid,boolean),
  app.grant_access(uuid,uuid,text,uuid,uuid,timestamp with time zone),
  app.list_grants(uuid,uuid),
  app.purge_collection(uuid),
  app.restart_processing(uuid),
  app.set_access_mode(uuid,text),
  app.set_collection_trashed(uuid,boolean),
  app.set_document_trashed(uuid,boolean),
  app.set_visibility(uuid,text,boolean)
  TO sheaf_app;

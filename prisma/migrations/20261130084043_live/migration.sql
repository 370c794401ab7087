-- AlterTable
ALTER TABLE "outbox" ADD COLUMN     "audience" UUID[];

-- CreateTable
CREATE TABLE "live_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "expired_until" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "forgotten_seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "live_state_pkey" PRIMARY KEY ("id")
);

INSERT INTO live_state DEFAULT VALUES;
ALTER TABLE live_state ADD CONSTRAINT live_state_one_row CHECK (id = 1);
CREATE INDEX outbox_live ON outbox (seq) WHERE audience IS NOT NULL;
-- What ends by itself, for those who look what has.
CREATE INDEX permissions_ending ON permissions (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX invitations_ending ON invitations (expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL AND accepted_at IS NULL;
CREATE INDEX public_links_ending ON public_links (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX user_quotas_ending ON user_quotas (overrides_end_at) WHERE overrides_end_at IS NOT NULL;

-- Who hears of a change on an open page: principals, as they are when it happens. Whoever acts as one of them hears it, on
-- whichever instance their stream is. Everyone's principal is never among them: nobody hears of what is only unlisted.

-- Writes down what pages are to hear of, in the transaction that does it. The data are ids alone.
CREATE FUNCTION app.tell(name text, data jsonb, audience uuid[]) RETURNS void
  LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO outbox (name, data, audience) SELECT tell.name, tell.data, tell.audience WHERE cardinality(tell.audience) > 0
$$;

-- The principals with one of the wanted permissions on a collection.
CREATE FUNCTION app.collection_audience(collection uuid, wanted integer) RETURNS uuid[]
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT p.principal_id), '{}') FROM permissions p
   WHERE p.collection_id = collection AND p.link_id IS NULL AND NOT p.is_everyone AND app.is_grant_live(p.deleted_at, p.expires_at)
     AND app.allows(p.mask, wanted)
$$;

-- The principals with one of the wanted permissions on a document, in the access mode that it has or had.
CREATE FUNCTION app.document_audience(document uuid, collection uuid, owner uuid, mode text, wanted integer)
  RETURNS uuid[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT heard.id), '{}') FROM (
    SELECT owner AS id WHERE app.allows(app.owner_mask(mode), wanted)
    UNION ALL
    SELECT p.principal_id FROM permissions p
     WHERE p.collection_id = collection AND app.counts_collection_grants(mode, false) AND p.link_id IS NULL AND NOT p.is_everyone
       AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, wanted)
    UNION ALL
    SELECT p.principal_id FROM permissions p
     WHERE p.document_id = document AND app.counts_document_grants(mode, false) AND p.link_id IS NULL AND NOT p.is_everyone
       AND app.is_grant_live(p.deleted_at, p.expires_at) AND app.allows(p.mask, wanted)) heard
$$;

-- The permissions that show who was given what on a resource.
CREATE FUNCTION app.see_grants() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN app.edit_documents() | app.manage_permissions();

-- Tells of a change of access to a collection or a document: those with one of the wanted permissions on it, and the
-- principals whose grant it was, as far as that opened anything to them. In the trash those who manage it; nobody once it
-- is gone, which tells of itself.
CREATE FUNCTION app.tell_access(collection uuid, document uuid, wanted integer, principals uuid[] DEFAULT '{}', name text DEFAULT 'access/changed',
    link uuid DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE doc documents; around collections; is_trashed boolean;
BEGIN
  IF document IS NOT NULL THEN SELECT * INTO doc FROM documents d WHERE d.id = document; END IF;
  SELECT * INTO around FROM collections c WHERE c.id = CASE WHEN document IS NULL THEN collection ELSE doc.collection_id END;
  IF around.id IS NULL THEN RETURN; END IF;
  is_trashed := around.deleted_at IS NOT NULL OR doc.deleted_at IS NOT NULL;
  PERFORM app.tell(name, jsonb_strip_nulls(jsonb_build_object('collectionId', CASE WHEN document IS NULL THEN collection END, 'documentId', document, 'linkId', link)),
    CASE WHEN document IS NULL THEN app.collection_audience(collection, told.mask)
      ELSE app.document_audience(doc.id, doc.collection_id, doc.owner_id, doc.access_mode, told.mask) END
    || CASE WHEN is_trashed OR NOT (document IS NULL OR app.counts_document_grants(doc.access_mode, false)) THEN '{}' ELSE principals END)
    FROM (SELECT CASE WHEN is_trashed THEN app.manage_permissions() ELSE wanted END) told (mask);
END $$;

-- Changes that open pages hear of. Triggers tell them, so that no way of changing something can forget to.

-- A collection: its name, how far it is open, the trash. Its grants tell of themselves. In the trash it is there for those
-- who could bring it back.
CREATE FUNCTION app.tell_collection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_row collections := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM app.tell('collection/changed', jsonb_build_object('collectionId', OLD.id), app.collection_audience(OLD.id,
    CASE WHEN OLD.deleted_at IS NULL OR now_row.deleted_at IS NULL THEN app.view_documents() ELSE app.manage_permissions() END));
  IF (OLD.deleted_at IS NULL) <> (now_row.deleted_at IS NULL) OR (TG_OP = 'DELETE' AND OLD.deleted_at IS NULL) THEN
    -- its documents go and come with it, also for those who have nothing but one of them
    PERFORM app.tell('access/changed', '{}', ARRAY(
      SELECT d.owner_id FROM documents d WHERE d.collection_id = OLD.id AND d.status <> 'pending'
      UNION
      SELECT p.principal_id FROM documents d JOIN permissions p ON p.document_id = d.id
       WHERE d.collection_id = OLD.id AND app.counts_document_grants(d.access_mode, false) AND p.link_id IS NULL AND NOT p.is_everyone
         AND app.is_grant_live(p.deleted_at, p.expires_at)));
  END IF;
  RETURN now_row;
END $$;

-- A document. Where its mode, its owner or its collection changed, or it goes to the trash or comes back, those hear who
-- could see it before, too. What lies in a collection that is in the trash is there for nobody. That it is being read
-- changes nothing around it, and has a name of its own.
CREATE FUNCTION app.tell_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now_row documents := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; audience uuid[];
BEGIN
  IF NOT app.is_collection_live(now_row.collection_id) THEN RETURN now_row; END IF;
  IF OLD.deleted_at IS NOT NULL AND now_row.deleted_at IS NOT NULL THEN
    audience := now_row.owner_id || app.document_audience(OLD.id, now_row.collection_id, now_row.owner_id, now_row.access_mode, app.delete_any_documents());
  ELSE
    audience := app.document_audience(OLD.id, now_row.collection_id, now_row.owner_id, now_row.access_mode, app.view_documents());
    IF (OLD.access_mode, OLD.collection_id, OLD.owner_id) <> (now_row.access_mode, now_row.collection_id, now_row.owner_id) THEN
      PERFORM app.tell('document/changed', jsonb_build_object('documentId', OLD.id, 'collectionId', OLD.collection_id),
        app.document_audience(OLD.id, OLD.collection_id, OLD.owner_id, OLD.access_mode, app.view_documents()));
    END IF;
  END IF;
  PERFORM app.tell(CASE WHEN TG_OP = 'UPDATE' AND OLD.status <> 'pending' AND OLD.version = now_row.version THEN 'document/processed' ELSE 'document/changed' END,
    jsonb_build_object('documentId', OLD.id, 'collectionId', now_row.collection_id), audience);
  RETURN now_row;
END $$;

CREATE TYPE app.told_place AS (collection_id uuid, document_id uuid, is_access boolean, principals uuid[]);

-- Invitations and links: whoever sees the grants, or the links.
CREATE FUNCTION app.tell_invitation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell_access(NEW.collection_id, NEW.document_id, app.see_grants());
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell_access(NEW.collection_id, NEW.document_id, app.manage_permissions(), name => 'link/changed', link => NEW.id);
  RETURN NULL;
END $$;

-- People who act as more or as less than before, because of a group or a workspace: anything may be open to them now, or
-- closed.
CREATE FUNCTION app.tell_principals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('access/changed', '{}', ARRAY(SELECT DISTINCT r.user_id FROM changed_rows r WHERE r.principal_id <> r.user_id));
  RETURN NULL;
END $$;

-- Groups, who and what is in them: everybody of the workspace.
CREATE FUNCTION app.tell_group() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE changed groups := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM app.tell('group/changed', jsonb_build_object('groupId', changed.id), ARRAY[changed.workspace_id]);
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('group/changed', jsonb_build_object('groupId', g.id), ARRAY[g.workspace_id])
    FROM groups g WHERE g.id IN (SELECT r.group_id FROM changed_rows r);
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_nestings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('group/changed', jsonb_build_object('groupId', g.id), ARRAY[g.workspace_id])
    FROM groups g WHERE g.id IN (SELECT r.parent_id FROM changed_rows r UNION SELECT r.child_id FROM changed_rows r);
  RETURN NULL;
END $$;

-- A workspace's own roles.
CREATE FUNCTION app.tell_role() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE changed roles := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM app.tell('role/changed', jsonb_build_object('roleId', changed.id), ARRAY[changed.workspace_id]);
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_workspace() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('workspace/changed', jsonb_build_object('workspaceId', NEW.id), ARRAY[NEW.id]);
  RETURN NULL;
END $$;

-- A person: everybody of the workspaces they come from and to, and themselves.
CREATE FUNCTION app.tell_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END;
BEGIN
  PERFORM app.tell('person/changed', jsonb_build_object('userId', person), CASE TG_OP
    WHEN 'INSERT' THEN ARRAY[NEW.workspace_id] WHEN 'DELETE' THEN ARRAY[OLD.workspace_id, OLD.id]
    ELSE ARRAY[OLD.workspace_id, NEW.workspace_id, NEW.id] END);
  IF TG_OP = 'DELETE' THEN
    PERFORM app.tell('session/changed', '{}', ARRAY[OLD.id]);
  ELSIF TG_OP = 'UPDATE' AND OLD.suspended_at IS DISTINCT FROM NEW.suspended_at THEN
    PERFORM app.tell('session/changed', '{}', ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;

-- An invitation to a workspace: its admins, and whoever has the address.
CREATE FUNCTION app.tell_workspace_invitation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE changed workspace_invitations := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  PERFORM app.tell('offer/changed', jsonb_build_object('workspaceInvitationId', changed.id), ARRAY(
    SELECT u.id FROM users u WHERE u.workspace_id = changed.workspace_id AND u.workspace_role = 'admin'
    UNION SELECT u.id FROM users u WHERE u.email_normalized = changed.email_normalized));
  RETURN NULL;
END $$;

-- What is of a person alone.
CREATE FUNCTION app.tell_quota() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('quota/changed', '{}', ARRAY[NEW.user_id]);
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_notification() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('notification/changed', '{}', ARRAY(SELECT DISTINCT r.user_id FROM changed_rows r WHERE r.is_shown));
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('job/changed', jsonb_build_object('jobId', NEW.id), ARRAY[NEW.user_id]);
  RETURN NULL;
END $$;

-- Sessions and access tokens: streams that were opened with one that ended end, too.
CREATE FUNCTION app.tell_session() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('session/changed', '{}', ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END]);
  RETURN NULL;
END $$;

-- Gives `seq` to events that were committed, in their order, and wakes those who send them on. For the system. Alone with
-- its lock until it has committed, so that whoever has read up to a `seq` has missed nothing before it. What pages hear
-- of is delivered with that; the rest waits for the background functions.
CREATE FUNCTION app.sequence_events(at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE numbered integer; last_live bigint;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system numbers' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('sheaf.sequence'));
  WITH waiting AS MATERIALIZED (
    SELECT o.id FROM outbox o WHERE o.seq IS NULL ORDER BY o.id LIMIT at_most
  ), given AS MATERIALIZED (
    SELECT w.id, nextval('outbox_seq') AS seq FROM waiting w
  ), done AS (
    UPDATE outbox o SET seq = g.seq, delivered_at = CASE WHEN o.audience IS NOT NULL THEN now() END FROM given g WHERE o.id = g.id
    RETURNING o.seq, o.audience IS NOT NULL AS is_live
  )
  SELECT count(*), max(d.seq) FILTER (WHERE d.is_live) INTO numbered, last_live FROM done d;
  IF last_live IS NOT NULL THEN PERFORM pg_notify('sheaf_live', last_live::text); END IF;
  RETURN numbered;
END $$;

-- Tells of what ended by itself since this was last asked: grants, invitations, links, and limits of a person's own. For
-- the system.
CREATE FUNCTION app.tell_expired() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE since timestamptz; until_now timestamptz := statement_timestamp();
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system looks' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  SELECT s.expired_until INTO since FROM live_state s FOR UPDATE;
  IF since >= until_now THEN RETURN; END IF;
  PERFORM app.tell_access(p.collection_id, p.document_id, app.view_documents(),
      CASE WHEN p.is_everyone OR NOT app.allows(p.mask, app.view_documents()) THEN '{}' ELSE ARRAY[p.principal_id] END)
    FROM permissions p WHERE p.expires_at > since AND p.expires_at <= until_now AND p.deleted_at IS NULL AND p.link_id IS NULL;
  PERFORM app.tell_access(i.collection_id, i.document_id, app.see_grants())
    FROM invitations i WHERE i.expires_at > since AND i.expires_at <= until_now AND i.deleted_at IS NULL AND i.accepted_at IS NULL;
  PERFORM app.tell_access(l.collection_id, l.document_id, app.manage_permissions(), name => 'link/changed', link => l.id)
    FROM public_links l WHERE l.expires_at > since AND l.expires_at <= until_now AND l.revoked_at IS NULL;
  PERFORM app.tell('quota/changed', '{}', ARRAY[q.user_id])
    FROM user_quotas q WHERE q.overrides_end_at > since AND q.overrides_end_at <= until_now;
  UPDATE live_state SET expired_until = until_now;
END $$;

-- Forgets what pages heard of longer ago than a stream may be away, and notes up to where. For the system.
CREATE FUNCTION app.forget_told(older_than_seconds integer, at_most integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE forgotten integer; last_seq bigint;
BEGIN
  IF NOT app.is_system() THEN RAISE EXCEPTION 'Only the system forgets' USING ERRCODE = 'SH003', DETAIL = 'system'; END IF;
  WITH old AS MATERIALIZED (
    SELECT o.id FROM outbox o WHERE o.audience IS NOT NULL AND o.seq IS NOT NULL AND o.delivered_at < now() - make_interval(secs => older_than_seconds)
     ORDER BY o.seq LIMIT at_most
  ), gone AS (
    DELETE FROM outbox o USING old WHERE o.id = old.id RETURNING o.seq
  )
  SELECT count(*), max(g.seq) INTO forgotten, last_seq FROM gone g;
  UPDATE live_state s SET forgotten_seq = last_seq WHERE last_seq > s.forgotten_seq;
  RETURN forgotten;
END $$;

-- Up to which event all have a number, and up to which they may be forgotten. For the system.
CREATE FUNCTION app.live_position(OUT last_seq bigint, OUT forgotten_seq bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT greatest(coalesce((SELECT max(o.seq) FROM outbox o), 0), s.forgotten_seq), s.forgotten_seq FROM live_state s WHERE app.is_system()
$$;

-- Which of these people act as these principals, by their places in the list; for the system. One question for all events
-- of a batch and all streams of an instance.
CREATE FUNCTION app.hearers(principals uuid[], people uuid[]) RETURNS TABLE (principal_id uuid, places integer[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT up.principal_id, array_agg(l.place::integer)
    FROM unnest(people) WITH ORDINALITY l (id, place) JOIN user_principals up ON up.user_id = l.id
   WHERE up.principal_id = ANY (principals) AND app.is_system() GROUP BY up.principal_id
$$;

-- Which of these sessions and tokens hold, for the system; looking at them does not count as using them.
CREATE FUNCTION app.held_proofs(session_ids uuid[], token_hashes bytea[]) RETURNS TABLE (session_id uuid, token_hash bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.id, NULL::bytea FROM app.live_sessions l WHERE l.id = ANY (session_ids) AND app.is_system()
  UNION ALL
  SELECT NULL, t.hash FROM app.live_tokens t WHERE t.hash = ANY (token_hashes) AND app.is_system()
$$;

-- --- what pages hear of ---
CREATE TRIGGER tell_collection AFTER UPDATE ON collections FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION app.tell_collection();

-- before, because its grants go with it
CREATE TRIGGER tell_collection_gone BEFORE DELETE ON collections FOR EACH ROW EXECUTE FUNCTION app.tell_collection();

CREATE TRIGGER tell_document AFTER UPDATE ON documents FOR EACH ROW
  WHEN (NEW.status <> 'pending' AND (OLD.status, OLD.name, OLD.access_mode, OLD.collection_id, OLD.owner_id, OLD.deleted_at, OLD.thumbnail_object_id, OLD.version, OLD.progress / 10)
    IS DISTINCT FROM (NEW.status, NEW.name, NEW.access_mode, NEW.collection_id, NEW.owner_id, NEW.deleted_at, NEW.thumbnail_object_id, NEW.version, NEW.progress / 10))
  EXECUTE FUNCTION app.tell_document();

CREATE TRIGGER tell_document_gone BEFORE DELETE ON documents FOR EACH ROW WHEN (OLD.status <> 'pending') EXECUTE FUNCTION app.tell_document();

CREATE TRIGGER tell_invitation AFTER INSERT OR UPDATE OF role_id, expires_at, accepted_at, deleted_at ON invitations
  FOR EACH ROW EXECUTE FUNCTION app.tell_invitation();

CREATE TRIGGER tell_link AFTER INSERT OR UPDATE OF name, role_id, token_hash, password_hash, allow_download, max_uses, expires_at, revoked_at ON public_links
  FOR EACH ROW EXECUTE FUNCTION app.tell_link();

CREATE TRIGGER tell_principals_more AFTER INSERT ON user_principals REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_principals();

CREATE TRIGGER tell_principals_less AFTER DELETE ON user_principals REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_principals();

CREATE TRIGGER tell_group AFTER INSERT OR UPDATE OR DELETE ON groups FOR EACH ROW EXECUTE FUNCTION app.tell_group();

CREATE TRIGGER tell_members_more AFTER INSERT ON group_memberships REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_members();

CREATE TRIGGER tell_members_less AFTER DELETE ON group_memberships REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_members();

CREATE TRIGGER tell_nestings_more AFTER INSERT ON group_nestings REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_nestings();

CREATE TRIGGER tell_nestings_less AFTER DELETE ON group_nestings REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_nestings();

-- those of every workspace are built in
CREATE TRIGGER tell_role AFTER INSERT OR UPDATE ON roles FOR EACH ROW WHEN (NEW.workspace_id IS NOT NULL) EXECUTE FUNCTION app.tell_role();

CREATE TRIGGER tell_workspace AFTER UPDATE OF name ON workspaces FOR EACH ROW EXECUTE FUNCTION app.tell_workspace();

CREATE TRIGGER tell_person AFTER INSERT OR DELETE OR UPDATE OF name, handle, email, language, workspace_id, workspace_role, is_external, is_system_admin, suspended_at
  ON users FOR EACH ROW EXECUTE FUNCTION app.tell_person();

CREATE TRIGGER tell_workspace_invitation AFTER INSERT OR UPDATE OR DELETE ON workspace_invitations FOR EACH ROW EXECUTE FUNCTION app.tell_workspace_invitation();

CREATE TRIGGER tell_quota AFTER UPDATE ON user_quotas FOR EACH ROW
  WHEN ((OLD.tier_name, OLD.collections_used, OLD.documents_used, OLD.storage_bytes_used, OLD.pdf_jobs_used, OLD.pdf_jobs_day, OLD.collections_override, OLD.documents_override,
      OLD.storage_bytes_override, OLD.pdf_jobs_per_day_override, OLD.collaborators_override, OLD.overrides_end_at)
    IS DISTINCT FROM (NEW.tier_name, NEW.collections_used, NEW.documents_used, NEW.storage_bytes_used, NEW.pdf_jobs_used, NEW.pdf_jobs_day, NEW.collections_override,
      NEW.documents_override, NEW.storage_bytes_override, NEW.pdf_jobs_per_day_override, NEW.collaborators_override, NEW.overrides_end_at))
  EXECUTE FUNCTION app.tell_quota();

CREATE TRIGGER tell_job AFTER INSERT OR UPDATE OF status ON pdf_jobs FOR EACH ROW EXECUTE FUNCTION app.tell_job();

CREATE TRIGGER tell_notification_more AFTER INSERT ON notifications REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_notification();

CREATE TRIGGER tell_notification_changed AFTER UPDATE ON notifications REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_notification();

CREATE TRIGGER tell_session AFTER INSERT OR DELETE OR UPDATE OF revoked_at ON sessions FOR EACH ROW EXECUTE FUNCTION app.tell_session();

CREATE TRIGGER tell_token AFTER INSERT OR UPDATE OF revoked_at ON tokens FOR EACH ROW WHEN (NEW.kind = 'access') EXECUTE FUNCTION app.tell_session();

-- Grants: whoever may view the resource, and whom they are for, before and after. That somebody opened it for the first
-- time shows to those who see the grants. Links tell of themselves.
CREATE FUNCTION app.tell_grants() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE few CONSTANT integer := 50; places app.told_place[]; place app.told_place;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    places := ARRAY(
      SELECT (n.collection_id, n.document_id, bool_or(c.is_access), array_agg(DISTINCT n.principal_id) FILTER (WHERE c.is_access AND NOT n.is_everyone
               AND app.allows(n.mask | o.mask, app.view_documents())))::app.told_place
        FROM new_rows n JOIN old_rows o ON o.id = n.id CROSS JOIN LATERAL (
          SELECT (n.role_id, n.mask, n.expires_at, n.deleted_at) IS DISTINCT FROM (o.role_id, o.mask, o.expires_at, o.deleted_at)) c (is_access)
       WHERE n.link_id IS NULL AND (c.is_access OR n.opened_at IS DISTINCT FROM o.opened_at) GROUP BY n.collection_id, n.document_id);
  ELSE
    places := ARRAY(
      SELECT (r.collection_id, r.document_id, true, array_agg(DISTINCT r.principal_id) FILTER (WHERE NOT r.is_everyone AND app.allows(r.mask, app.view_documents())))::app.told_place
        FROM changed_rows r WHERE r.link_id IS NULL AND r.deleted_at IS NULL GROUP BY r.collection_id, r.document_id);
  END IF;
  IF cardinality(places) > few THEN
    -- a role that is in use everywhere, say: each of its people looks at everything again
    PERFORM app.tell('access/changed', '{}', ARRAY(SELECT DISTINCT unnest(p.principals) FROM unnest(places) p));
  ELSE
    FOREACH place IN ARRAY places LOOP
      PERFORM app.tell_access(place.collection_id, place.document_id, CASE WHEN place.is_access THEN app.view_documents() ELSE app.see_grants() END,
        coalesce(place.principals, '{}'));
    END LOOP;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER tell_grants_given AFTER INSERT ON permissions REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_grants();

CREATE TRIGGER tell_grants_changed AFTER UPDATE ON permissions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION app.tell_grants();

CREATE TRIGGER tell_grants_gone AFTER DELETE ON permissions REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tell_grants();

CREATE POLICY owner_all ON live_state FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

ALTER TABLE live_state ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.collection_audience(uuid,integer),
  app.document_audience(uuid,uuid,uuid,text,integer),
  app.forget_told(integer,integer),
  app.hearers(uuid[],uuid[]),
  app.held_proofs(uuid[],bytea[]),
  app.live_position(),
  app.see_grants(),
  app.sequence_events(integer),
  app.tell(text,jsonb,uuid[]),
  app.tell_access(uuid,uuid,integer,uuid[],text,uuid),
  app.tell_collection(),
  app.tell_document(),
  app.tell_expired(),
  app.tell_grants(),
  app.tell_group(),
  app.tell_invitation(),
  app.tell_job(),
  app.tell_link(),
  app.tell_members(),
  app.tell_nestings(),
  app.tell_notification(),
  app.tell_person(),
  app.tell_principals(),
  app.tell_quota(),
  app.tell_role(),
  app.tell_session(),
  app.tell_workspace(),
  app.tell_workspace_invitation()
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.forget_told(integer,integer),
  app.hearers(uuid[],uuid[]),
  app.held_proofs(uuid[],bytea[]),
  app.live_position(),
  app.sequence_events(integer),
  app.tell_expired()
  TO sheaf_app;

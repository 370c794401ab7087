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
       WHERE n.link_id IS NULL AND (c.is_access OR n.opened_at IS DISTINCT FROM o.opened_at OR n.letter_at IS DISTINCT FROM o.letter_at) GROUP BY n.collection_id, n.document_id);
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
  -- of visits there are many, and admins look at the list of all links seldom
  IF TG_OP = 'INSERT' OR NEW.last_accessed_at IS NOT DISTINCT FROM OLD.last_accessed_at THEN PERFORM app.tell_link_to_admins(NEW.id, NEW.workspace_id); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION app.tell_link_to_admins(link uuid, workspace uuid) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT app.tell('link/changed', jsonb_build_object('workspaceId', workspace, 'linkId', link),
    ARRAY(SELECT u.id FROM users u WHERE u.workspace_id = workspace AND u.workspace_role = 'admin'))
$$;

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

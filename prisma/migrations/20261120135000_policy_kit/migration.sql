-- Policies that tables still to come take in one line, and the audit log under the same ones.
--   CALL app.protect_remarks('threads', '{title,edited_at}')      what people say about a document
--   CALL app.protect_versions('branches', '{name}')               what is another form of a document
--   CALL app.protect_log('decisions')                             what is written by the system and never changed
-- A table's own rule on top (who sees internal threads, say) is a policy AS RESTRICTIVE of its own.

-- The actor's mask on a document that is there, in a collection that is there; 0 for what lies in the trash.
CREATE FUNCTION app.live_rights(document uuid) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN coalesce((SELECT app.document_mask(d.id, d.collection_id, d.owner_id, d.access_mode)
    FROM documents d JOIN collections c ON c.id = d.collection_id
   WHERE d.id = document AND d.deleted_at IS NULL AND d.status <> 'pending' AND c.deleted_at IS NULL), 0);

-- Rows of a log stay as they were written, whoever asks. They go only with what they belong to, by its foreign key.
CREATE FUNCTION app.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'Entries of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE PROCEDURE app.protect(child regclass) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY owner_all ON %s TO sheaf_owner USING (true) WITH CHECK (true)', child);
END $$;

-- Whose row it is, as a condition. Visitors have no row in users: a table they may write has a second column, with the
-- link they came by, and each row exactly one of the two.
CREATE FUNCTION app.authored(author text, author_link text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN author_link IS NULL THEN format('%I = (SELECT app.live_actor_id())', author)
    ELSE format('num_nonnulls(%1$I, %2$I) = 1 AND coalesce(%1$I, %2$I) = (SELECT app.live_actor_id())', author, author_link) END;

-- Threads, comments, annotations, suggestions: rows with document_id and an author.
--   select  whoever may view the document              insert  by oneself, with the right `needed` (add_comments)
--   update  the author, while they have that right     delete  the author with delete_own_comments, or delete_any_comments
-- `editable` are the columns that may be updated: never document or author.
CREATE PROCEDURE app.protect_remarks(child regclass, editable text[], needed integer DEFAULT 32, author text DEFAULT 'author_id', author_link text DEFAULT NULL)
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE mine text := app.authored(author, author_link); name text := (SELECT relname FROM pg_class WHERE oid = child);
BEGIN
  CALL app.protect(child);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id))', name || '_read', child);
  EXECUTE format('CREATE POLICY %I ON %s FOR INSERT TO sheaf_app WITH CHECK ((SELECT app.is_system()) OR (%s AND app.live_rights(document_id) & %s <> 0))',
    name || '_add', child, mine, needed);
  EXECUTE format('CREATE POLICY %I ON %s FOR UPDATE TO sheaf_app USING ((SELECT app.is_system()) OR (%s AND app.live_rights(document_id) & %s <> 0))',
    name || '_change', child, mine, needed);
  EXECUTE format('CREATE POLICY %I ON %s FOR DELETE TO sheaf_app
      USING ((SELECT app.is_system()) OR app.live_rights(document_id) & 128 <> 0 OR (%s AND app.live_rights(document_id) & 64 <> 0))',
    name || '_remove', child, mine);
  EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (%s) ON %s TO sheaf_app', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(editable) c), child);
END $$;

-- Branches: rows with document_id and an author, under the rights of the document itself.
--   select  view_documents             insert  by oneself, with create_documents or edit_documents
--   update  edit_documents             delete  delete_any_documents, or the author with delete_own_documents
CREATE PROCEDURE app.protect_versions(child regclass, editable text[], author text DEFAULT 'author_id')
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE name text := (SELECT relname FROM pg_class WHERE oid = child);
BEGIN
  CALL app.protect(child);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id))', name || '_read', child);
  EXECUTE format('CREATE POLICY %I ON %s FOR INSERT TO sheaf_app WITH CHECK ((SELECT app.is_system()) OR (%s AND app.live_rights(document_id) & 6 <> 0))',
    name || '_add', child, app.authored(author, NULL));
  EXECUTE format('CREATE POLICY %I ON %s FOR UPDATE TO sheaf_app USING ((SELECT app.is_system()) OR app.live_rights(document_id) & 4 <> 0)', name || '_change', child);
  EXECUTE format('CREATE POLICY %I ON %s FOR DELETE TO sheaf_app USING ((SELECT app.is_system()) OR app.can_delete(app.live_rights(document_id), %I))',
    name || '_remove', child, author);
  EXECUTE format('GRANT SELECT, INSERT, DELETE, UPDATE (%s) ON %s TO sheaf_app', (SELECT string_agg(quote_ident(c), ', ') FROM unnest(editable) c), child);
END $$;

-- The decision log: rows with collection_id (or document_id).
--   select  whoever may view that      insert  the system, and functions of the owner      update, delete  nobody
CREATE PROCEDURE app.protect_log(child regclass, place text DEFAULT 'collection_id')
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE name text := (SELECT relname FROM pg_class WHERE oid = child);
BEGIN
  CALL app.protect(child);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO sheaf_app USING (EXISTS (SELECT FROM %I r WHERE r.id = %I))',
    name || '_read', child, CASE place WHEN 'document_id' THEN 'documents' ELSE 'collections' END, place);
  EXECUTE format('CREATE POLICY %I ON %s FOR INSERT TO sheaf_app WITH CHECK (app.is_system())', name || '_add', child);
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION app.append_only()', child);
  EXECUTE format('CREATE TRIGGER append_only_all BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION app.append_only()', child);
  EXECUTE format('GRANT SELECT, INSERT ON %s TO sheaf_app', child);
END $$;

-- --- audit ------------------------------------------------------------------------------------------------------
-- Writes entries in the name of the actor that the context says; the system also in another's, whom it just proved (at
-- sign-in, by a mailed link). A person's entries belong to their workspace, a visitor's to that of what the link opens.
CREATE FUNCTION app.record_audit(entries jsonb, kind text, actor uuid, from_ip text, request text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place uuid; address text;
BEGIN
  IF NOT app.is_system() AND (kind IS DISTINCT FROM nullif(current_setting('app.actor_kind', true), '')
      OR actor IS DISTINCT FROM CASE WHEN kind IN ('user', 'visitor') THEN app.actor_id() END) THEN
    RAISE EXCEPTION 'In the name of another' USING ERRCODE = '42501';
  END IF;
  IF kind = 'user' THEN
    SELECT u.workspace_id, u.email INTO place, address FROM users u WHERE u.id = actor;
  ELSIF kind = 'visitor' THEN
    SELECT c.workspace_id INTO place FROM public_links l LEFT JOIN documents d ON d.id = l.document_id
      JOIN collections c ON c.id = coalesce(l.collection_id, d.collection_id) WHERE l.id = actor;
  END IF;
  INSERT INTO audit_events (workspace_id, action, actor_kind, actor_id, actor_email, subject_type, subject_id, subject_email,
      resource_type, resource_id, resource_name, metadata, ip, request_id)
    SELECT place, e.action, kind, actor, address, e.subject->>'type', (e.subject->>'id')::uuid, e.subject->>'email',
           e.resource->>'type', (e.resource->>'id')::uuid, e.resource->>'name', coalesce(e.metadata, '{}'), from_ip, request
      FROM jsonb_to_recordset(entries) e (action text, subject jsonb, resource jsonb, metadata jsonb);
END $$;

DROP POLICY audit_add ON audit_events;
CREATE POLICY audit_add ON audit_events FOR INSERT TO sheaf_app WITH CHECK (app.is_system());
-- Of a collection and of a document, whoever manages its permissions.
DROP POLICY audit_read ON audit_events;
CREATE POLICY audit_read ON audit_events FOR SELECT TO sheaf_app
  USING ((resource_type = 'collection' AND EXISTS (SELECT FROM app.my_collection_grants g WHERE g.collection_id = resource_id AND g.mask & 512 <> 0))
    OR (resource_type = 'document' AND app.rights(NULL, resource_id) & 512 <> 0)
    OR (SELECT app.is_system()));
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION app.append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION app.append_only();

-- Who is suspended has no jobs to look at either.
DROP POLICY jobs_read ON pdf_jobs;
CREATE POLICY jobs_read ON pdf_jobs FOR SELECT TO sheaf_app USING (user_id = (SELECT app.live_actor_id()) OR (SELECT app.is_system()));

REVOKE ALL ON FUNCTION app.live_rights, app.append_only, app.authored, app.record_audit FROM PUBLIC;
REVOKE ALL ON PROCEDURE app.protect, app.protect_remarks, app.protect_versions, app.protect_log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.live_rights, app.record_audit TO sheaf_app;

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

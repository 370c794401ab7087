-- How many documents a person's list keeps: twice what it shows, so that it stays filled when some can't be seen any
-- more.
CREATE FUNCTION app.kept_recent() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 48;

-- Puts a document first in a person's list, and drops what is too old for it. Visitors of links have no list.
CREATE FUNCTION app.put_recent(person uuid, document uuid) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH put AS (
    INSERT INTO recent_documents AS r SELECT u.id, document, statement_timestamp() FROM users u WHERE u.id = person
    ON CONFLICT (user_id, document_id) DO UPDATE SET used_at = greatest(r.used_at, excluded.used_at)
  )
  DELETE FROM recent_documents r USING (
    SELECT o.document_id FROM recent_documents o WHERE o.user_id = person AND o.document_id <> document
     ORDER BY o.used_at DESC OFFSET app.kept_recent() - 1) old
   WHERE r.user_id = person AND r.document_id = old.document_id
$$;

-- Notes that the actor opened a document; false, and nothing is kept, when there is none that they may view.
CREATE FUNCTION app.record_opening(document uuid) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT app.allows(app.live_rights(document), app.view_documents()) THEN RETURN false; END IF;
  PERFORM app.put_recent(app.live_actor_id(), document);
  RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION app.record_opening TO sheaf_app;

-- Puts an uploaded document into its owner's list, and a changed one into the actor's. Processing changes no version, and
-- so no list; putting things elsewhere is no work on them.
CREATE FUNCTION app.note_recent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.put_recent(CASE WHEN OLD.status = 'pending' THEN NEW.owner_id ELSE app.live_actor_id() END, NEW.id);
  RETURN NULL;
END $$;

-- The documents that the actor used last, as far as they may still view them.
CREATE FUNCTION app.list_recent_documents(at_most integer)
  RETURNS TABLE (id uuid, collection_id uuid, name text, content_type text, size_bytes bigint, status text, problem text, progress integer,
    page_count integer, has_thumbnail boolean, access_mode text, owner_id uuid, owner_name text, mask integer, version integer,
    created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, used_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  ids uuid[];
BEGIN
  PERFORM app.demand_actor();
  ids := ARRAY(SELECT r.document_id FROM recent_documents r JOIN documents d ON d.id = r.document_id JOIN collections c ON c.id = d.collection_id
    WHERE r.user_id = me AND app.is_document_live(d.deleted_at, d.status) AND c.deleted_at IS NULL);
  RETURN QUERY SELECT d.*, r.used_at FROM app.document_cards(ids) d JOIN recent_documents r ON r.user_id = me AND r.document_id = d.id
    ORDER BY r.used_at DESC, d.id DESC LIMIT at_most;
END $$;
GRANT EXECUTE ON FUNCTION app.list_recent_documents TO sheaf_app;

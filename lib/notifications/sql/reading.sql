-- A notification as its reader sees it.
CREATE TYPE app.notification_card AS (id uuid, kind text, "position" uuid, count integer, facts jsonb, actor_id uuid, actor_name text,
  collection_id uuid, collection_name text, document_id uuid, document_name text, happened_at timestamptz, is_read boolean);

-- Whether the person who acts may still read a notification: they hold what it needs on what it is about, and that is not in
-- the trash.
CREATE FUNCTION app.is_notification_open(collection uuid, document uuid, needs integer) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN document IS NOT NULL THEN app.covers(app.live_rights(document), needs)
    WHEN collection IS NOT NULL THEN app.covers(app.collection_mask(collection), needs) AND app.is_collection_live(collection)
    ELSE true END
$$;

-- These notifications of the person who acts, in the order of the list. What they may not read any more is left out by the
-- caller.
CREATE FUNCTION app.notification_cards(ids uuid[]) RETURNS SETOF app.notification_card
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT n.id, n.kind, n.position, n.count, n.facts, a.id, a.name, c.id, c.name, d.id, d.name, n.updated_at, n.read_at IS NOT NULL
    FROM notifications n LEFT JOIN documents d ON d.id = n.document_id
    LEFT JOIN collections c ON c.id = n.collection_id
    LEFT JOIN users a ON a.id = n.actor_id
   WHERE n.id = ANY (ids) AND n.user_id = app.live_actor_id() ORDER BY n.position DESC
$$;

-- A page of the notifications of the person who acts, the newest first; of some kinds alone where any are given.
CREATE FUNCTION app.list_notifications(only_unread boolean, kinds text[], before uuid, at_most integer) RETURNS SETOF app.notification_card
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE me uuid := app.live_actor_id();
BEGIN
  PERFORM app.demand_actor();
  RETURN QUERY SELECT * FROM app.notification_cards(ARRAY(
    SELECT n.id FROM notifications n
     WHERE n.user_id = me AND n.position < before AND n.is_shown AND (NOT only_unread OR n.read_at IS NULL)
       AND (kinds IS NULL OR n.kind = ANY (kinds)) AND app.is_notification_open(n.collection_id, n.document_id, n.needs)
     ORDER BY n.position DESC LIMIT at_most));
END $$;
GRANT EXECUTE ON FUNCTION app.list_notifications TO sheaf_app;

-- How many of their notifications the person who acts has not read, counted up to a bound; and the time zone that was noted
-- for them.
CREATE FUNCTION app.count_notifications(at_most integer, OUT unread integer, OUT time_zone text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE me uuid := app.live_actor_id();
BEGIN
  unread := (SELECT count(*) FROM (SELECT FROM notifications n
    WHERE n.user_id = me AND n.is_shown AND n.read_at IS NULL AND app.is_notification_open(n.collection_id, n.document_id, n.needs) LIMIT at_most) found);
  time_zone := (SELECT s.time_zone FROM notification_settings s WHERE s.user_id = me);
END $$;
GRANT EXECUTE ON FUNCTION app.count_notifications TO sheaf_app;

-- Marks notifications of the person who acts as read, these or all, and returns how many were not. What was read is not
-- mailed any more.
CREATE FUNCTION app.read_notifications(ids uuid[]) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.live_actor_id(); total integer;
BEGIN
  PERFORM app.demand_actor();
  WITH unread AS (
    -- in one order, as notify takes them
    SELECT n.id FROM notifications n WHERE n.user_id = me AND n.read_at IS NULL AND n.is_shown AND (ids IS NULL OR n.id = ANY (ids)) ORDER BY n.id FOR UPDATE
  )
  UPDATE notifications n SET read_at = now(), mail_at = NULL FROM unread WHERE n.id = unread.id;
  GET DIAGNOSTICS total = ROW_COUNT;
  IF total > 0 THEN PERFORM app.tell('notification/changed', '{}', ARRAY[me]); END IF;
  RETURN total;
END $$;
GRANT EXECUTE ON FUNCTION app.read_notifications TO sheaf_app;

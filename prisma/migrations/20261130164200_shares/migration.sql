-- CreateTable
CREATE TABLE "hidden_shares" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "user_id" UUID NOT NULL,
    "collection_id" UUID,
    "document_id" UUID,
    "hidden_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hidden_shares_pkey" PRIMARY KEY ("id"),
    CONSTRAINT hidden_shares_one CHECK (num_nonnulls(collection_id, document_id) = 1)
);

-- CreateIndex
CREATE INDEX "hidden_shares_collection_id_idx" ON "hidden_shares"("collection_id");

-- CreateIndex
CREATE INDEX "hidden_shares_document_id_idx" ON "hidden_shares"("document_id");

-- CreateIndex
CREATE UNIQUE INDEX "hidden_shares_user_id_collection_id_key" ON "hidden_shares"("user_id", "collection_id");

-- CreateIndex
CREATE UNIQUE INDEX "hidden_shares_user_id_document_id_key" ON "hidden_shares"("user_id", "document_id");

-- AddForeignKey
ALTER TABLE "hidden_shares" ADD CONSTRAINT "hidden_shares_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hidden_shares" ADD CONSTRAINT "hidden_shares_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "collections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hidden_shares" ADD CONSTRAINT "hidden_shares_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What others gave the actor: collections and documents, each once, by what was given last. Given to them, to a group of
-- theirs, nested ones too, or to their workspace; what everyone may open is unlisted. Costs what was given, however many
-- documents lie in it. `mask` is what those grants give together; guests read no group's name.
CREATE FUNCTION app.my_shares()
  RETURNS TABLE (type text, id uuid, name text, collection_name text, content_type text, has_thumbnail boolean, mask integer, role_name text,
    shared_at timestamptz, giver_id uuid, giver_name text, through text, group_name text, ways integer, is_hidden boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me uuid := app.live_actor_id();
  mine uuid[] := ARRAY(SELECT m.principal_id FROM app.my_principals m WHERE m.principal_id <> '00000000-0000-0000-0000-000000000001');
  is_guest boolean := coalesce((SELECT u.is_external FROM users u WHERE u.id = me), true);
BEGIN
  PERFORM app.demand_actor();
  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT p.collection_id, p.document_id, bit_or(p.mask) AS mask, max(p.granted_at) AS shared_at, count(*)::integer AS ways,
           (array_agg(p.id ORDER BY p.granted_at DESC, p.id DESC))[1] AS newest
      FROM permissions p WHERE p.principal_id = ANY (mine) AND app.is_grant_live(p.deleted_at, p.expires_at)
     GROUP BY p.collection_id, p.document_id
  )
  SELECT CASE WHEN g.document_id IS NULL THEN 'collection' ELSE 'document' END, coalesce(d.id, c.id), coalesce(d.name, c.name),
         -- the collection around a document is named to those who may open it
         CASE WHEN d.id IS NOT NULL AND EXISTS (SELECT FROM given around WHERE around.collection_id = c.id AND app.allows(around.mask, app.view_documents())) THEN c.name END,
         d.content_type, d.thumbnail_object_id IS NOT NULL, g.mask, CASE WHEN r.workspace_id IS NOT NULL THEN r.name END,
         g.shared_at, giver.id, giver.name,
         CASE WHEN p.user_id IS NOT NULL THEN 'person' WHEN p.group_id IS NOT NULL THEN 'group' ELSE 'workspace' END,
         CASE WHEN NOT is_guest THEN named.name END, g.ways, coalesce(h.hidden_at >= g.shared_at, false)
    FROM given g JOIN permissions p ON p.id = g.newest JOIN roles r ON r.id = p.role_id
    LEFT JOIN documents d ON d.id = g.document_id
    JOIN collections c ON c.id = coalesce(d.collection_id, g.collection_id)
    LEFT JOIN groups named ON named.id = p.group_id
    LEFT JOIN hidden_shares h ON h.user_id = me AND (h.document_id = d.id OR (d.id IS NULL AND h.collection_id = c.id))
    LEFT JOIN users giver ON giver.id = coalesce(nullif(p.granted_by_id, me), c.owner_id)
   WHERE app.allows(g.mask, app.view_documents()) AND c.deleted_at IS NULL
     AND CASE WHEN g.document_id IS NULL THEN c.owner_id <> me
       ELSE d.owner_id <> me AND app.is_document_live(d.deleted_at, d.status) AND app.counts_document_grants(d.access_mode, false) END;
END $$;

-- A page of what others gave the actor, in one of three orders, after a place in it: of one type, by one person, with a role
-- that has one mask and not the next, hidden or not.
CREATE FUNCTION app.list_shares(wanted_type text, giver uuid, has_mask integer, lacks_mask integer, hidden boolean, sorting text, after_key text,
    after_id uuid, at_most integer)
  RETURNS TABLE (type text, id uuid, name text, collection_name text, content_type text, has_thumbnail boolean, mask integer, role_name text,
    shared_at timestamptz, giver_id uuid, giver_name text, through text, group_name text, ways integer, is_hidden boolean, sort_key text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.*, CASE sorting WHEN 'name' THEN left(app.folded(s.name), 100) ELSE app.iso(s.shared_at) END FROM app.my_shares() s
   WHERE s.is_hidden = hidden AND (wanted_type IS NULL OR s.type = wanted_type) AND (giver IS NULL OR s.giver_id = giver)
     AND app.covers(s.mask, has_mask) AND (lacks_mask = 0 OR NOT app.covers(s.mask, lacks_mask))
     AND CASE WHEN after_id IS NULL THEN true WHEN sorting = 'name' THEN (left(app.folded(s.name), 100), s.id) > (after_key, after_id)
       WHEN sorting = 'oldest' THEN (app.iso(s.shared_at), s.id) > (after_key, after_id)
       ELSE (app.iso(s.shared_at), s.id) < (after_key, after_id) END
   ORDER BY CASE WHEN sorting = 'name' THEN left(app.folded(s.name), 100) END,
     CASE WHEN sorting = 'oldest' THEN s.shared_at END, CASE WHEN sorting = 'newest' THEN s.shared_at END DESC,
     CASE WHEN sorting <> 'newest' THEN s.id END, s.id DESC LIMIT at_most
$$;

-- The people who gave the actor something that is listed, by name.
CREATE FUNCTION app.share_givers(at_most integer) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.giver_id, s.giver_name FROM app.my_shares() s WHERE s.giver_id IS NOT NULL
   GROUP BY s.giver_id, s.giver_name ORDER BY app.folded(s.giver_name), s.giver_id LIMIT at_most
$$;

-- Takes what somebody gave the actor out of their list, or back into it. Nothing else changes by it: their access stays, and
-- what is given to them anew is listed again. What is not given to them is not there.
CREATE FUNCTION app.hide_share(wanted_type text, resource uuid, hidden boolean) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE me uuid := app.live_actor_id();
BEGIN
  IF NOT EXISTS (SELECT FROM app.my_shares() s WHERE s.type = wanted_type AND s.id = resource) THEN
    RAISE EXCEPTION 'Not shared' USING ERRCODE = 'SH002', DETAIL = 'share';
  END IF;
  IF NOT hidden THEN
    DELETE FROM hidden_shares h WHERE h.user_id = me AND resource IN (h.collection_id, h.document_id);
  ELSIF wanted_type = 'collection' THEN
    INSERT INTO hidden_shares (user_id, collection_id) VALUES (me, resource) ON CONFLICT (user_id, collection_id) DO UPDATE SET hidden_at = now();
  ELSE
    INSERT INTO hidden_shares (user_id, document_id) VALUES (me, resource) ON CONFLICT (user_id, document_id) DO UPDATE SET hidden_at = now();
  END IF;
END $$;

-- Tells a person's other pages what they hid.
CREATE FUNCTION app.tell_hidden_share() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM app.tell('share/changed', '{}', ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END]);
  RETURN NULL;
END $$;

CREATE TRIGGER tell_hidden_share AFTER INSERT OR UPDATE OR DELETE ON hidden_shares FOR EACH ROW EXECUTE FUNCTION app.tell_hidden_share();

CREATE POLICY owner_all ON hidden_shares FOR ALL TO sheaf_owner
  USING (true)
  WITH CHECK (true);

ALTER TABLE hidden_shares ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

REVOKE ALL ON ROUTINE 
  app.hide_share(text,uuid,boolean),
  app.list_shares(text,uuid,integer,integer,boolean,text,text,uuid,integer),
  app.my_shares(),
  app.share_givers(integer),
  app.tell_hidden_share()
  FROM PUBLIC;
GRANT EXECUTE ON ROUTINE 
  app.hide_share(text,uuid,boolean),
  app.list_shares(text,uuid,integer,integer,boolean,text,text,uuid,integer),
  app.share_givers(integer)
  TO sheaf_app;

CREATE OR REPLACE FUNCTION app.collection_mask(collection uuid) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_system() THEN 8191
    ELSE coalesce((SELECT bit_or(mask) FROM app.my_collection_grants g WHERE g.collection_id = collection), 0) END;
CREATE OR REPLACE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN CASE WHEN app.is_system() THEN 8191 ELSE
      CASE WHEN owner = app.actor_id() THEN
        CASE WHEN app.live_actor_id() IS NULL THEN 0 WHEN mode = 'private' THEN 13 ELSE 9 END ELSE 0 END
    | CASE WHEN mode IN ('collection', 'link') THEN app.collection_mask(collection) ELSE 0 END
    | CASE WHEN mode <> 'private' THEN coalesce((SELECT bit_or(mask) FROM app.my_document_grants g WHERE g.document_id = document), 0) ELSE 0 END
  END;
DROP FUNCTION app.my_principal_ids;

-- The same masks in fewer steps: the actor's principals are read once for a document, not once for each kind of grant, and
-- procedures keep their plans where nested functions began each look anew (47 to 29 µs).

-- Whom the actor acts as: what my_collection_grants and my_document_grants ask for. Nobody for a link that opens nothing.
CREATE FUNCTION app.my_principal_ids() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN ARRAY(SELECT up.principal_id FROM user_principals up
    WHERE up.user_id = app.actor_id() AND (NOT app.is_visitor() OR app.is_link_open(up.user_id)));

CREATE OR REPLACE FUNCTION app.collection_mask(collection uuid) RETURNS integer
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF app.is_system() THEN RETURN 8191; END IF;
  RETURN coalesce((SELECT bit_or(g.mask) FROM app.my_collection_grants g WHERE g.collection_id = collection), 0);
END $$;

CREATE OR REPLACE FUNCTION app.document_mask(document uuid, collection uuid, owner uuid, mode text) RETURNS integer
  LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  given integer := 0;
  mine uuid[];
BEGIN
  IF app.is_system() THEN RETURN 8191; END IF;
  mine := app.my_principal_ids();
  -- who is suspended acts as nobody, not as themselves either
  IF owner = app.actor_id() AND owner = ANY (mine) THEN given := CASE WHEN mode = 'private' THEN 13 ELSE 9 END; END IF;
  IF mode IN ('collection', 'link') THEN
    given := given | coalesce((SELECT bit_or(p.mask) FROM permissions p WHERE p.collection_id = collection AND p.principal_id = ANY (mine)
      AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())), 0);
  END IF;
  IF mode <> 'private' THEN
    given := given | coalesce((SELECT bit_or(p.mask) FROM permissions p WHERE p.document_id = document AND p.principal_id = ANY (mine)
      AND p.deleted_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > statement_timestamp())), 0);
  END IF;
  RETURN given;
END $$;
REVOKE ALL ON FUNCTION app.my_principal_ids FROM PUBLIC;

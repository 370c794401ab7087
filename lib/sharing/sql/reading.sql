-- A grant or invitation as those see it who may edit or share what it is on.
CREATE TYPE app.listed_grant AS (id uuid, subject text, email text, name text, user_id uuid, group_id uuid,
  member_count integer, role_id uuid, role text, mask integer, is_pending boolean, is_owner boolean,
  granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz, is_external boolean, letter_at timestamptz, message text);

-- The grants and invitations of a resource itself, for those who edit or manage it. Whom the reader must not know of is
-- shown by the address that was given.
CREATE FUNCTION app.list_grants(collection uuid, document uuid) RETURNS SETOF app.listed_grant
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH resource AS (
    SELECT x.*, x.workspace_id = app.actor_workspace() AS is_own_workspace, CASE WHEN document IS NULL THEN x.collection_id END AS own_collection_id
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
           coalesce(u.id = resource.collection_owner_id AND p.document_id IS NULL, false), giver.id, giver.name, p.granted_at, p.expires_at,
           -- told to people of that workspace alone: others do not see who is in it
           coalesce(known.yes AND resource.is_own_workspace AND (u.workspace_id <> resource.workspace_id OR u.is_external), false),
           letter.sent_at, letter.words
      FROM resource CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
      LEFT JOIN LATERAL app.known_person(p.granted_by_id, resource.collection_id, resource.document_id) giver ON true,
      LATERAL (SELECT u.id IS NOT NULL AND app.is_known(u.id, resource.collection_id, resource.document_id)) known (yes),
      -- of whom is waited for, to those who wait
      LATERAL (SELECT CASE WHEN is_awaited THEN p.letter_at END, CASE WHEN is_awaited THEN p.message END
        FROM (SELECT u.id IS NOT NULL AND NOT known.yes AND app.allows(resource.rights, app.manage_permissions())) a (is_awaited)) letter (sent_at, words)
     WHERE (u.id IS NOT NULL OR t.id IS NOT NULL) AND app.is_grant_live(p.deleted_at, p.expires_at)
    UNION ALL
    SELECT i.id, 'user', i.email, NULL, NULL, NULL, NULL, r.id, r.name, r.mask, true, false, giver.id, giver.name, i.created_at, i.expires_at, false,
           CASE WHEN app.allows(resource.rights, app.manage_permissions()) THEN i.letter_at END,
           CASE WHEN app.allows(resource.rights, app.manage_permissions()) THEN i.message END
      FROM resource CROSS JOIN waiting i JOIN roles r ON r.id = i.role_id
      LEFT JOIN LATERAL app.known_person(i.invited_by_id, resource.collection_id, resource.document_id) giver ON true
     WHERE app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at)
  ) grants (id, subject, email, name, user_id, group_id, member_count, role_id, role, mask, is_pending, is_owner, granter_id, granter_name,
    granted_at, expires_at, is_external, letter_at, message)
  ORDER BY NOT is_owner, granted_at, id
$$;
GRANT EXECUTE ON FUNCTION app.list_grants TO sheaf_app;

-- The grants that reach a person, or everybody, on a resource and its collection, ended ones too: the facts from which
-- access is explained.
CREATE FUNCTION app.access_grants(collection uuid, document uuid, person uuid)
  RETURNS TABLE (id uuid, resource text, subject text, principal text, subject_name text, role_id uuid, role text,
    mask integer, granter_id uuid, granter_name text, granted_at timestamptz, expires_at timestamptz, is_expired boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH resource AS (
    SELECT x.collection_id, x.document_id FROM app.find_resource(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM resource JOIN permissions p ON p.collection_id = resource.collection_id WHERE p.deleted_at IS NULL AND p.link_id IS NULL
    UNION ALL SELECT p.* FROM resource JOIN permissions p ON p.document_id = resource.document_id WHERE p.deleted_at IS NULL AND p.link_id IS NULL
  ), waiting AS (
    SELECT i.* FROM resource JOIN invitations i ON i.collection_id = resource.collection_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
    UNION ALL SELECT i.* FROM resource JOIN invitations i ON i.document_id = resource.document_id
     WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL AND person IS NULL
  )
  SELECT p.id, CASE WHEN p.document_id IS NULL THEN 'collection' ELSE 'document' END,
         CASE WHEN p.user_id IS NOT NULL THEN 'user' WHEN p.group_id IS NOT NULL THEN 'group' WHEN p.is_everyone THEN 'everyone' ELSE 'workspace' END,
         CASE WHEN p.user_id IS NULL OR app.is_known(p.user_id, resource.collection_id, resource.document_id)
           THEN p.principal_id::text ELSE 'address:' || lower(coalesce(p.given_address, u.email)) END,
         coalesce(t.name, w.name), r.id, r.name, p.mask, giver.id, giver.name, p.granted_at, p.expires_at, app.is_expired(p.expires_at)
    FROM resource CROSS JOIN given p JOIN roles r ON r.id = p.role_id LEFT JOIN users u ON u.id = p.user_id LEFT JOIN groups t ON t.id = p.group_id
    LEFT JOIN workspaces w ON w.id = p.subject_workspace_id
    LEFT JOIN LATERAL app.known_person(p.granted_by_id, resource.collection_id, resource.document_id) giver ON true
   WHERE person IS NULL OR p.user_id = person
      OR EXISTS (SELECT FROM user_principals up WHERE up.user_id = person AND up.principal_id = p.principal_id)
  UNION ALL
  SELECT i.id, CASE WHEN i.document_id IS NULL THEN 'collection' ELSE 'document' END, 'user', 'address:' || i.email_normalized,
         NULL, r.id, r.name, r.mask, giver.id, giver.name, i.created_at, i.expires_at, app.is_expired(i.expires_at)
    FROM resource CROSS JOIN waiting i JOIN roles r ON r.id = i.role_id
    LEFT JOIN LATERAL app.known_person(i.invited_by_id, resource.collection_id, resource.document_id) giver ON true
$$;
GRANT EXECUTE ON FUNCTION app.access_grants TO sheaf_app;

-- The groups a person is in (child null) and what those are nested in: the ways in which a group's grant can reach them.
CREATE FUNCTION app.access_groups(collection uuid, document uuid, person uuid)
  RETURNS TABLE (child_id uuid, parent_id uuid, parent_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE up (child_id, parent_id, parent_name) AS (
    SELECT NULL::uuid, g.id, g.name
      FROM group_memberships m JOIN groups g ON g.id = m.group_id JOIN users u ON u.id = m.user_id
     WHERE m.user_id = person AND g.deleted_at IS NULL AND g.workspace_id = u.workspace_id AND app.may_inspect(collection, document, person)
    UNION
    SELECT n.child_id, g.id, g.name FROM up JOIN group_nestings n ON n.child_id = up.parent_id JOIN groups g ON g.id = n.parent_id
     WHERE g.deleted_at IS NULL
  )
  SELECT * FROM up
$$;
GRANT EXECUTE ON FUNCTION app.access_groups TO sheaf_app;

-- A page of the people who reach a resource. Whom the actor must not know of is listed by the address that was given, and
-- only where one was.
CREATE FUNCTION app.access_people(collection uuid, document uuid, person uuid, through uuid, after text, at_most integer)
  RETURNS TABLE (user_id uuid, email text, sort_key text, name text, is_external boolean, is_suspended boolean,
    is_pending boolean, principals text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH resource AS (
    SELECT x.* FROM app.find_resource(collection, document) x WHERE app.may_inspect(collection, document, person)
  ), given AS (
    SELECT p.* FROM resource JOIN permissions p ON p.collection_id = resource.collection_id WHERE p.deleted_at IS NULL
    UNION ALL SELECT p.* FROM resource JOIN permissions p ON p.document_id = resource.document_id WHERE p.deleted_at IS NULL
  ), waiting AS (
    SELECT i.* FROM resource JOIN invitations i ON i.collection_id = resource.collection_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
    UNION ALL SELECT i.* FROM resource JOIN invitations i ON i.document_id = resource.document_id WHERE i.deleted_at IS NULL AND i.accepted_at IS NULL
  ), live AS (
    SELECT * FROM given p WHERE app.is_grant_live(p.deleted_at, p.expires_at) AND (through IS NULL OR p.id = through)
  ), candidates AS (
    SELECT person AS id WHERE person IS NOT NULL
    UNION SELECT l.user_id FROM live l WHERE l.user_id IS NOT NULL AND person IS NULL
    UNION SELECT up.user_id FROM live l JOIN user_principals up ON up.principal_id = l.principal_id
     WHERE person IS NULL AND (l.group_id IS NOT NULL OR (l.subject_workspace_id IS NOT NULL AND through IS NOT NULL))
    UNION SELECT resource.collection_owner_id FROM resource WHERE person IS NULL AND through IS NULL
    UNION SELECT resource.document_owner_id FROM resource WHERE person IS NULL AND through IS NULL AND resource.document_owner_id IS NOT NULL
  ), known AS (
    SELECT u.*, app.is_known(u.id, resource.collection_id, resource.document_id) AS yes FROM resource, candidates k JOIN users u ON u.id = k.id
  ), people AS (
    SELECT k.id, k.email, k.email_normalized, k.name, k.is_external, k.suspended_at IS NOT NULL, false,
           ARRAY(SELECT DISTINCT up.principal_id::text FROM user_principals up JOIN given p ON p.principal_id = up.principal_id WHERE up.user_id = k.id)
      FROM known k WHERE k.yes
    UNION ALL
    SELECT NULL, a.email, a.email_normalized, NULL, false, false, true,
           ARRAY['address:' || a.email_normalized, '00000000-0000-0000-0000-000000000001']
      FROM (
        SELECT max(given.email), lower(given.email) FROM (
          SELECT coalesce(l.given_address, k.email) FROM known k JOIN live l ON l.user_id = k.id WHERE NOT k.yes AND person IS NULL
          UNION ALL
          SELECT i.email FROM waiting i
           WHERE person IS NULL AND app.is_invitation_live(i.deleted_at, i.accepted_at, i.expires_at) AND (through IS NULL OR i.id = through)
        ) given (email) GROUP BY lower(given.email)
      ) a (email, email_normalized)
  )
  SELECT * FROM people p (user_id, email, sort_key, name, is_external, is_suspended, is_pending, principals)
   WHERE after IS NULL OR p.sort_key > after ORDER BY p.sort_key LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION app.access_people TO sheaf_app;

-- Id and name of somebody whom the actor may know of here; no row otherwise.
CREATE FUNCTION app.known_person(person uuid, collection uuid, document uuid) RETURNS TABLE (id uuid, name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.name FROM users u WHERE u.id = person AND app.is_known(person, collection, document)
$$;

-- The person with an address whom the actor, who manages the permissions here, may know of.
CREATE FUNCTION app.known_by_address(collection uuid, document uuid, address text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id FROM app.find_resource(collection, document) resource JOIN users u ON u.email_normalized = address
   WHERE app.allows(resource.rights, app.manage_permissions()) AND app.is_known(u.id, resource.collection_id, resource.document_id)
$$;
GRANT EXECUTE ON FUNCTION app.known_by_address TO sheaf_app;

-- Whether the actor may learn that a person has an account: oneself, one's workspace, owners, and whoever opened what was
-- shared with them here. All others look like an address that is invited.
CREATE FUNCTION app.is_known(person uuid, collection uuid, document uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT person = app.actor_id() OR app.is_system()
    OR EXISTS (SELECT FROM users u WHERE u.id = person AND u.workspace_id = app.actor_workspace())
    OR EXISTS (SELECT FROM collections c WHERE c.id = collection AND c.owner_id = person)
    OR EXISTS (SELECT FROM documents d WHERE d.id = document AND d.owner_id = person)
    OR EXISTS (SELECT FROM permissions p WHERE p.collection_id = collection AND p.user_id = person AND p.deleted_at IS NULL AND p.opened_at IS NOT NULL)
    OR EXISTS (SELECT FROM permissions p WHERE p.document_id = document AND p.user_id = person AND p.deleted_at IS NULL AND p.opened_at IS NOT NULL)
$$;

-- Whether the actor may look at a person's access: at others' with manage_permissions, at their own with view_documents.
CREATE FUNCTION app.may_inspect(collection uuid, document uuid, person uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT app.allows(app.rights(collection, document), CASE WHEN person = app.actor_id() THEN app.view_documents() ELSE app.manage_permissions() END)
$$;

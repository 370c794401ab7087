-- The permissions by name, as bits of a mask; lib/authz/permissions.ts has the same, and a test compares them. The planner
-- replaces each call by its number, and `allows` by its expression, so a name costs nothing when rows are read.
CREATE FUNCTION app.view_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1;
CREATE FUNCTION app.create_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 2;
CREATE FUNCTION app.edit_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 4;
CREATE FUNCTION app.delete_own_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 8;
CREATE FUNCTION app.delete_any_documents() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 16;
CREATE FUNCTION app.add_comments() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 32;
CREATE FUNCTION app.delete_own_comments() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 64;
CREATE FUNCTION app.delete_any_comments() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 128;
CREATE FUNCTION app.suggest_changes() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 256;
CREATE FUNCTION app.manage_permissions() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 512;
CREATE FUNCTION app.export_collection() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1024;
CREATE FUNCTION app.manage_templates() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 2048;
CREATE FUNCTION app.run_jobs() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 4096;

-- What the owner's role and the system have.
CREATE FUNCTION app.all_permissions() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 8191;

-- Whether a mask has a permission; of several, at least one.
CREATE FUNCTION app.allows(mask integer, wanted integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN mask & wanted <> 0;

-- Whether a mask has all of these permissions.
CREATE FUNCTION app.covers(mask integer, wanted integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN wanted & ~mask = 0;

GRANT EXECUTE ON FUNCTION app.view_documents, app.create_documents, app.edit_documents, app.delete_own_documents,
  app.delete_any_documents, app.add_comments, app.delete_own_comments, app.delete_any_comments, app.suggest_changes,
  app.manage_permissions, app.export_collection, app.manage_templates, app.run_jobs, app.all_permissions, app.allows,
  app.covers TO sheaf_app;

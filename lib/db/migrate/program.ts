import type pg from "pg";

/**
 * The program in a database: everything that is not data or its shape. Tables, their columns, constraints, indexes and
 * sequences come from migrations alone; these come from `lib/<domain>/sql`.
 */
export interface ProgramObject {
  kind: "type" | "function" | "view" | "trigger" | "policy" | "row security";
  /** Its identity: two databases mean the same object by it. */
  key: string;
  /** Its name alone, as its source names it. */
  name: string;
  /** What has to be equal for `CREATE OR REPLACE` to be enough. */
  shape: string;
  /** Makes it, as the database writes it. */
  create: string;
  drop: string;
  /** What may be done with it, and by whom, as PostgreSQL writes it: `grantee=privileges`. */
  acl: string[];
  /** The keys of what it can't stand without. */
  needs: string[];
}

export interface Program {
  objects: Map<string, ProgramObject>;
  /** Rights on schemas, tables, columns and sequences: `GRANT` statements in order. */
  grants: string[];
  /** Tables, views and sequences as grants name them. */
  relations: Set<string>;
}

const OURS = "(to_regnamespace('public'), to_regnamespace('app'))";
const NOT_BROUGHT = (catalog: string, column: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${column} AND e.deptype = 'e')`;

/** Each object with the class and id that its dependencies are recorded under. */
const OBJECTS = `
  SELECT 'function' AS kind, 'pg_proc'::regclass::oid AS class, p.oid AS id,
    format('function %s', p.oid::regprocedure) AS key, format('%s.%s', p.pronamespace::regnamespace, quote_ident(p.proname)) AS name,
    concat_ws(' ', p.prokind, p.proretset, pg_get_function_result(p.oid), pg_get_function_arguments(p.oid)) AS shape,
    pg_get_functiondef(p.oid) AS create,
    format('DROP %s %s', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure) AS drop,
    coalesce(p.proacl, acldefault('f', p.proowner))::text[] AS acl
  FROM pg_proc p WHERE p.pronamespace IN ${OURS} AND p.prokind <> 'a' AND ${NOT_BROUGHT("pg_proc", "p.oid")}
  UNION ALL
  SELECT 'type', 'pg_type'::regclass, t.oid, format('type %s', t.oid::regtype), t.oid::regtype::text, a.columns,
    format('CREATE TYPE %s AS (%s)', t.oid::regtype, a.columns), format('DROP TYPE %s', t.oid::regtype), '{}'
  FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
  CROSS JOIN LATERAL (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) AS columns
    FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a
  WHERE t.typnamespace IN ${OURS}
  UNION ALL
  SELECT 'view', 'pg_class'::regclass, c.oid, format('view %s', c.oid::regclass), c.oid::regclass::text, a.columns,
    format(E'CREATE VIEW %s%s AS\\n%s', c.oid::regclass, coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''), rtrim(pg_get_viewdef(c.oid), ';')),
    format('DROP VIEW %s', c.oid::regclass), '{}'
  FROM pg_class c
  CROSS JOIN LATERAL (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) AS columns
    FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0) a
  WHERE c.relkind = 'v' AND c.relnamespace IN ${OURS} AND ${NOT_BROUGHT("pg_class", "c.oid")}
  UNION ALL
  SELECT 'trigger', 'pg_trigger'::regclass, t.oid, format('trigger %s on %s', t.tgname, t.tgrelid::regclass), format('%s on %s', t.tgname, t.tgrelid::regclass), '',
    pg_get_triggerdef(t.oid), format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass), '{}'
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace IN ${OURS}
  UNION ALL
  SELECT 'policy', 'pg_policy'::regclass, p.oid, format('policy %s on %s', p.polname, p.polrelid::regclass), format('%s on %s', p.polname, p.polrelid::regclass), '',
    format('CREATE POLICY %I ON %s%s FOR %s TO %s', p.polname, p.polrelid::regclass, CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
      CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
      (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ' ORDER BY r) FROM unnest(p.polroles) r))
      || coalesce(E'\\n  USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
      || coalesce(E'\\n  WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
    format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass), '{}'
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace IN ${OURS}
  UNION ALL
  SELECT 'row security', 'pg_class'::regclass, c.oid, format('row security of %s', c.oid::regclass), c.oid::regclass::text, '',
    format('ALTER TABLE %s %s', c.oid::regclass, array_to_string(ARRAY[CASE WHEN c.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END,
      CASE WHEN c.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END], ', ')),
    format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', c.oid::regclass), '{}'
  FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ${OURS} AND (c.relrowsecurity OR c.relforcerowsecurity)`;

/** Objects with what each needs. A view's and a policy's needs are recorded under themselves or the view's rule. */
const WITH_NEEDS = `
  WITH object AS MATERIALIZED (${OBJECTS}),
  -- a function that takes a view's or a type's row depends on the row type
  stands_for AS (
    SELECT class, id, key FROM object WHERE kind <> 'row security'
    UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, o.key FROM object o JOIN pg_rewrite r ON r.ev_class = o.id WHERE o.kind = 'view'
    UNION ALL SELECT 'pg_type'::regclass, c.reltype, o.key FROM object o JOIN pg_class c ON c.oid = o.id WHERE o.kind = 'view'
    UNION ALL SELECT 'pg_type'::regclass, t.typarray, o.key FROM object o JOIN pg_type t ON t.oid = o.id WHERE o.kind = 'type'
    UNION ALL SELECT 'pg_class'::regclass, t.typrelid, o.key FROM object o JOIN pg_type t ON t.oid = o.id WHERE o.kind = 'type'
  )
  SELECT o.kind, o.key, o.name, o.shape, o.create, o.drop,
    ARRAY(SELECT unnest(o.acl) ORDER BY 1) AS acl,
    ARRAY(SELECT DISTINCT n.key FROM stands_for s
      JOIN pg_depend d ON d.classid = s.class AND d.objid = s.id AND d.deptype IN ('n', 'a')
      JOIN stands_for n ON n.class = d.refclassid AND n.id = d.refobjid
      WHERE s.key = o.key AND n.key <> o.key ORDER BY 1) AS needs
  FROM object o ORDER BY o.kind, o.key`;

const RELATIONS = `SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace IN ${OURS} AND relkind IN ('r', 'p', 'v', 'S')`;

/** Table, column, sequence and schema rights of everybody but the owner, one statement a line. */
const GRANTS = `
  WITH relation AS (
    SELECT c.oid, c.relkind, c.relowner, c.relacl FROM pg_class c
     WHERE c.relnamespace IN ${OURS} AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relname <> '_prisma_migrations' AND ${NOT_BROUGHT("pg_class", "c.oid")}
  ), given (target, grantee, privilege) AS (
    SELECT format('%s %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass), a.grantee, a.privilege_type
      FROM relation, aclexplode(relacl) a WHERE a.grantee <> relowner
    UNION ALL
    SELECT format('TABLE %s', r.oid::regclass), a.grantee, format('%s (%s)', a.privilege_type, string_agg(quote_ident(t.attname), ', ' ORDER BY t.attname))
      FROM relation r JOIN pg_attribute t ON t.attrelid = r.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
     WHERE a.grantee <> r.relowner GROUP BY r.oid, a.grantee, a.privilege_type
    UNION ALL
    SELECT format('SCHEMA %I', n.nspname), a.grantee, a.privilege_type
      FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'app' AND a.grantee <> n.nspowner
  )
  SELECT format('GRANT %s ON %s TO %s', string_agg(privilege, ', ' ORDER BY privilege), target, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END) AS line
    FROM given GROUP BY target, grantee ORDER BY 1`;

/** Reads the program that is in the database now. */
export async function readProgram(client: pg.Client): Promise<Program> {
  const { rows } = await client.query<ProgramObject>(WITH_NEEDS);
  const grants = await client.query<{ line: string }>(GRANTS);
  const relations = await client.query<{ name: string }>(RELATIONS);
  return {
    objects: new Map(rows.map((row) => [row.key, row])),
    grants: grants.rows.map(({ line }) => line),
    relations: new Set(relations.rows.map(({ name }) => name)),
  };
}

/**
 * Takes the program out of the database, down to bare tables. Functions that columns, constraints or indexes are made
 * with have to stay; they lose their rights.
 */
export async function removeProgram(client: pg.Client): Promise<void> {
  const { objects, grants } = await readProgram(client);
  const tables = await client.query<{ key: string }>(`
    SELECT DISTINCT format('function %s', d.refobjid::regprocedure) AS key FROM pg_depend d
     WHERE d.refclassid = 'pg_proc'::regclass AND (d.classid IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass)
       OR d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class i WHERE i.oid = d.objid AND i.relkind IN ('i', 'I', 'r', 'p')))`);
  const kept = new Set(tables.rows.map(({ key }) => key));
  for (const object of inOrder(objects, [...objects.keys()]).reverse()) {
    if (!kept.has(object.key)) await client.query(object.drop);
    else if (object.acl.length > 0)
      await client.query(`REVOKE ALL ON FUNCTION ${object.key.slice("function ".length)} FROM sheaf_app`);
  }
  for (const line of grants) {
    const [, target, grantee] = /^GRANT .* ON ((?:TABLE|SEQUENCE|SCHEMA) \S+) TO (\S+)$/.exec(line)!;
    if (!objects.has(`view ${target!.slice("TABLE ".length)}`))
      await client.query(`REVOKE ALL ON ${target} FROM ${grantee}`);
  }
}

/** The objects of the keys, each after what it needs. */
export function inOrder(objects: Map<string, ProgramObject>, keys: string[]): ProgramObject[] {
  const wanted = new Set(keys);
  const ordered: ProgramObject[] = [];
  const seen = new Set<string>();
  const visit = (key: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    const object = objects.get(key)!;
    for (const need of object.needs) visit(need);
    if (wanted.has(key)) ordered.push(object);
  };
  for (const key of keys) visit(key);
  return ordered;
}

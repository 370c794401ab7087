import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { emptyTestDatabase } from "#lib/db/testing/index.ts";
import { withClient } from "./history.ts";

/** Test fixture: an empty database and a `prisma` folder of its own, both gone when the test ends. */
export async function scratchProject(schema = "") {
  const database = await emptyTestDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), "sheaf-migrate-"));
  onTestFinished(async () => {
    await database.drop();
    await rm(dir, { recursive: true, force: true });
  });
  const migrationsDir = path.join(dir, "migrations");
  const schemaFile = path.join(dir, "schema.prisma");
  const sourcesDir = path.join(dir, "lib");
  await mkdir(migrationsDir);
  await writeFile(schemaFile, `datasource db {\n  provider = "postgresql"\n}\n${schema}`);
  return {
    target: { url: database.ownerUrl, migrationsDir, schemaFile, sourcesDir },
    async write(name: string, up: string, down?: string) {
      await mkdir(path.join(migrationsDir, name), { recursive: true });
      await writeFile(path.join(migrationsDir, name, "migration.sql"), up);
      if (down !== undefined) await writeFile(path.join(migrationsDir, name, "down.sql"), down);
    },
    async writeSource(domain: string, text: string) {
      await mkdir(path.join(sourcesDir, domain, "sql"), { recursive: true });
      await writeFile(path.join(sourcesDir, domain, "sql", "all.sql"), text);
    },
    /** Everything in the database, as `CATALOG` tells it. */
    async catalog(): Promise<string[]> {
      const { rows } = await withClient(database.ownerUrl, (client) =>
        client.query<{ line: string }>(CATALOG),
      );
      return rows.map(({ line }) => line);
    },
    /** The first column of every row. */
    async column(sql: string): Promise<unknown[]> {
      const rows = await withClient(database.ownerUrl, (client) =>
        client.query({ text: sql, rowMode: "array" }),
      );
      return rows.rows.map(([value]) => value);
    },
  };
}

/** Rights in one order; none given is the same as the kind's default. */
const acl = (column: string, kind: string, owner: string) =>
  `ARRAY(SELECT unnest(coalesce(${column}, acldefault(${kind}, ${owner}))::text[]) ORDER BY 1)`;

/** Everything that migrations make, as readable lines; equal lists mean equal databases. */
export const CATALOG = `
  WITH ours AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  ), extension_part AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
  SELECT line FROM (
    SELECT format('schema %s %s', nspname, (SELECT ${acl("nspacl", "'n'", "nspowner")} FROM pg_namespace n WHERE n.oid = ours.oid)) FROM ours
    UNION ALL SELECT format('extension %s', extname) FROM pg_extension
    UNION ALL SELECT format('relation %s %s %s %s rls %s %s %s %s', oid::regclass, relkind, relowner::regrole,
        ${acl("relacl", `CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"`, "relowner")}, relrowsecurity,
        relforcerowsecurity, reloptions, CASE WHEN relkind = 'v' THEN pg_get_viewdef(oid) END)
      FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours) AND relname !~ '^_prisma_migrations'
        AND relkind <> 'i' AND oid NOT IN (SELECT objid FROM extension_part)
    UNION ALL SELECT format('column %s %s %s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
        attnotnull, attgenerated, ARRAY(SELECT unnest(attacl::text[]) ORDER BY 1), (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
          WHERE adrelid = attrelid AND adnum = attnum))
      FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace IN (SELECT oid FROM ours)
        AND relname !~ '^_prisma_migrations' AND attnum > 0 AND NOT attisdropped
        AND c.oid NOT IN (SELECT objid FROM extension_part)
    UNION ALL SELECT format('index %s', pg_get_indexdef(indexrelid)) FROM pg_index JOIN pg_class c ON c.oid = indrelid
      WHERE relnamespace IN (SELECT oid FROM ours) AND relname !~ '^_prisma_migrations'
    UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
        AND conrelid IS DISTINCT FROM to_regclass('public._prisma_migrations')
    UNION ALL SELECT format('policy %s %s %s %s %s %s %s', polrelid::regclass, polname, polcmd, polpermissive,
        polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy
    UNION ALL SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT format('function %s %s %s', proowner::regrole, ${acl("proacl", "'f'", "proowner")}, pg_get_functiondef(oid)) FROM pg_proc
      WHERE pronamespace IN (SELECT oid FROM ours) AND prokind <> 'a' AND oid NOT IN (SELECT objid FROM extension_part)
    UNION ALL SELECT format('type %s', oid::regtype) FROM pg_type WHERE typtype IN ('e', 'd')
      AND typnamespace IN (SELECT oid FROM ours)
    UNION ALL SELECT format('default privilege %s %s %s', defaclnamespace::regnamespace, defaclobjtype, defaclacl)
      FROM pg_default_acl
  ) AS lines (line) ORDER BY line`;

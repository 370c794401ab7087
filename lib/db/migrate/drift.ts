import { diffScript } from "./engine.ts";
import type { MigrationTarget } from "./folder.ts";
import { withClient } from "./history.ts";

/** What the migrations may hold although the Prisma schema has no words for it. */
interface Inexpressible {
  /** Index names. */
  indexes: Set<string>;
  /** Columns as `table.column`. */
  generatedColumns: Set<string>;
}

/**
 * Prisma's comparison already passes over policies, checks, functions, triggers, views, partial and expression
 * indexes, and other schemas. What it still reports, and can't be told, is read from the catalogue, so that
 * nothing is allowed by name: generated columns (it takes the expression for a default) and their indexes.
 */
async function readInexpressible(url: string): Promise<Inexpressible> {
  return withClient(url, async (client) => {
    const columns = await client.query<{ name: string }>(
      `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND a.attgenerated <> '' AND NOT a.attisdropped`,
    );
    const indexes = await client.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE c.relnamespace = 'public'::regnamespace
         AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL OR EXISTS (
           SELECT FROM pg_attribute a
           WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attgenerated <> ''))`,
    );
    return {
      indexes: new Set(indexes.rows.map((row) => row.name)),
      generatedColumns: new Set(columns.rows.map((row) => row.name)),
    };
  });
}

/** Takes the inexpressible out of a script of the engine, whose statements each stand under a `-- Kind` line. */
function withoutInexpressible(script: string, { indexes, generatedColumns }: Inexpressible): string {
  const statements = script.split(/\n(?=-- [A-Z])/).flatMap((block) => {
    const index = /^(?:DROP|CREATE(?: UNIQUE)?) INDEX (?:"[^"]+"\.)?"([^"]+)"/m.exec(block)?.[1];
    if (index && indexes.has(index)) return [];
    const [, table, clauses] = /^ALTER TABLE (?:"[^"]+"\.)?"([^"]+)" ([^]*);/m.exec(block) ?? [];
    if (!table || !clauses) return [block];
    const kept = clauses.split(/,\n/).filter((clause) => {
      const column = /^\s*ALTER COLUMN "([^"]+)" (?:DROP|SET) DEFAULT/.exec(clause)?.[1];
      return !(column && generatedColumns.has(`${table}.${column}`));
    });
    return kept.length > 0 ? [block.replace(clauses, () => kept.join(",\n"))] : [];
  });
  return statements
    .map((block) => block.trim())
    .filter((block) => block && block !== "-- This is an empty migration.")
    .join("\n\n");
}

/**
 * The SQL that would bring the database to `schema.prisma`; empty when both say the same.
 * Only reads the database: no shadow database is made.
 */
export function schemaDrift(target: MigrationTarget): Promise<string> {
  return drift(target, "forward");
}

/** The SQL that would take a database of `schema.prisma` back to what this one is now. */
export function reverseDrift(target: MigrationTarget): Promise<string> {
  return drift(target, "backward");
}

async function drift(target: MigrationTarget, direction: "forward" | "backward"): Promise<string> {
  const inexpressible = await readInexpressible(target.url);
  return withoutInexpressible(await diffScript(target, direction), inexpressible);
}

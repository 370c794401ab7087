import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { MigrationError, type MigrationTarget, sourcesDirOf } from "./folder.ts";
import { splitStatements, type Statement, withoutLead } from "./statements.ts";

interface SourceStatement extends Statement {
  /** Relative to the folder of the domains. */
  file: string;
}

export interface LoadedSources {
  /** The statements in an order in which each finds what it needs. */
  statements: SourceStatement[];
}

/** Every `<domain>/sql/*.sql` of the target, domain by domain. */
export async function readSources(target: MigrationTarget): Promise<SourceStatement[]> {
  const dir = sourcesDirOf(target);
  const files: string[] = [];
  for await (const file of glob("*/sql/*.sql", { cwd: dir })) files.push(file);
  const texts = await Promise.all(
    files.sort().map(async (name) => {
      const file = name.split(path.sep).join("/");
      return splitStatements(await readFile(path.join(dir, name), "utf8")).map((one) => ({ ...one, file }));
    }),
  );
  return texts.flat();
}

/**
 * Runs the sources in a database without a program, whose functions then nobody may call but those they name, inside the caller's transaction. Files and statements need no order:
 * what fails for want of something is tried again after the rest.
 *
 * @throws MigrationError naming file, line and the database's words for each statement that never succeeds.
 */
export async function loadSources(client: pg.Client, sources: SourceStatement[]): Promise<LoadedSources> {
  const done: SourceStatement[] = [];
  let waiting = sources;
  while (waiting.length > 0) {
    const failed: { statement: SourceStatement; why: string }[] = [];
    for (const statement of waiting) {
      await client.query("SAVEPOINT source");
      try {
        await client.query(replacing(statement.text));
        await client.query("RELEASE SAVEPOINT source");
        done.push(statement);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        await client.query("ROLLBACK TO SAVEPOINT source");
        failed.push({ statement, why: error.message });
      }
    }
    if (failed.length === waiting.length) {
      const lines = failed.map(({ statement: { file, line }, why }) => `${file}:${line}: ${why}`);
      throw new MigrationError(`The SQL sources can't be loaded.\n${lines.join("\n")}`);
    }
    waiting = failed.map(({ statement }) => statement);
  }
  // PostgreSQL lets everybody call a new function; here only those may whom the sources name
  const { rowCount } = await client.query("SELECT FROM pg_namespace WHERE nspname = 'app'");
  if (rowCount) await client.query("REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC");
  return { statements: done };
}

/** A function may be there already, for a column or an index. */
export const replacing = (text: string): string => {
  const statement = withoutLead(text);
  const lead = text.slice(0, text.length - statement.length);
  return lead + statement.replace(/^CREATE (FUNCTION|PROCEDURE|VIEW)\b/, "CREATE OR REPLACE $1");
};

/** What a statement makes, as `ProgramObject.kind` and `name` say it; null for rights and whatever else is not made. */
export function madeBy({ text }: Statement): { kind: string; name: string } | null {
  const statement = withoutLead(text);
  const [, what, name] =
    /^CREATE (?:OR REPLACE )?(FUNCTION|PROCEDURE|VIEW|TYPE) ([\w.]+)/i.exec(statement) ?? [];
  if (what && name) return { kind: what === "PROCEDURE" ? "function" : what.toLowerCase(), name };
  const [, attached, own, table] =
    /^CREATE (TRIGGER|POLICY) (\w+)\b[^]*?\bON ([\w.]+)/i.exec(statement) ?? [];
  if (attached) return { kind: attached.toLowerCase(), name: `${own} on ${table}` };
  return null;
}

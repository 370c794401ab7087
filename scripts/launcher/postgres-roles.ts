import { Client } from "pg";
import { StartFailure } from "./failure.ts";

export const DATABASE = "sheaf";
const OWNER = "sheaf_owner";
const APP = "sheaf_app";

export interface DatabaseUrls {
  /** The owner of the database, for migrations and the job server. No superuser, does not bypass row security. */
  ownerUrl: string;
  /** The role of requests: owns nothing, does not bypass row security. */
  appUrl: string;
  /** For creating roles, and for tests that clone databases. Never given to the app. */
  superuserUrl: string;
}

export function databaseUrls(
  port: number,
  passwords: { superuser: string; owner: string; app: string },
  socketFolder: string | null = null,
): DatabaseUrls {
  const url = (user: string, password: string, database: string) =>
    `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const socket = socketFolder === null ? "" : `?host=${encodeURIComponent(socketFolder)}`;
  return {
    ownerUrl: url(OWNER, passwords.owner, DATABASE),
    appUrl: url(APP, passwords.app, DATABASE) + socket,
    superuserUrl: url("postgres", passwords.superuser, "postgres"),
  };
}

const inDatabase = (url: string, name: string): string =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Runs `work` on one connection and closes it. */
async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // Without a listener a server that goes away would end this process; the running query fails in any case.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query("select 1"));
    return true;
  } catch {
    return false;
  }
}

/**
 * Ensures that both roles with the given passwords, the database and its extensions exist, and that the app's role can
 * connect to no other database. May run again. The right to connect is granted last, so an app role that can connect
 * proves that everything is there.
 */
export async function ensureRoles(urls: DatabaseUrls): Promise<void> {
  const [isOwnerReady, isAppReady, isAppLoose] = await Promise.all([
    answers(urls.ownerUrl),
    answers(urls.appUrl),
    answers(inDatabase(urls.appUrl, "postgres")),
  ]);
  if (isOwnerReady && isAppReady && !isAppLoose) return;
  try {
    await withClient(urls.superuserUrl, async (client) => {
      const { rows } = await client.query<{ rolname: string }>("select rolname from pg_roles");
      const existing = new Set(rows.map((row) => row.rolname));
      for (const [role, url] of [
        [OWNER, urls.ownerUrl],
        [APP, urls.appUrl],
      ] as const) {
        const password = client.escapeLiteral(decodeURIComponent(new URL(url).password));
        await client.query(
          `${existing.has(role) ? "alter" : "create"} role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls password ${password}`,
        );
      }
      // Row policies raise the planner's estimates so far that it would compile, which takes longer than these queries.
      await client.query(`alter role ${APP} set jit = off`);
      const found = await client.query("select from pg_database where datname = $1", [DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DATABASE} owner ${OWNER}`);
      // PostgreSQL opens these databases to everyone; both roles need their own database alone
      await client.query(`revoke all on database ${DATABASE}, postgres, template1 from public`);
    });
    await withClient(inDatabase(urls.superuserUrl, DATABASE), async (client) => {
      const { rows } = await client.query<{ name: string }>(
        "select name from pg_available_extensions where name in ('pg_trgm', 'unaccent')",
      );
      for (const { name } of rows) await client.query(`create extension if not exists ${name}`);
      await client.query(`grant connect on database ${DATABASE} to ${APP}`);
    });
  } catch (error) {
    if ((error as { code?: string }).code !== "28P01") throw error;
    throw new StartFailure(
      "The passwords in secrets.json do not belong to this database; put back the secrets.json that was made with it.",
    );
  }
}

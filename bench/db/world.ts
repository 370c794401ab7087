import path from "node:path";
import pg from "pg";
import { migrateUp } from "#lib/db/migrate/index.ts";
import { prepareDataFolder } from "../../scripts/launcher/data-folder.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../scripts/launcher/postgres.ts";
import { atEnd, scratchFolder } from "../scratch.ts";

/** The size of a seeded database. */
export interface WorldSize {
  workspaces: number;
  users: number;
  groups: number;
  /** The depth of nested groups. */
  groupDepth: number;
  membersPerGroup: number;
  collections: number;
  /** Grants to people and to groups on each collection, beside its owner's. */
  peoplePerCollection: number;
  groupsPerCollection: number;
  documents: number;
  /** How many documents the largest collection has. */
  largestCollection: number;
}

/** The default size. Fewer documents than {@link USUAL_DOCUMENTS} mean proportionally less of everything. */
export const defaultSize = (documents: number): WorldSize => {
  const share = Math.min(1, documents / USUAL_DOCUMENTS);
  return {
    workspaces: 20,
    users: Math.ceil(10_000 * share),
    groups: Math.ceil(1000 * share),
    groupDepth: 5,
    membersPerGroup: 20,
    collections: Math.ceil(4000 * share),
    peoplePerCollection: 150,
    groupsPerCollection: 2,
    documents,
    largestCollection: Math.ceil(documents / 20),
  };
};
const USUAL_DOCUMENTS = 400_000;

/** A database server with all migrations and no rows. It is stopped and removed with the run. */
export async function startDatabase(): Promise<EmbeddedPostgres & { dataDir: string }> {
  const dataDir = path.join(await scratchFolder(), "data");
  await prepareDataFolder(dataDir);
  const server = await startEmbeddedPostgres({ dataDir });
  atEnd(() => server.stop("now"));
  await migrateUp({ url: server.ownerUrl });
  return { ...server, dataDir };
}

/** Runs `work` on one connection. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The application database as superuser, who alone can skip foreign keys and policies. */
export function superuserUrl(server: EmbeddedPostgres): string {
  const { pathname } = new URL(server.ownerUrl);
  return Object.assign(new URL(server.superuserUrl), { pathname }).href;
}

import { readFile } from "node:fs/promises";
import path from "node:path";
import { prepareDataFolder } from "./data-folder.ts";
import { StartFailure } from "./failure.ts";
import { findLockHolder, lockDataFolder } from "./lock.ts";
import { databaseUrls, type DatabaseUrls } from "./postgres-roles.ts";
import { startEmbeddedPostgres } from "./postgres.ts";
import { loadSecrets } from "./secrets.ts";

/**
 * For commands other than the launcher: runs `work` on the embedded database of a data folder. Uses a running instance,
 * or starts the server for the time of `work` with the folder locked.
 */
export async function withEmbeddedPostgres<T>(
  dataDir: string,
  work: (urls: DatabaseUrls) => Promise<T>,
): Promise<T> {
  if ((await findLockHolder(dataDir)) !== null) return work(await runningDatabase(dataDir));
  await prepareDataFolder(dataDir);
  const lock = await lockDataFolder(dataDir);
  try {
    const server = await startEmbeddedPostgres({ dataDir });
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  } finally {
    await lock.release();
  }
}

async function runningDatabase(dataDir: string): Promise<DatabaseUrls> {
  const [, , , port] = (
    await readFile(path.join(dataDir, "postgres/postmaster.pid"), "utf8").catch(() => "")
  ).split("\n");
  if (!port) throw new StartFailure("Sheaf is just starting or stopping; try again in a moment.");
  const { postgresPassword, ownerPassword, appPassword } = await loadSecrets(dataDir);
  return databaseUrls(Number(port), { superuser: postgresPassword, owner: ownerPassword, app: appPassword });
}

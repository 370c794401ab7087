import { randomBytes } from "node:crypto";
import path from "node:path";
import { generateClient, needsClient } from "../../scripts/launcher/build.ts";
import type { Bench, BenchContext } from "../bench.ts";
import { startDatabase, superuserUrl, withClient } from "../db/world.ts";
import { atEnd } from "../scratch.ts";
import { measureHttp } from "./http.ts";
import { report } from "./report.ts";
import { makeWorlds } from "./worlds.ts";

/** Reading, granting and revoking among a million grants. */
export const permissions: Bench = {
  name: "permissions",
  summary:
    "reads under the policies, grants and revocations among a million grants, against the same by hand",
  isDefault: false,
  async run({ root, options, progress }: BenchContext) {
    // first, because a build may fail, and seeding takes minutes; it has a database of its own
    const http = await measureHttp(root, { ...options, progress });
    progress("starting a database");
    const server = await startDatabase();
    if (await needsClient(root)) await generateClient({ root, logDir: path.join(server.dataDir, "logs") });
    // the product's own verbs run in this process
    Object.assign(process.env, {
      NODE_ENV: "production",
      DATABASE_URL: server.appUrl,
      DATABASE_OWNER_URL: server.ownerUrl,
      AUTH_SECRET: randomBytes(32).toString("hex"),
      STORAGE_DRIVER: "local",
      STORAGE_DIR: path.join(server.dataDir, "storage"),
      MAIL_DIR: path.join(server.dataDir, "mail"),
      LOG_LEVEL: "silent",
      RATE_LIMIT_FACTOR: "0",
    });
    // before anything connects, because it records the statements of each connection
    await import("../db/recorder.ts");
    const { closeDatabase } = await import("#lib/db/index.ts");
    atEnd(closeDatabase);
    const { documentsOf, measureReads } = await import("./reads.ts");
    const { measureChanges } = await import("./changes.ts");
    const { measureGrowth } = await import("./growth.ts");
    const { tryCache } = await import("./cache.ts");

    const startedAt = performance.now();
    const worlds = await makeWorlds(server, progress);
    const seedSeconds = (performance.now() - startedAt) / 1000;
    const asked = { rounds: options.rounds, progress };
    const measured = await withClient(worlds.large.appUrl, (app) =>
      withClient(worlds.large.ownerUrl, async (owner) => {
        const large = { app, owner };
        const reads = await withClient(superuserUrl(server), async (both) => {
          // like the application's role
          await both.query("SET jit = off");
          return measureReads(worlds.large, { ...large, both }, asked);
        });
        progress("checks");
        const { ordinary } = worlds.large.people;
        const cache = await tryCache(ordinary, await documentsOf(app, ordinary));
        const growth = await measureGrowth(worlds, asked);
        const changes = await measureChanges(worlds.large, large, asked);
        return { reads, cache, growth, changes };
      }),
    );
    const { grants, documents } = worlds.large;
    return report({ grants, documents, seedSeconds, ...measured, http });
  },
};

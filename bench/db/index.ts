import { randomBytes } from "node:crypto";
import path from "node:path";
import { generateClient, needsClient } from "../../scripts/launcher/build.ts";
import type { Bench, BenchContext } from "../bench.ts";
import { atEnd } from "../scratch.ts";
import { report } from "./report.ts";
import { defaultSize, startDatabase, superuserUrl, withClient } from "./world.ts";

/** Lists and reads in a large database, compared with the same queries by hand. */
export const database: Bench = {
  name: "db",
  summary: "lists and reads in a large database, against the same by hand; round trips of each verb",
  isDefault: true,
  async run({ root, options, progress }: BenchContext) {
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
    // before anything connects, because it counts the statements of each connection
    await import("./recorder.ts");
    const { closeDatabase } = await import("#lib/db/index.ts");
    atEnd(closeDatabase);
    const { seedWorld } = await import("./seed.ts");
    const { addPeople } = await import("./people.ts");
    const { measure } = await import("./measure.ts");
    const { askedVerbs } = await import("./verbs.ts");
    const { countRoundTrips } = await import("./round-trips.ts");

    const size = defaultSize(options.documents);
    progress(`seeding ${size.documents} documents`);
    const startedAt = performance.now();
    const { people, targets, counts } = await withClient(superuserUrl(server), async (client) => {
      await seedWorld(client, size);
      const added = await addPeople(client);
      const { rows } = await client.query<Record<string, number>>(
        `SELECT (SELECT count(*)::int FROM documents) AS documents, (SELECT count(*)::int FROM collections) AS collections,
                (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM permissions) AS grants`,
      );
      return { ...added, counts: rows[0]! };
    });
    const seedSeconds = (performance.now() - startedAt) / 1000;

    const measured = await withClient(server.appUrl, (app) =>
      withClient(server.ownerUrl, (owner) =>
        measure(askedVerbs(people, targets), { app, owner }, { ...options, progress }),
      ),
    );
    progress("counting round trips");
    const roundTrips = await countRoundTrips();
    return report({ size, counts, seedSeconds, rounds: options.rounds, measured, roundTrips });
  },
};

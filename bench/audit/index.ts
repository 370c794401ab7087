import { randomBytes } from "node:crypto";
import path from "node:path";
import pg from "pg";
import { beginAs } from "#lib/db/context.ts";
import { generateClient, needsClient } from "../../scripts/launcher/build.ts";
import type { Bench, BenchContext } from "../bench.ts";
import { startDatabase, superuserUrl, withClient } from "../db/world.ts";
import { atEnd } from "../scratch.ts";
import { median } from "../statistics.ts";
import { count, ratio, table } from "../table.ts";

/** Many people of one workspace at the same time. */
const WRITERS = 32;
const TARGET = 0.9;

/** Writers of the log, which is sealed behind them, beside plain inserts of the same rows. */
export const audit: Bench = {
  name: "audit",
  summary: `${WRITERS} writers in one workspace, sealed meanwhile, beside plain inserts`,
  isDefault: false,
  async run({ root, options, progress }: BenchContext) {
    progress("starting a database");
    const server = await startDatabase();
    if (await needsClient(root)) await generateClient({ root, logDir: path.join(server.dataDir, "logs") });
    Object.assign(process.env, {
      NODE_ENV: "production",
      DATABASE_URL: server.appUrl,
      DATABASE_OWNER_URL: server.ownerUrl,
      AUTH_SECRET: randomBytes(32).toString("hex"),
      AUDIT_KEYS: `1:${randomBytes(32).toString("base64url")}`,
      STORAGE_DRIVER: "local",
      STORAGE_DIR: path.join(server.dataDir, "storage"),
      LOG_LEVEL: "silent",
    });
    const { startSealer } = await import("#lib/audit/index.ts");
    const { closeDatabase } = await import("#lib/db/index.ts");
    atEnd(closeDatabase);

    const person = await withClient(superuserUrl(server), async (client) => {
      await client.query(`
        CREATE TABLE plain_events (LIKE audit_events INCLUDING ALL);
        GRANT INSERT ON plain_events TO sheaf_app`);
      const { rows } = await client.query<{ id: string; workspace_id: string }>(`
        WITH w AS (INSERT INTO workspaces (name) VALUES ('Bench') RETURNING id)
        INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name, email_verified_at)
          SELECT id, 'admin', 'bench@example.org', 'bench@example.org', 'Bench', now() FROM w RETURNING id, workspace_id`);
      return rows[0]!;
    });
    const writers: pg.Client[] = [];
    for (let n = 0; n < WRITERS; n += 1) {
      const client = new pg.Client({ connectionString: server.appUrl });
      await client.connect();
      writers.push(client);
    }
    atEnd(() => Promise.all(writers.map((client) => client.end())));

    const begin = beginAs({
      kind: "user",
      id: person.id,
      ip: "192.0.2.1",
      requestId: "bench",
    });
    const entry = JSON.stringify([
      { action: "password.changed", resource: { type: "user", id: person.id, name: "Bench" } },
    ]);
    const ours: pg.QueryConfig = {
      name: "ours",
      text: "SELECT app.record_audit($1::jsonb, 'user', $2::uuid, '192.0.2.1', 'bench')",
      values: [entry, person.id],
    };
    const plain: pg.QueryConfig = {
      name: "plain",
      text: `INSERT INTO plain_events (workspace_id, action, actor_kind, actor_id, actor_email, resource_type, resource_id, resource_name, metadata, ip, request_id)
             VALUES ($1, 'password.changed', 'user', $2, 'bench@example.org', 'user', $2, 'Bench', '{}', '192.0.2.1', 'bench')`,
      values: [person.workspace_id, person.id],
    };
    /** Transactions in a second, each of them one entry. */
    async function rate(write: pg.QueryConfig, seconds: number): Promise<number> {
      const until = performance.now() + seconds * 1000;
      const startedAt = performance.now();
      const done = await Promise.all(
        writers.map(async (client) => {
          let written = 0;
          for (; performance.now() < until; written += 1) {
            await client.query(begin);
            await client.query(write);
            await client.query("COMMIT");
          }
          return written;
        }),
      );
      return done.reduce((sum, one) => sum + one, 0) / ((performance.now() - startedAt) / 1000);
    }

    const sealer = startSealer();
    atEnd(() => sealer.stop());
    progress("warming up");
    for (const write of [ours, plain]) await rate(write, options.seconds);
    const rounds: { ours: number; plain: number }[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      progress(`round ${round} of ${options.rounds}`);
      // whoever begins changes, so that sealing what was written before hits both alike
      if (round % 2 === 0) {
        const first = await rate(plain, options.seconds);
        rounds.push({ plain: first, ours: await rate(ours, options.seconds) });
      } else {
        const first = await rate(ours, options.seconds);
        rounds.push({ ours: first, plain: await rate(plain, options.seconds) });
      }
    }
    await sealer.stop();
    const share = median(rounds.map((round) => round.ours / round.plain));
    const figures = {
      ours: median(rounds.map((round) => round.ours)),
      plain: median(rounds.map((round) => round.plain)),
    };
    const text = table([
      [`${WRITERS} writers`, "entries/s"],
      ["the log, sealed meanwhile", count(figures.ours)],
      ["plain inserts", count(figures.plain)],
      ["ratio", ratio(share), `target ${TARGET}: ${share >= TARGET ? "met" : "missed"}`],
    ]);
    return { text, data: { rounds, share } };
  },
};

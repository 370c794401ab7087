import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { type Prisma, PrismaClient } from "#prisma/generated/client.ts";
import { type Actor, actorIdOf } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { ActorPool, currentContext, withContext } from "./context.ts";
import { asAppError, isRetryable } from "./errors.ts";

export { Prisma } from "#prisma/generated/client.ts";
export { databaseError, isUniqueViolation } from "./errors.ts";
export type Tx = Prisma.TransactionClient;

/** Named statements are planned once per connection; the bound keeps a server from collecting them for ever. */
const MAX_STATEMENTS = 500;
const names = new Map<string, string>();
function statementName({ sql }: { sql: string }): string {
  let name = names.get(sql);
  if (!name) {
    // beyond the bound: unnamed, planned each time
    if (names.size >= MAX_STATEMENTS) return "";
    name = `s${createHash("sha256").update(sql).digest("base64url").slice(0, 16)}`;
    names.set(sql, name);
  }
  return name;
}

interface Database {
  pool: ActorPool;
  prisma: PrismaClient;
}

// Next builds several bundles and reloads modules in development: one pool per process all the same.
const holder = globalThis as typeof globalThis & { sheafDatabase?: Database };

function database(): Database {
  if (holder.sheafDatabase) return holder.sheafDatabase;
  const pool = new ActorPool({
    connectionString: env.DATABASE_URL,
    max: env.DATABASE_POOL_SIZE,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
  });
  // an idle connection that the server closes must not end the process
  pool.on("error", () => {});
  const adapter = new PrismaPg(pool, {
    statementNameGenerator: statementName,
    disposeExternalPool: true,
    onConnectionError: () => {},
  });
  return (holder.sheafDatabase = { pool, prisma: new PrismaClient({ adapter }) });
}

/**
 * Runs `work` in one short transaction as the actor. A verb called by a verb of the same actor joins its transaction;
 * another actor gets one of its own. Refusals of the database come out as `AppError`. Deadlock victims are run again,
 * so `work` must have no effect outside the database.
 */
export async function transaction<Result>(actor: Actor, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const context = currentContext<Tx>();
  if (context?.tx && sameActor(context.actor, actor)) return work(context.tx);
  for (let attempt = 1; ; attempt++) {
    try {
      return await withContext({ actor }, () =>
        database().prisma.$transaction((tx) => withContext({ actor, tx }, () => work(tx)), {
          maxWait: 15_000,
          timeout: 20_000,
        }),
      );
    } catch (error) {
      if (attempt < 3 && isRetryable(error)) continue;
      throw asAppError(error);
    }
  }
}

const sameActor = (a: Actor, b: Actor) => a.kind === b.kind && actorIdOf(a) === actorIdOf(b);

/** One statement outside of any actor's context, for functions that take a secret as their only proof. Snake-case rows. */
export async function statement<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
  return (await database().pool.query<Row>({ text, values, name: statementName({ sql: text }) })).rows;
}

/** Whether the database answers. */
export async function isDatabaseReady(): Promise<boolean> {
  return database()
    .pool.query("SELECT 1")
    .then(
      () => true,
      () => false,
    );
}

/** A connection of its own that outlives transactions (advisory locks, LISTEN). The caller ends it. */
export { default as pg } from "pg";

/** Closes all connections; the next call opens new ones. */
export async function closeDatabase(): Promise<void> {
  const open = holder.sheafDatabase;
  delete holder.sheafDatabase;
  await open?.prisma.$disconnect();
}

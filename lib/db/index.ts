import { PrismaPg } from "@prisma/adapter-pg";
import { type Prisma, PrismaClient } from "#prisma/generated/client.ts";
import { type Actor, actorIdOf } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { ActorPool, currentContext, readAs, unheldProof, withContext } from "./context.ts";
import { asAppError, isRetryable } from "./errors.ts";
import { send, statementNames } from "./message.ts";

export { Prisma } from "#prisma/generated/client.ts";
export { databaseError, isUniqueViolation } from "./errors.ts";
export type Tx = Prisma.TransactionClient;

const nameOf = statementNames("s");

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
  // nor one that breaks while it is in use: whoever waits for its answer hears of it
  pool.on("connect", (client) => client.on("error", () => {}));
  const adapter = new PrismaPg(pool, {
    statementNameGenerator: ({ sql }) => nameOf(sql),
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
  await confirm(actor);
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

/**
 * One reading statement as the actor, in one message: context, statement and commit together. For what needs no more
 * than that, it costs a third of a `transaction`; the policies hold just the same, and writing is refused. Within a
 * transaction of the same actor it is part of that.
 */
export async function read<Row extends object>(actor: Actor, query: Prisma.Sql): Promise<Row[]> {
  const context = currentContext<Tx>();
  if (context?.tx && sameActor(context.actor, actor)) return context.tx.$queryRaw<Row[]>(query);
  for (let attempt = 1; ; attempt++) {
    try {
      const proof = unheldProof(actor);
      const rows = await send<Row>(database().pool, [readAs(actor), query], { isReading: true });
      if (proof) proof.isHeld = true;
      return rows;
    } catch (error) {
      if (attempt < 3 && isRetryable(error)) continue;
      throw asAppError(error);
    }
  }
}

/**
 * Makes sure that an actor with a proof is who the request says; nothing to do once that has happened. Throws
 * `unauthenticated` when the session or token has ended, or its person is suspended.
 */
export async function confirm(actor: Actor): Promise<void> {
  const proof = unheldProof(actor);
  if (!proof) return;
  await send(database().pool, [readAs(actor)], { isReading: true }).catch((error: unknown) => {
    throw asAppError(error);
  });
  proof.isHeld = true;
}

/** One statement outside of any actor's context, for functions that take a secret as their only proof. Snake-case rows. */
export const statement = <Row extends object>(text: string, values: unknown[]): Promise<Row[]> =>
  send<Row>(database().pool, [{ text, values }]);

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

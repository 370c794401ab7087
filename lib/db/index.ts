import { PrismaPg } from "@prisma/adapter-pg";
import { type z } from "zod";
import { type Prisma, PrismaClient } from "#prisma/generated/client.ts";
import { type Actor, actorIdOf } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { actAs, ActorPool, askingActor, currentContext, unheldProof, withContext } from "./context.ts";
import { asAppError, isRetryable } from "./errors.ts";
import { send, type Statement, statementNames } from "./message.ts";
import { checked } from "./rows.ts";

export { Prisma } from "#prisma/generated/client.ts";
export { onBehalfOf } from "./context.ts";
export { isUniqueViolation } from "./errors.ts";
export { only } from "./rows.ts";
export { refuseAction } from "./refusals.ts";
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
 * Runs `work` in one short transaction as the actor: for what needs code between its statements (one statement is a
 * `read` or a `write`). A verb called by a verb of the same actor joins its transaction; another actor gets one of its
 * own. Refusals of the database come out as `AppError`. Deadlock victims are run again, so `work` must have no effect
 * outside the database.
 */
export async function transaction<Result>(actor: Actor, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const tx = joined(actor);
  if (tx) return work(tx);
  await confirmAll(actor);
  return retried(() =>
    withContext({ actor }, () =>
      database().prisma.$transaction((begun) => withContext({ actor, tx: begun }, () => work(begun)), {
        maxWait: 15_000,
        timeout: 20_000,
      }),
    ),
  );
}

/** One statement of a transaction; its rows are checked where they enter. */
export const rows = async <Row extends z.ZodType>(
  tx: Tx,
  row: Row,
  query: Prisma.Sql,
): Promise<z.output<Row>[]> => checked(row, await tx.$queryRaw<unknown[]>(query));

/**
 * One reading statement as the actor, in one message: context, statement and commit together. It costs a third of a
 * `transaction`; the policies hold just the same, and writing is refused. Within a transaction of the same actor it is
 * part of that. Rows are checked where they enter.
 */
export const read = <Row extends z.ZodType>(
  actor: Actor,
  row: Row,
  query: Prisma.Sql,
): Promise<z.output<Row>[]> => ask(actor, row, [query], { isReading: true });

/**
 * As `read`, for what writes: a verb that is one function of the database, with all that belongs to it (audit, outbox),
 * and, where it answers what there is then, the statement that reads it. Each sees what the ones before it did; the rows
 * of the last one come back. They commit as a whole or not at all; a deadlock's victim is sent again.
 */
export const write = <Row extends z.ZodType>(
  actor: Actor,
  row: Row,
  ...queries: [Prisma.Sql, ...Prisma.Sql[]] | [...Prisma.Sql[], Prisma.Sql]
): Promise<z.output<Row>[]> => ask(actor, row, queries, { isReading: false });

async function ask<Row extends z.ZodType>(
  actor: Actor,
  row: Row,
  queries: Prisma.Sql[],
  options: { isReading: boolean },
): Promise<z.output<Row>[]> {
  const tx = joined(actor);
  if (!tx) return checked(row, await retried(() => sendAs(actor, queries, options)));
  let found: unknown[] = [];
  for (const query of queries) found = await tx.$queryRaw<unknown[]>(query);
  return checked(row, found);
}

/** The transaction that a verb of this actor is part of, where there is one. */
function joined(actor: Actor): Tx | undefined {
  const context = currentContext<Tx>();
  return context?.tx && sameActor(context.actor, actor) ? context.tx : undefined;
}

const sameActor = (a: Actor, b: Actor) => a.kind === b.kind && actorIdOf(a) === actorIdOf(b);

/** Deadlock victims are tried again; what the database refuses comes out as `AppError`. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt < 3 && isRetryable(error)) continue;
      throw asAppError(error);
    }
  }
}

/** Sends statements as the actor; the message confirms whoever is still to be confirmed, before it does anything else. */
async function sendAs(
  actor: Actor,
  statements: Statement[],
  options: { isReading: boolean },
): Promise<object[]> {
  const asking = askingActor();
  const askingProof = asking && unheldProof(asking);
  const own = unheldProof(actor);
  const other = askingProof && askingProof !== own ? [actAs(asking, { isReading: false })] : [];
  const found = await send<object>(
    database().pool,
    [...other, actAs(actor, options), ...statements],
    options,
  );
  if (own) own.isHeld = true;
  if (askingProof) askingProof.isHeld = true;
  return found;
}

/**
 * Makes sure that an actor with a proof is who the request says; nothing to do once that has happened. Throws
 * `unauthenticated` when the session or token has ended, or its person is suspended.
 */
export async function confirm(actor: Actor): Promise<void> {
  if (unheldProof(actor)) await retried(() => sendAs(actor, [], { isReading: true }));
}

async function confirmAll(actor: Actor): Promise<void> {
  const asking = askingActor();
  if (asking) await confirm(asking);
  await confirm(actor);
}

/** One statement outside of any actor's context, for functions that take a secret as their only proof. */
export async function statement<Row extends z.ZodType>(
  row: Row,
  text: string,
  values: unknown[],
): Promise<z.output<Row>[]> {
  const asking = askingActor();
  if (asking) await confirm(asking);
  return checked(row, await send<object>(database().pool, [{ text, values }]));
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

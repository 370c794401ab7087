import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { type Actor, actorIdOf } from "#lib/authz/actor.ts";
import { type Proof } from "#lib/authz/proof.ts";
import { type Statement } from "./message.ts";

/** What the running code path holds: the actor, and the transaction that verbs called by verbs join. */
interface Context<Tx> {
  actor: Actor;
  tx?: Tx;
}

// The pool outlives one bundle of the application (see index.ts), and so must what its connections read.
const holder = globalThis as typeof globalThis & {
  sheafContexts?: AsyncLocalStorage<Context<unknown>>;
  sheafRequests?: AsyncLocalStorage<Actor>;
};
const contexts = (holder.sheafContexts ??= new AsyncLocalStorage<Context<unknown>>());

export const currentContext = <Tx>() => contexts.getStore() as Context<Tx> | undefined;
export const withContext = <Tx, Result>(context: Context<Tx>, work: () => Result): Result =>
  contexts.run(context, work);

const requests = (holder.sheafRequests ??= new AsyncLocalStorage<Actor>());

/**
 * Runs what a request asks for. Until the actor's proof is held, whatever reaches the database first, as whomever,
 * confirms it in the same message or before: nothing is done for somebody who is not who they seem.
 */
export const onBehalfOf = <Result>(actor: Actor, work: () => Result): Result => requests.run(actor, work);
export const askingActor = (): Actor | undefined => requests.getStore();

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What the database is told of an actor: who acts (`app.actor_kind`, `app.actor_id`), the person where people's rights count
 * (`app.person_id`), and with which request, for the audit log.
 */
function settingsOf(actor: Actor): [name: string, value: string][] {
  const id = actorIdOf(actor);
  if (id && !uuid.test(id)) throw new Error("An actor's id must be a UUID.");
  return [
    ["app.actor_kind", actor.kind],
    ["app.actor_id", id],
    ["app.person_id", actor.kind === "visitor" ? "" : id],
    ["app.request_id", actor.requestId ?? ""],
    ["app.request_ip", actor.ip ?? ""],
  ];
}

/** `BEGIN` and the actor's settings as one message; they end with the transaction. */
export function beginAs(actor: Actor): string {
  const settings = settingsOf(actor).map(
    ([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`,
  );
  return `BEGIN; SELECT ${settings.join(", ")}`;
}

/** Whether somebody still has to make sure that this actor is who the request says. */
export const unheldProof = (actor: Actor): Proof | null =>
  actor.kind === "user" && actor.proof && !actor.proof.isHeld ? actor.proof : null;

/**
 * The statement that makes the transaction it stands in one of the actor's. An actor with a proof is confirmed by it: it
 * raises SH006, and what comes after it in the message is not run, unless the proof holds.
 */
export function actAs(actor: Actor, { isReading }: { isReading: boolean }): Statement {
  const settings = settingsOf(actor);
  const list = [
    ...settings.map(([name], i) => `set_config('${name}', $${i + 1}, true)`),
    ...(isReading ? ["set_config('transaction_read_only', 'on', true)"] : []),
  ].join(", ");
  const values = settings.map(([, value]) => value);
  const proof = unheldProof(actor);
  if (!proof) return { text: `SELECT ${list}`, values };
  // a function in FROM has run when the settings are made: it may note the time of use, a reading transaction may not
  const held = [
    proof.secret(),
    actor.kind === "user" && actor.isSystemAdmin === true,
    ...(proof.scope ? [proof.scope] : []),
  ];
  return {
    text: `SELECT ${list} FROM app.demand_${proof.kind}($6, $2::text::uuid, $7${proof.scope ? ", $8" : ""})`,
    values: [...values, ...held],
  };
}

type Query = { text?: string } | string;

/**
 * A pool whose transactions begin as the current actor. Prisma sends a plain `BEGIN`; a separate `set_config`
 * would cost one more round trip on every verb. Outside a context nothing is added, and nothing is visible.
 */
export class ActorPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ): void;
  override connect(
    callback?: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ) {
    // the pool itself calls it with a callback for single queries: no transaction, no context
    if (callback) return super.connect(callback);
    return super.connect().then(beginsAsActor);
  }
}

const wrapped = new WeakSet<pg.PoolClient>();

function beginsAsActor(client: pg.PoolClient): pg.PoolClient {
  if (wrapped.has(client)) return client;
  wrapped.add(client);
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<pg.QueryResult>;
  client.query = ((first: Query, ...rest: unknown[]) => {
    const text = typeof first === "string" ? first : first.text;
    const context = text === "BEGIN" ? contexts.getStore() : undefined;
    if (!context) return query(first, ...rest);
    // several statements answer with several results: BEGIN's is the first
    return query(beginAs(context.actor)).then((results) => (Array.isArray(results) ? results[0] : results));
  }) as typeof client.query;
  return client;
}

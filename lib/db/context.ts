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
const holder = globalThis as typeof globalThis & { sheafContexts?: AsyncLocalStorage<Context<unknown>> };
const contexts = (holder.sheafContexts ??= new AsyncLocalStorage<Context<unknown>>());

export const currentContext = <Tx>() => contexts.getStore() as Context<Tx> | undefined;
export const withContext = <Tx, Result>(context: Context<Tx>, work: () => Result): Result =>
  contexts.run(context, work);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the database is told of an actor: `app.actor_kind`, `app.actor_id`, and `app.person_id` for those who hold what people do. */
function settingsOf(actor: Actor): [kind: string, id: string, personId: string] {
  const id = actorIdOf(actor);
  if (id && !uuid.test(id)) throw new Error("An actor's id must be a UUID.");
  return [actor.kind, id, actor.kind === "visitor" ? "" : id];
}

/** `BEGIN` and the actor's settings as one message; they end with the transaction. */
export function beginAs(actor: Actor): string {
  // The text goes to the server as it is: a kind is one of ours, and an id was looked at.
  const [kind, id, personId] = settingsOf(actor);
  return `BEGIN; SELECT set_config('app.actor_kind', '${kind}', true), set_config('app.actor_id', '${id}', true), set_config('app.person_id', '${personId}', true)`;
}

/** Whether somebody still has to make sure that this actor is who the request says. */
export const unheldProof = (actor: Actor): Proof | null =>
  actor.kind === "user" && actor.proof && !actor.proof.isHeld ? actor.proof : null;

/**
 * The statement that makes the transaction it stands in one of the actor's, for reading only. An actor with a proof is
 * confirmed by it: it raises SH006, and what comes after it in the message is not run, unless the proof holds.
 */
export function readAs(actor: Actor): Statement {
  const settings =
    "set_config('app.actor_kind', $1, true), set_config('app.actor_id', $2, true), set_config('app.person_id', $3, true), set_config('transaction_read_only', 'on', true)";
  const proof = unheldProof(actor);
  if (!proof) return { text: `SELECT ${settings}`, values: settingsOf(actor) };
  // a function in FROM has run when the settings are made: it may note the time of use, a reading transaction may not
  return {
    text: `SELECT ${settings} FROM app.demand_${proof.kind}($4, $2::text::uuid, $5)`,
    values: [...settingsOf(actor), proof.secret(), actor.kind === "user" && actor.isSystemAdmin === true],
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

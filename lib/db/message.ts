import { createHash } from "node:crypto";
import pg from "pg";
import { Turns } from "./turns.ts";

/** One statement with its values, in the order of `$1`, `$2`, … */
export interface Statement {
  text: string;
  values: readonly unknown[];
}

/** Named statements are planned once per connection; the bound keeps a server from collecting them for ever. */
const MAX_STATEMENTS = 500;

/** Gives each text a name of its own; "" beyond the bound: such a statement is planned each time. */
export function statementNames(prefix: string): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    let name = names.get(text);
    if (name === undefined) {
      if (names.size >= MAX_STATEMENTS) return "";
      name = prefix + createHash("sha256").update(text).digest("base64url").slice(0, 16);
      names.set(text, name);
    }
    return name;
  };
}

/** How the columns of a statement are called and read. */
interface Shape {
  names: string[];
  parsers: ((text: string) => unknown)[];
}
const noColumns: Shape = { names: [], parsers: [] };

// Names of their own ("m"): the driver keeps count of those it has given out itself ("s").
const nameOf = statementNames("m");
// Next builds several bundles: one pool for the process, and so one queue, and one memory of what its connections know.
const holder = globalThis as typeof globalThis & {
  sheafTurns?: Turns<Parcel>;
  sheafStatements?: WeakMap<pg.Connection, Map<string, Shape>>;
};
/** What each connection has parsed and described. */
const known = (holder.sheafStatements ??= new WeakMap());

interface Part {
  name: string;
  text: string;
  values: (string | Buffer | null)[];
}
type Row = Record<string, unknown>;

/** What took longer than this goes alone for a while, so that nobody waits behind it: more than a busy process is ever late. */
const SLOW_MS = 100;
const ALONE_MS = 10_000;
/** Until when statements go alone, by name. */
const alone = new Map<string, number>();

/**
 * The driver's side of `send`; it calls `submit` when the server turns to the message, and the `handle…` methods as it
 * answers. Written before that when it goes with others: the server takes one after the other.
 */
class Message implements pg.Submittable {
  /** The last statement, where those who record queries look for it. */
  readonly text: string;
  readonly values: unknown[];
  /** Those that are written together with this one, which comes first. */
  followers: readonly Message[] = [];
  /** Called once, when it is answered or cannot be any more; `hasBegun` is false when the server cannot have seen to it. */
  ended: (error: unknown, hasBegun: boolean) => void = () => {};
  readonly #parts: Part[];
  readonly #parsed: string[] = [];
  readonly #described = new Map<string, Shape>();
  #shapes = new Map<string, Shape>();
  /** Of the last statement, when the server knew it as this was written. */
  #knownShape: Shape | undefined;
  #shape: Shape | undefined;
  #isWritten = false;
  #begunAt: number | undefined;
  #answered = 0;
  #rows: Row[] = [];
  #unreadable: unknown;
  #isEnded = false;

  constructor(parts: Part[]) {
    const last = parts.at(-1)!;
    this.text = last.text;
    this.values = last.values;
    this.#parts = parts;
  }

  get rows(): Row[] {
    return this.#rows;
  }

  /** Whether nobody has to fear to wait behind it, as far as is known. */
  get isQuick(): boolean {
    const until = alone.get(this.#parts.at(-1)!.name);
    return until === undefined || until < performance.now();
  }

  submit(connection: pg.Connection): void {
    this.#begunAt = performance.now();
    if (this.#isWritten) return;
    // one write for all of it
    connection.stream.cork();
    for (const message of [this, ...this.followers]) message.write(connection);
    connection.stream.uncork();
  }

  /** Not `#private`: those that follow may come from another bundle, whose class is another one. */
  write(connection: pg.Connection): void {
    const shapes = known.get(connection) ?? new Map<string, Shape>();
    known.set(connection, (this.#shapes = shapes));
    this.#isWritten = true;
    for (const { name, text, values } of this.#parts) {
      const isKnown = name !== "" && shapes.has(name);
      if (!isKnown) {
        // left by a message that failed after this was parsed; to close what is not there is no error
        if (name) connection.close({ type: "S", name }, true);
        connection.parse({ name, text, types: [] }, true);
        this.#parsed.push(name);
      }
      connection.bind({ statement: name, values }, true);
      if (!isKnown) connection.describe({ type: "P" }, true);
      connection.execute(null, true);
    }
    this.#knownShape = shapes.get(this.#parts.at(-1)!.name);
    connection.sync();
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#described.set(this.#parts[this.#answered]!.name, {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => parserOf(dataTypeID)),
    });
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const { name } = this.#parts[this.#answered]!;
    if (this.#answered < this.#parts.length - 1 || this.#unreadable !== undefined) return;
    const { names, parsers } = (this.#shape ??= this.#described.get(name) ?? this.#knownShape ?? noColumns);
    const row: Row = {};
    try {
      for (let i = 0; i < fields.length; i++) {
        const text = fields[i]!;
        row[names[i]!] = text === null ? null : parsers[i]!(text);
      }
      this.#rows.push(row);
    } catch (error) {
      this.#unreadable = error;
    }
  }

  handleCommandComplete(): void {
    this.#answered += 1;
  }

  handleReadyForQuery(): void {
    for (const name of this.#parsed) if (name) this.#shapes.set(name, this.#described.get(name) ?? noColumns);
    this.#end(this.#unreadable);
  }

  handleError(error: unknown): void {
    // whether the server still has them, and with these columns, is not certain now
    for (const { name } of this.#parts) this.#shapes.delete(name);
    this.#end(error);
  }

  #end(error: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#begunAt !== undefined) {
      const now = performance.now();
      if (now - this.#begunAt > SLOW_MS) alone.set(this.#parts.at(-1)!.name, now + ALONE_MS);
    }
    this.ended(error, this.#begunAt !== undefined);
  }
}

const BIGINT = 20;
const parserOf = (type: number): ((text: string) => unknown) =>
  type === BIGINT ? BigInt : (pg.types.getTypeParser(type, "text") as (text: string) => unknown);

/** As the server reads a value in text form; bytes go as they are. */
function encode(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || Buffer.isBuffer(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(encodeElement).join(",")}}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value as number | bigint | boolean);
}

function encodeElement(value: unknown): string {
  const text = encode(value);
  return text === null ? "NULL" : `"${text.toString().replace(/[\\"]/g, "\\$&")}"`;
}

/** A refusal by the server leaves the connection as good as before; after anything else it is not used again. */
const isUsableAfter = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === "ERROR";

/** What is to be sent, and what becomes of it. */
interface Parcel {
  pool: pg.Pool;
  parts: Part[];
  isReading: boolean;
  message: Message;
  resolve(rows: Row[]): void;
  reject(error: unknown): void;
}

/** Sends parcels over one connection; the server sees to one after the other, each in a transaction of its own. */
function depart(parcels: Parcel[], done: () => void): void {
  parcels[0]!.pool.connect((failure, client, release) => {
    if (!client) {
      done();
      for (const { reject } of parcels) reject(failure ?? new Error("The pool gave no connection"));
      return;
    }
    const [first, ...others] = parcels.map(({ message }) => message) as [Message, ...Message[]];
    first.followers = others;
    let isUsable = true;
    const turnTo = (n: number) => {
      const parcel = parcels[n]!;
      parcel.message.ended = (error, hasBegun) => {
        if (error !== undefined) isUsable &&= isUsableAfter(error);
        if (n + 1 < parcels.length) turnTo(n + 1);
        else {
          release(!isUsable);
          done();
        }
        if (error === undefined) parcel.resolve(parcel.message.rows);
        // broken by one before it: only what reads is ever written behind another
        else if (!hasBegun) turns.take({ ...parcel, message: new Message(parcel.parts) });
        else parcel.reject(error);
      };
      // at once, as long as nobody else can be told of its answer
      client.query(parcel.message);
    };
    turnTo(0);
  });
}

const mayJoin = (first: Parcel, next: Parcel) =>
  first.isReading &&
  next.isReading &&
  first.pool === next.pool &&
  first.message.isQuick &&
  next.message.isQuick;

const turns = (holder.sheafTurns ??= new Turns<Parcel>({ depart, mayJoin }));

/**
 * Sends statements as one message and returns the rows of the last one: a single round trip, however many they are.
 *
 * What goes before one `Sync` is one transaction. It commits as a whole, and after an error nothing of it remains, the
 * settings it made for itself included: a connection that has answered is clean, whatever happened. Types come out as
 * from Prisma's raw queries: bigint, Date, parsed JSON; `numeric` as text.
 *
 * What only reads, and so waits for nobody's lock, may share a connection with what others read while many are waiting:
 * `isReading`. Nothing else may: what it waits for could be done by who waits behind it.
 *
 * Throws what the server says, or that there was no connection.
 */
export function send<Result extends object>(
  pool: pg.Pool,
  statements: Statement[],
  { isReading = false } = {},
): Promise<Result[]> {
  return new Promise((resolve, reject) => {
    const parts = statements.map(({ text, values }) => ({
      name: nameOf(text),
      text,
      values: values.map(encode),
    }));
    turns.take({
      pool,
      parts,
      isReading,
      message: new Message(parts),
      resolve: resolve as (rows: Row[]) => void,
      reject,
    });
  });
}

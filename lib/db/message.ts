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
/** What each connection has parsed and described. */
const known = new WeakMap<pg.Connection, Map<string, Shape>>();

interface Part {
  name: string;
  text: string;
  values: (string | Buffer | null)[];
}
type Row = Record<string, unknown>;

/** The driver's side of `send`; it calls the `handle…` methods as the server answers. */
class Message implements pg.Submittable {
  /** The last statement, where those who record queries look for it. */
  readonly text: string;
  readonly values: unknown[];
  readonly #parts: Part[];
  readonly #done: (error: unknown, rows: Row[]) => void;
  readonly #parsed: string[] = [];
  readonly #described = new Map<string, Shape>();
  #shapes = new Map<string, Shape>();
  #shape: Shape | undefined;
  #answered = 0;
  #rows: Row[] = [];
  #unreadable: unknown;
  #isSettled = false;

  constructor(parts: Part[], done: (error: unknown, rows: Row[]) => void) {
    const last = parts.at(-1)!;
    this.text = last.text;
    this.values = last.values;
    this.#parts = parts;
    this.#done = done;
  }

  submit(connection: pg.Connection): void {
    const shapes = known.get(connection) ?? new Map<string, Shape>();
    known.set(connection, (this.#shapes = shapes));
    // one write for all of it
    connection.stream.cork();
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
    connection.sync();
    connection.stream.uncork();
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
    const { names, parsers } = (this.#shape ??=
      this.#described.get(name) ?? this.#shapes.get(name) ?? noColumns);
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
    this.#settle(this.#unreadable);
  }

  handleError(error: unknown): void {
    // whether the server still has them, and with these columns, is not certain now
    for (const { name } of this.#parts) this.#shapes.delete(name);
    this.#settle(error);
  }

  #settle(error: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#done(error, this.#rows);
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

// Next builds several bundles: one queue for the one pool of the process.
const holder = globalThis as typeof globalThis & { sheafTurns?: Turns };
const turns = (holder.sheafTurns ??= new Turns());

/**
 * Sends statements as one message and returns the rows of the last one: a single round trip, however many they are.
 *
 * What goes before one `Sync` is one transaction. It commits as a whole, and after an error nothing of it remains, the
 * settings it made for itself included: a connection that has answered is clean, whatever happened. Types come out as
 * from Prisma's raw queries: bigint, Date, parsed JSON; `numeric` as text.
 *
 * Throws what the server says, or that there was no connection.
 */
export function send<Result extends object>(pool: pg.Pool, statements: Statement[]): Promise<Result[]> {
  return new Promise((resolve, reject) => {
    const parts = statements.map(({ text, values }) => ({
      name: nameOf(text),
      text,
      values: values.map(encode),
    }));
    turns.take((done) => {
      pool.connect((failure, client, release) => {
        if (!client) {
          done();
          return reject(failure ?? new Error("The pool gave no connection"));
        }
        const message = new Message(parts, (error, rows) => {
          release(error !== undefined && !isUsableAfter(error));
          done();
          if (error === undefined) resolve(rows as Result[]);
          else reject(error as Error);
        });
        client.query(message);
      });
    });
  });
}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
} from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { migrationsDirOf, readMigrations, schemaFileOf, type MigrationTarget } from "./folder.ts";

type Bindings = typeof import("@prisma/schema-engine-wasm/schema_engine_bg");

/** PostgreSQL's internal one-byte `"char"` type, and `text`, which reads the same. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/** The parts of PrismaPg's connection that are private in its types and that the repairs below need. */
interface Internals {
  performIO(query: SqlQuery): Promise<{ fields: { dataTypeID: number }[] }>;
  underlyingDriver(): pg.Pool;
}

let bindings: Promise<Bindings> | undefined;

/** Prisma's schema engine as WebAssembly: the native one is a download that needs the internet. */
async function load(): Promise<Bindings> {
  const module = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const main = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const wasm = await readFile(path.join(path.dirname(main), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": { ...module } });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  // A panic can't be caught from outside the engine; without this its reason would be lost.
  const registry = { set_message: (text: string) => void process.stderr.write(`${text}\n`) };
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry });
  return module;
}

/**
 * Two repairs for catalogue queries and scripts: the adapter cuts scripts at every `;`, which breaks function
 * bodies, and it does not know the type `"char"`, in which the catalogue keeps its kinds.
 */
function repair(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const inner = adapter as SqlDriverAdapter & Internals;
  const performIO = inner.performIO.bind(inner);
  const queryRaw = inner.queryRaw.bind(inner);
  let charColumns: number[] = []; // of the query under way: the engine sends one at a time
  return Object.assign(inner, {
    executeScript: async (script: string) => void (await inner.underlyingDriver().query(script)),
    performIO: async (query: SqlQuery) => {
      const result = await performIO(query);
      charColumns = result.fields.flatMap((field, index) => (field.dataTypeID === CHAR_OID ? [index] : []));
      for (const index of charColumns) result.fields[index]!.dataTypeID = TEXT_OID;
      return result;
    },
    queryRaw: async (query: SqlQuery) => {
      const result = await queryRaw(query);
      for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    },
  });
}

/** Connection fields rather than the URL: with a connection string the adapter ignores the database it is given. */
function connectionOf(url: string): pg.PoolConfig {
  const { host, port, user, password, database, ssl } = new pg.Client({ connectionString: url });
  return { host, port, user, password, database, ssl };
}

/** Opens the engine on a database for as long as `work` takes. Loading takes about 0.1 s, once per process. */
async function withEngine<T>(
  target: MigrationTarget,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine: Engine } = await (bindings ??= load());
  const factory = new PrismaPg(connectionOf(target.url));
  const connect = factory.connect.bind(factory);
  const opened: SqlDriverAdapter[] = [];
  factory.connect = async () => {
    const adapter = repair(await connect()) as Awaited<ReturnType<typeof connect>>;
    opened.push(adapter);
    return adapter;
  };
  const datamodels: [string, string][] = [["schema.prisma", await readFile(schemaFileOf(target), "utf8")]];
  const adapterFactory = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await Engine.new({ datamodels }, () => {}, adapterFactory);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await Promise.all(opened.map((adapter) => adapter.dispose()));
  }
}

const NOTHING_EXTERNAL = { externalTables: [], externalEnums: [] };

/** The SQL that leads from the database to the schema file (`forward`), or from the file to the database. */
export async function diffScript(
  target: MigrationTarget,
  direction: "forward" | "backward",
): Promise<string> {
  const files = [{ path: "schema.prisma", content: await readFile(schemaFileOf(target), "utf8") }];
  const database = { tag: "schemaDatasource", files, configDir: "." } as const;
  const schema = { tag: "schemaDatamodel", files } as const;
  const [from, to] = direction === "forward" ? [database, schema] : [schema, database];
  const result = await withEngine(target, (engine) =>
    engine.diff({ from, to, script: true, exitCode: true, filters: NOTHING_EXTERNAL }),
  );
  return result.stdout ?? "";
}

/** What Prisma itself makes of the recorded history: names that are edited, failed, missing or pending. */
export async function diagnoseHistory(target: MigrationTarget) {
  const baseDir = path.resolve(migrationsDirOf(target));
  const migrations = await readMigrations(baseDir);
  const migrationsList = {
    baseDir,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value: sql } },
    })),
  };
  return withEngine(target, (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NOTHING_EXTERNAL,
    }),
  );
}

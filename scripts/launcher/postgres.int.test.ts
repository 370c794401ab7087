import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepareDataFolder } from "./data-folder.ts";
import { withEmbeddedPostgres } from "./embedded.ts";
import { lockDataFolder } from "./lock.ts";
import { startEmbeddedPostgres } from "./postgres.ts";
import { startMark } from "./processes.ts";

/** The server keeps its real settings, because some of these tests are about durability. */
let parent: string;
let dataDir: string;
beforeAll(async () => {
  parent = await mkdtemp(path.join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "sheaf-postgres-"));
  dataDir = path.join(parent, "data");
  // The parent folder is closed, as mktemp makes it, and the server must still reach its files.
  await chmod(parent, 0o700);
  await prepareDataFolder(dataDir, 0);
});
afterAll(() => rm(parent, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

it("is reached by the app on a socket file, and over TCP where the folder's path is too long for one", async () => {
  for (const [name, address] of [
    ["short", null],
    ["long".repeat(25), "127.0.0.1/32"],
  ] as const) {
    const folder = path.join(parent, name);
    await prepareDataFolder(folder, 0);
    const server = await startEmbeddedPostgres({ dataDir: folder });
    try {
      expect(await query(server.appUrl, "select inet_client_addr()::text")).toEqual([[address]]);
    } finally {
      await server.stop("now");
    }
  }
});

it("makes a database with an owner and an app role that owns nothing", async () => {
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    expect(server.created).toBe(true);
    const roles = await query(
      server.superuserUrl,
      `select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles
       where rolname like 'sheaf%' order by 1`,
    );
    expect(roles).toEqual([
      ["sheaf_app", true, false, false, false, false],
      ["sheaf_owner", true, false, false, false, false],
    ]);
    expect(
      await query(server.ownerUrl, "select pg_get_userbyid(datdba) from pg_database where datname = 'sheaf'"),
    ).toEqual([["sheaf_owner"]]);
    expect(
      await query(
        server.ownerUrl,
        "select extname from pg_extension where extname in ('pg_trgm','unaccent') order by 1",
      ),
    ).toEqual([["pg_trgm"], ["unaccent"]]);
    expect(await query(server.appUrl, "show jit")).toEqual([["off"]]);
    expect(await query(server.appUrl, "show fsync")).toEqual([["on"]]);
    await expect(query(server.appUrl, "create table public.x ()")).rejects.toThrow(/permission denied/);
    await expect(query(server.appUrl, "create temp table x ()")).rejects.toThrow(/permission denied/);
    // Letters beyond ASCII are letters, in case changes and in trigram search.
    expect(await query(server.appUrl, "select lower('ÄÖÜ'), show_trgm('Ü') <> '{}'")).toEqual([
      ["äöü", true],
    ]);
    await expect(query(server.appUrl.replace(/:[^:@]+@/, ":wrong@"), "select 1")).rejects.toThrow(
      /password authentication failed/,
    );
    await query(server.ownerUrl, "create table kept (n int)");
  } finally {
    await server.stop();
  }
  expect(await startMark(server.pid)).toBeNull();
});

it("lets the app's role into its own database alone, also where an earlier version had not", async () => {
  const reachable = `select datname from pg_database
    where datallowconn and has_database_privilege('sheaf_app', oid, 'connect')`;
  const at = (url: string, database: string) =>
    Object.assign(new URL(url), { pathname: `/${database}` }).href;
  const first = await startEmbeddedPostgres({ dataDir });
  expect(await query(first.superuserUrl, reachable)).toEqual([["sheaf"]]);
  for (const other of ["postgres", "template1"])
    for (const url of [first.appUrl, first.ownerUrl])
      await expect(query(at(url, other), "select 1")).rejects.toThrow(/permission denied for database/);
  await query(first.superuserUrl, "grant connect, temporary on database postgres, template1 to public");
  await first.stop();
  const second = await startEmbeddedPostgres({ dataDir });
  expect(await query(second.superuserUrl, reachable)).toEqual([["sheaf"]]);
  await second.stop();
});

it("keeps data, port and passwords from one start to the next, also over kill -9", async () => {
  const first = await startEmbeddedPostgres({ dataDir });
  await query(first.ownerUrl, "insert into kept values (1)");
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  const second = await startEmbeddedPostgres({ dataDir });
  try {
    expect(second).toMatchObject({ created: false, ownerUrl: first.ownerUrl });
    expect(await query(second.ownerUrl, "select n from kept")).toEqual([[1]]);
  } finally {
    await second.stop();
  }
});

/** Starts the server in another process and kills that process, so that it cannot stop the server. */
async function orphan(): Promise<number> {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(path.join(import.meta.dirname, "postgres.ts"))};
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    process.send(server.pid);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [pid] = (await once(child, "message")) as [number];
  child.kill("SIGKILL");
  await once(child, "exit");
  return pid;
}

it("takes over from a server whose launcher was killed", async () => {
  const pid = await orphan();
  expect(await startMark(pid)).not.toBeNull();
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    expect(await startMark(pid)).toBeNull();
    expect(await query(server.ownerUrl, "select n from kept")).toEqual([[1]]);
  } finally {
    await server.stop();
  }
});

it("starts although its pid file names some other program by now", async () => {
  await writeFile(path.join(dataDir, "postgres/postmaster.pid"), `${process.pid}\n${dataDir}/postgres\n`);
  const server = await startEmbeddedPostgres({ dataDir });
  await server.stop();
  expect(await startMark(process.pid)).not.toBeNull();
});

it("gives way when another program took its port", async () => {
  const { postgres: port } = JSON.parse(await readFile(path.join(dataDir, "ports.json"), "utf8")) as {
    postgres: number;
  };
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    expect(server.port).not.toBe(port);
    expect(await query(server.ownerUrl, "select n from kept")).toEqual([[1]]);
    await expect(startEmbeddedPostgres({ dataDir: await otherFolder(), port })).rejects.toThrow(
      /already used by another program/,
    );
  } finally {
    await server.stop();
    other.close();
  }
});

async function otherFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(parent, "other-"));
  await prepareDataFolder(folder, 0);
  return folder;
}

it("serves a command beside a running instance, and starts the server for one otherwise", async () => {
  const count = () =>
    withEmbeddedPostgres(dataDir, ({ ownerUrl }) => query(ownerUrl, "select count(*)::int from kept"));
  expect(await count()).toEqual([[1]]);
  const lock = await lockDataFolder(dataDir);
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    expect(await count()).toEqual([[1]]);
    expect(await startMark(server.pid)).not.toBeNull();
  } finally {
    await server.stop();
    await lock.release();
  }
});

it("starts anew where a first start was killed half-way", async () => {
  const folder = await otherFolder();
  await mkdir(path.join(folder, "postgres.new/base"), { recursive: true });
  await writeFile(path.join(folder, "postgres.new/PG_VERSION"), "18\n");
  const server = await startEmbeddedPostgres({ dataDir: folder, settings: { fsync: "off" } });
  expect(server.created).toBe(true);
  await server.stop("now");
});

it("refuses files of another major version", async () => {
  const folder = await otherFolder();
  await mkdir(path.join(folder, "postgres"));
  await writeFile(path.join(folder, "postgres/PG_VERSION"), "17\n");
  await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toThrow(
    /was made by PostgreSQL 17, .* brings PostgreSQL 18/,
  );
});

it("says which file is missing when the secrets were lost", async () => {
  const secrets = path.join(dataDir, "secrets.json");
  const kept = await readFile(secrets);
  await rm(secrets);
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/put back the secrets.json/);
  await writeFile(secrets, kept);
});

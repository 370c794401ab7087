import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { schemaHash } from "./build.ts";
import { findLockHolder } from "./lock.ts";
import { hashSources } from "./source-hash.ts";
import { isPortFree, freePort } from "./ports.ts";
import { startMark } from "./processes.ts";

/**
 * The whole launcher with a substitute for Next: a project folder with a finished build, whose `scripts/server.ts`
 * answers readiness and its process id. It uses the test run's database, except where the embedded one matters.
 */
const here = (file: string) => JSON.stringify(path.join(import.meta.dirname, file));
const SERVER = `
  import { createAppServer } from ${here("http-server.ts")};
  const { server, drain } = createAppServer({
    handleStorage: null, trustProxy: false, secure: false, pagePolicy: () => "", onError: console.error,
    handle: async (req, res) => {
      if (req.url === "/die") process.exit(7);
      if (req.url === "/env") return void res.end(JSON.stringify(process.env));
      if (req.url === "/slow") await new Promise((resolve) => setTimeout(resolve, 300));
      res.writeHead(req.url.startsWith("/api/inngest") ? 404 : 200).end(String(process.pid));
    },
  });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", async () => { await drain(5000); process.exit(0); });
  process.on("disconnect", () => process.exit(0));
  server.listen({ port: Number(process.env.PORT), host: process.env.HOST, exclusive: process.env.SHEAF_INSTANCES === "1" },
    () => process.send({ listening: true }));
`;
const LAUNCH = `import { launch } from ${here("launch.ts")}; await launch(import.meta.dirname, process.argv.slice(2));`;

/** In memory, because initdb syncs a thousand files, which no test here is about. */
const inMemory = existsSync("/dev/shm");
let root: string;
let port: number;
const launchers: Launcher[] = [];

beforeEach(async () => {
  root = await mkdtemp(path.join(inMemory ? "/dev/shm" : tmpdir(), "sheaf-launch-"));
  port = await freePort();
  for (const folder of ["scripts", "prisma/generated", ".next"])
    await mkdir(path.join(root, folder), { recursive: true });
  const write = (file: string, content: string) => writeFile(path.join(root, file), content);
  await write("launch.mjs", LAUNCH);
  await write("scripts/server.ts", SERVER);
  await write("package.json", '{"type":"module"}');
  await write("prisma/schema.prisma", "");
  await write("prisma/generated/client.ts", "");
  await write("prisma/generated/.made-from", await schemaHash(root));
  await write(".next/BUILD_ID", "1");
  await write(".next/made-from", hashSources(root));
});
afterEach(async () => {
  for (const { child } of launchers.splice(0)) {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  await rm(root, { recursive: true, force: true });
});

interface Launcher {
  child: ChildProcess;
  /** Its output so far. */
  said(): string;
  ready: Promise<void>;
  /** The exit code, once it and its output have ended. */
  ended: Promise<number | null>;
}

/** `embedded` starts a PostgreSQL of its own; `shared` uses the database of this test file. */
function start(
  args: string[] = [],
  database: "shared" | "embedded" = "shared",
  env: Record<string, string> = {},
  [file, ...before]: readonly [string, ...string[]] = ["node", "launch.mjs"],
): Launcher {
  const { DATABASE_URL, DATABASE_OWNER_URL, PATH } = process.env;
  const own = database === "embedded" ? {} : { DATABASE_URL, DATABASE_OWNER_URL };
  const child = spawn(
    file === "node" ? process.execPath : file,
    [...before, "--port", String(port), ...args],
    {
      cwd: root,
      env: { PATH, NODE_ENV: "production", ...own, ...env },
      // npm passes no channel on
      stdio: file === "npm" ? ["ignore", "pipe", "pipe"] : ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("Its output is not connected.");
  let output = "";
  const ready = Promise.withResolvers<void>();
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes("Ctrl-C stops everything")) ready.resolve();
  };
  stdout.on("data", collect);
  stderr.on("data", collect);
  // Not "close", which is never emitted after this side has disconnected.
  const ended = Promise.all([once(child, "exit"), once(stdout, "end"), once(stderr, "end")]).then(
    ([[code]]) => code as number | null,
  );
  void ended.then(() => ready.reject(new Error(output)));
  ready.promise.catch(() => undefined);
  const launcher = { child, said: () => output, ready: ready.promise, ended };
  launchers.push(launcher);
  return launcher;
}

async function ask(url: string): Promise<string> {
  const agent = new Agent({ keepAlive: false });
  const req = get({ host: "127.0.0.1", port, path: url, agent });
  const [res] = (await once(req, "response")) as [Parameters<typeof text>[0]];
  return text(res);
}
const pid = async () => Number(await ask("/pid"));
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

it("starts, says where it is, and stops everything in order on Ctrl-C", async () => {
  const { child, ready, said, ended } = start([], "embedded");
  await ready;
  expect(said()).toMatch(new RegExp(`Ready in [\\d.]+ s: {2}http://localhost:${port}\\n`));
  expect(said()).toContain("No SMTP_URL is set");
  const env = JSON.parse(await ask("/env")) as Record<string, string>;
  expect(env.DATABASE_URL).toMatch(/^postgresql:\/\/sheaf_app:/);
  expect(env).not.toHaveProperty("DATABASE_OWNER_URL");
  expect(env).not.toHaveProperty("INNGEST_DEV");
  expect(env.INNGEST_SIGNING_KEY).toMatch(/^signkey-local-/);

  const slow = ask("/slow");
  const app = await pid();
  const postgres = Number(
    (await readFile(path.join(root, ".data/postgres/postmaster.pid"), "utf8")).split("\n")[0],
  );
  child.kill("SIGINT");
  expect(await slow).toBe(String(app));
  expect(await ended).toBe(0);
  expect(await startMark(app)).toBeNull();
  expect(await startMark(postgres)).toBeNull();
  expect(await isPortFree(port, "127.0.0.1")).toBe(true);
});

it("recovers from kill -9 of the launcher, of the database and of the app", async () => {
  const first = start([], "embedded");
  await first.ready;
  const before = await pid();

  process.kill(before, "SIGKILL");
  const second = await eventually(async () => {
    const now = await pid();
    expect(now).not.toBe(before);
    return now;
  });

  const pidFile = path.join(root, ".data/postgres/postmaster.pid");
  const postmaster = async () => Number((await readFile(pidFile, "utf8")).split("\n")[0]);
  const postgres = await postmaster();
  process.kill(postgres, "SIGKILL");
  await eventually(async () => expect(await postmaster()).not.toBe(postgres));
  expect(await pid()).toBe(second);

  first.child.kill("SIGKILL");
  const again = start([], "embedded");
  await again.ready;
  expect(await startMark(second)).toBeNull();
  expect(await pid()).not.toBe(second);
}, 60_000);

/** Completes the project so that `npm start` works: npm, the command that installs, the launcher. */
async function makeStartable(): Promise<void> {
  const project = path.resolve(import.meta.dirname, "../..");
  await mkdir(path.join(root, "scripts/launcher"));
  for (const file of ["scripts/start.mjs", "scripts/bootstrap.mjs", "package.json", "package-lock.json"])
    await copyFile(path.join(project, file), path.join(root, file));
  await symlink(path.join(project, "node_modules"), path.join(root, "node_modules"));
  await writeFile(
    path.join(root, "scripts/launcher/main.ts"),
    LAUNCH.replace("import.meta.dirname", JSON.stringify(root)),
  );
  await writeFile(path.join(root, ".next/made-from"), hashSources(root));
}

describe.each([
  ["npm", ["npm", "start", "--"]],
  ["the start command", ["node", "scripts/start.mjs"]],
  ["the launcher", ["node", "scripts/launcher/main.ts"]],
] as const)("asked to stop by a signal to %s alone", (_, command) => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("ends everything in order on %s", async (signal) => {
    await makeStartable();
    const { child, ready, said, ended } = start([], "shared", {}, command);
    await ready;
    const slow = ask("/slow");
    const app = await pid();
    const lock = await findLockHolder(path.join(root, ".data"));
    child.kill(signal);
    expect(await slow).toBe(String(app));
    await ended;
    expect(said()).toContain("Stopping");
    expect([await startMark(app), await startMark(lock!)]).toEqual([null, null]);
    expect(await isPortFree(port, "127.0.0.1")).toBe(true);
  });
});

it("leaves with the command that started it", async () => {
  const { child, ready, ended } = start();
  await ready;
  child.disconnect();
  expect(await ended).toBe(0);
  expect(await isPortFree(port, "127.0.0.1")).toBe(true);
});

it("shares one port between instances, which alternate and see the caller's address", async () => {
  const { ready, said } = start(["--instances", "2"]);
  await ready;
  expect(said()).toContain("2 instances");
  const pids: number[] = [];
  for (let i = 0; i < 8; i++) pids.push(await pid());
  // another connection in between, such as the launcher's own check, may reach one of the two
  expect(new Set(pids).size).toBe(2);
  for (const one of new Set(pids)) expect(pids.filter((found) => found === one).length).toBeGreaterThan(2);
});

it("gives up with one sentence when the app keeps dying", async () => {
  await writeFile(path.join(root, "scripts/server.ts"), 'console.error("the reason"); process.exit(3);');
  const { ended, said } = start();
  expect(await ended).toBe(1);
  expect(said()).toMatch(
    /\nThe app ended 5 times in a row right after its start; its log says why: .*app\.log\n/,
  );
  expect(await readFile(path.join(root, ".data/logs/app.log"), "utf8")).toContain("the reason");
});

it("refuses a second launcher on the same data", async () => {
  const first = start();
  await first.ready;
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.said()).toBe(
    `\nSheaf already runs on the data folder ${root}/.data (process ${first.child.pid}); stop it first, or name another folder with DATA_DIR.\n`,
  );
});

it("names a taken port and another one", async () => {
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  const { ended, said } = start();
  expect(await ended).toBe(1);
  other.close();
  expect(said()).toBe(
    `\nPort ${port} is already used by another program; stop it, or choose another port: npm start -- --port ${port + 1}\n`,
  );
});

it.each([
  [
    "a data folder below a file",
    { DATA_DIR: "package.json/data" },
    /^No permission to write to .*package\.json\/data/,
  ],
  [
    "a file as the data folder",
    { DATA_DIR: "package.json" },
    /^The data folder .*package\.json is not a folder/,
  ],
  ["a faulty setting", { LOG_LEVEL: "loud" }, /^The configuration is not usable:\n {2}LOG_LEVEL: /],
  ["a setting that is missing", { STORAGE_DRIVER: "s3" }, /^STORAGE_DRIVER=s3 needs S3_BUCKET/],
  ["an address that is none", { APP_URL: "here" }, /^APP_URL is no address/],
  [
    "an address of another machine",
    { HOST: "192.0.2.1" },
    /^HOST=192\.0\.2\.1 is no address of this machine/,
  ],
])("ends %s with a sentence and without a stack", async (_, env, sentence) => {
  const { ended, said } = start([], "shared", env);
  expect(await ended).toBe(1);
  expect(said().trim()).toMatch(sentence);
  expect(said()).not.toMatch(/\n\s+at /);
});

it("says that a database of one's own does not answer", async () => {
  const url = `postgresql://a:b@127.0.0.1:${await freePort()}/x`;
  const { ended, said } = start([], "shared", { DATABASE_URL: url, DATABASE_OWNER_URL: url });
  expect(await ended).toBe(1);
  expect(said()).toMatch(/\nThe database in DATABASE_OWNER_URL cannot be used: .*ECONNREFUSED/);
});

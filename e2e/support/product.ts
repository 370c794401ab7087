import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { findLockHolder } from "#scripts/launcher/lock.ts";
import { databaseUrls } from "#scripts/launcher/postgres-roles.ts";
import { freePort } from "#scripts/launcher/ports.ts";
import { startMark } from "#scripts/launcher/processes.ts";
import { until } from "./until.ts";

const root = path.resolve(import.meta.dirname, "../..");
/** With a build in it; starting alone takes seconds. */
const START_MS = 240_000;

/** What may be set in the shell or an `.env` of whoever runs the tests, and must not reach the product under test. */
const undecided = [
  ...["APP_URL", "AUTH_SECRET", "CONTENT_ORIGIN", "DATABASE_OWNER_URL", "DATABASE_URL", "HOST"],
  ...["INNGEST_BASE_URL", "MAIL_DIR", "MAX_UPLOAD_BYTES", "NEXTAUTH_SECRET", "NODE_OPTIONS", "SIGN_UP"],
  ...[
    "SMTP_URL",
    "RESEND_API_KEY",
    "DKIM_DOMAIN",
    "STORAGE_DIR",
    "STORAGE_DRIVER",
    "TRUST_PROXY",
    "FREE_COLLECTIONS",
    "FREE_DOCUMENTS",
  ],
  ...["FREE_STORAGE_BYTES", "FREE_COLLABORATORS_PER_COLLECTION", "PDF_TIMEOUT_SECONDS", "MAX_PDF_PAGES"],
];

export interface Product {
  /** Where people open it, without a slash at the end. */
  url: string;
  dataDir: string;
  /** Runs SQL as the owner of the tables: the whole truth, past all policies. */
  query<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** Looks at an instance that runs already. */
export function connect(url: string, dataDir: string): Product {
  return {
    url,
    dataDir,
    async query<Row extends object>(text: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString: await ownerUrl(dataDir) });
      client.on("error", () => undefined); // some tests end the database on purpose
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

/** A connection string for the owner of the tables in an instance's own database. */
export async function ownerUrl(dataDir: string): Promise<string> {
  const read = async (name: string): Promise<Record<string, string>> =>
    JSON.parse(await readFile(path.join(dataDir, name), "utf8"));
  const [{ ownerPassword = "" }, { postgres }] = await Promise.all([
    read("secrets.json"),
    read("ports.json"),
  ]);
  return databaseUrls(Number(postgres), { superuser: "", owner: ownerPassword, app: "" }).ownerUrl;
}

export interface RunningProduct extends Product {
  /** Everything that the start command said so far. */
  output(): string;
  /** The start command itself; ends when the product does. */
  command: ChildProcess;
  /** Ends everything in order. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** A folder that exists; what an earlier run left in it is used. */
  dataDir: string;
  port?: number;
  /** How many app processes share the port; one unless given. */
  instances?: number;
  env?: Record<string, string>;
}

/** `npm start` on a data folder, with limits that no test reaches by accident; returns when it is ready. */
export async function startProduct({ port, ...options }: StartOptions): Promise<RunningProduct> {
  if (port !== undefined) return startOn(port, options);
  // a port that was free a moment ago may be somebody else's by now
  return startOn(await freePort(), options).catch(async (error: unknown) => {
    if (!String(error).includes("is already used by another program")) throw error;
    return startOn(await freePort(), options);
  });
}

async function startOn(
  chosenPort: number,
  { dataDir, instances = 1, env }: Omit<StartOptions, "port">,
): Promise<RunningProduct> {
  const args = ["scripts/start.mjs", "--port", String(chosenPort), "--instances", String(instances)];
  const command = spawn(process.execPath, args, {
    cwd: root,
    env: {
      ...process.env,
      ...Object.fromEntries(undecided.map((name) => [name, ""])),
      DATA_DIR: dataDir,
      MAILBOX_PAGE: "true",
      RATE_LIMIT_FACTOR: "1000",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C at the tests is answered by them, in their order
    detached: true,
  });
  let output = "";
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-200_000));
  command.stdout.on("data", collect);
  command.stderr.on("data", collect);
  const stop = async () => {
    if (command.exitCode === null && command.signalCode === null) command.kill("SIGTERM");
    await until(
      "the product to stop",
      () => command.exitCode !== null || command.signalCode !== null,
      30_000,
    );
  };
  const hasEnded = () => command.exitCode !== null || command.signalCode !== null;
  const isReady = () => / Ready in /.test(output);
  try {
    await until("the product to be ready", () => isReady() || hasEnded(), START_MS);
    if (!isReady()) throw new Error("it ended");
  } catch (error) {
    if (!hasEnded()) await stop();
    throw new Error(`The product did not start: ${(error as Error).message}\n${output}`);
  }
  const url = `http://localhost:${chosenPort}`;
  return { ...connect(url, dataDir), output: () => output, command, stop };
}

/** The process that holds the data folder; it also runs the job server. Null while there is none. */
const findLauncher = findLockHolder;

/** The process that serves the app: the launcher's child that runs its script. Null while there is none. */
export async function findApp(dataDir: string): Promise<number | null> {
  const launcher = await findLauncher(dataDir);
  const children = launcher === null ? [] : await childrenOf(launcher);
  return children.find(({ args }) => args.includes("scripts/server.ts"))?.pid ?? null;
}

export const launcherOf = (dataDir: string): Promise<number> =>
  until("the launcher", () => findLauncher(dataDir));
export const appOf = (dataDir: string): Promise<number> => until("the app's process", () => findApp(dataDir));

export async function postgresOf(dataDir: string): Promise<number> {
  const file = path.join(dataDir, "postgres", "postmaster.pid");
  return Number((await readFile(file, "utf8")).split("\n")[0]);
}

/** Children of a process, with their command lines. */
export async function childrenOf(parent: number): Promise<{ pid: number; args: string }[]> {
  const ps = spawn("ps", ["-A", "-o", "pid=,ppid=,args="], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  for await (const chunk of ps.stdout) text += String(chunk);
  return text.split("\n").flatMap((line) => {
    const [, pid, ppid, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent ? [{ pid: Number(pid), args }] : [];
  });
}

/** `kill -9`: what a crash does. Resolves when the process is gone. */
export async function crash(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await until(`process ${pid} to be gone`, async () => (await startMark(pid)) === null);
}

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Inngest } from "inngest";
import pg from "pg";
import type { JobTuning } from "../index.ts";

/** Polls until `look` returns something other than undefined, null or false. @throws after `withinMs`, naming `what` */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 15_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain for: ${what}`);
    await delay(20);
  }
}

/** Fast enough for tests; leases stay long enough for a busy machine. */
const TUNING: Partial<JobTuning> = {
  leaseMs: 2_000,
  pollMs: 100,
  syncMs: 300,
  backoffSeconds: [0.2, 0.4],
  stopMs: 3_000,
};

export interface Process {
  child: ChildProcess;
  /** Its output so far, both streams. */
  output(): string;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** One application, any number of job servers, one database: as processes of their own. */
export async function createBench(databaseUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-jobs-"));
  const journal = join(folder, "journal");
  appendFileSync(journal, "");
  const [appPort, serverPort] = await Promise.all([freePort(), freePort()]);
  const secrets = {
    eventKey: randomBytes(12).toString("hex"),
    signingKey: `signkey-test-${randomBytes(32).toString("hex")}`,
  };
  const appUrl = `http://127.0.0.1:${appPort}/api/inngest`;
  const baseUrl = `http://127.0.0.1:${serverPort}`;
  const processes: Process[] = [];
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 3 });
  pool.on("error", () => {}); // tests end the database on purpose

  async function run(script: string, settings: object): Promise<Process> {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const child = spawn(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      file,
      JSON.stringify(settings),
    ]);
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (output += String(chunk)));
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const started: Process = {
      child,
      output: () => output,
      async kill(signal = "SIGKILL") {
        child.kill(signal);
        if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
      },
    };
    processes.push(started);
    await until(`${script} to start: ${output}`, () => {
      if (child.exitCode !== null) throw new Error(`${script} ended: ${output}`);
      return output.includes("up");
    });
    return started;
  }

  return {
    appUrl,
    baseUrl,
    ...secrets,
    pool,
    /** A client like the application's, to send events with. */
    client: new Inngest({ id: "tester", baseUrl, eventKey: secrets.eventKey, isDev: false }),
    startApp: (variant = "all") => run("./app.ts", { port: appPort, baseUrl, ...secrets, journal, variant }),
    startServer: (options: { port?: number; parallel?: number; tuning?: Partial<JobTuning> } = {}) =>
      run("./server.ts", {
        databaseUrl,
        appUrl,
        port: serverPort,
        ...secrets,
        ...options,
        tuning: { ...TUNING, ...options.tuning },
      }),
    /** The lines that functions noted about one test's id, without the id. */
    lines: (id: string) =>
      readFileSync(journal, "utf8")
        .split("\n")
        .flatMap((line) => (line.startsWith(`${id} `) ? [line.slice(id.length + 1)] : [])),
    /** The runs that events of one test's id started, oldest first. */
    async runs(id: string) {
      const { rows } = await pool.query<{
        fn: string;
        status: string;
        output: unknown;
        event: { data: { id?: string } };
      }>("select fn, status, output, event from jobs.run order by created_at");
      return rows.filter(({ event }) => event.data.id === id);
    },
    async close() {
      await Promise.all(
        processes.map(({ child, kill }) =>
          child.exitCode === null && child.signalCode === null ? kill() : undefined,
        ),
      );
      await pool.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type Bench = Awaited<ReturnType<typeof createBench>>;

export const newId = () => `id${randomBytes(6).toString("hex")}`;

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

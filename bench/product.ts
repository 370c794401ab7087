import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "../scripts/launcher/ports.ts";
import { atEnd } from "./scratch.ts";

export interface Product {
  pid: number;
  /** Its address by IP, so that no time goes into name look-ups. */
  origin: string;
  /** Milliseconds from the command until `GET /api/health/ready` answered 200. */
  readyMs: number;
  /** Its output so far. */
  output(): string;
  /** Presses Ctrl-C and waits until everything has ended. */
  stop(): Promise<void>;
}

interface ProductOptions {
  root: string;
  /** The folder for data and the log. */
  dataDir: string;
  /** Default: `npm start`'s own script on this Node. */
  command?: [file: string, ...args: string[]];
  env?: Record<string, string>;
  timeoutMs?: number;
}

const POLL_MS = 20;
const STOP_MS = 30_000;

/**
 * Settings that lead outside of the scratch folder. They are set to empty texts, which count as not set and override a
 * `.env` of the project.
 */
const OUTSIDE = [
  "DATABASE_URL",
  "DATABASE_OWNER_URL",
  "APP_URL",
  "CONTENT_ORIGIN",
  "PORT",
  "HOST",
  "STORAGE_DRIVER",
  "STORAGE_DIR",
  "MAIL_DIR",
  "SMTP_URL",
  "RESEND_API_KEY",
  "INNGEST_BASE_URL",
  "AUTH_SECRET",
  "NEXTAUTH_SECRET",
];

/** Starts the product through its launcher, in production mode, on a free port and the given data folder. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { root, dataDir, env = {}, timeoutMs = 300_000 } = options;
  const [file, ...args] = options.command ?? [process.execPath, "scripts/start.mjs"];
  const port = await freePort();
  mkdirSync(dataDir, { recursive: true });
  const outputFile = path.join(dataDir, "output.log");
  // a file, not a pipe, so that nothing has to read it during a measurement
  const output = openSync(outputFile, "a");
  const startedAt = performance.now();
  const child = spawn(file, [...args, "--port", String(port)], {
    cwd: root,
    env: {
      ...process.env,
      ...Object.fromEntries(OUTSIDE.map((name) => [name, ""])),
      DATA_DIR: dataDir,
      ...env,
    },
    stdio: ["ignore", output, output],
    detached: true, // a process group of its own, which gets Ctrl-C together, as in a terminal
  });
  const exited = once(child, "exit");
  const said = () => readFileSync(outputFile, "utf8");
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= end());
  async function end() {
    if (!isRunning()) return;
    process.kill(-child.pid!, "SIGINT");
    const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(late);
  }
  atEnd(stop);

  const origin = `http://127.0.0.1:${port}`;
  while (!(await isReady(origin))) {
    if (!isRunning()) throw new Error(`The product ended instead of getting ready:\n${said()}`);
    if (performance.now() - startedAt > timeoutMs)
      throw new Error(`The product did not get ready in time:\n${said()}`);
    await pause();
  }
  const readyMs = performance.now() - startedAt;
  // the launcher prints the duration of its last phase a moment later
  while (isRunning() && !said().includes("Ready in")) await pause();
  return { pid: child.pid!, origin, readyMs, output: said, stop };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));

async function isReady(origin: string): Promise<boolean> {
  return fetch(`${origin}/api/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

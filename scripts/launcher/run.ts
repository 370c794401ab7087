import path from "node:path";
import { existsSync } from "node:fs";
import { startAppProcesses } from "./app-processes.ts";
import type { LauncherOptions } from "./args.ts";
import { buildApp, copyAssets, generateClient, needsBuild, needsClient } from "./build.ts";
import { ensureFolder, prepareDataFolder } from "./data-folder.ts";
import { openDatabase } from "./database.ts";
import { demoLines, seedDemo } from "./demo.ts";
import { explain, StartFailure } from "./failure.ts";
import { startJobs } from "./jobs.ts";
import { lockDataFolder } from "./lock.ts";
import { openLog } from "./log-file.ts";
import { phase, say, seconds } from "./output.ts";
import { rememberedPort, requireFreePort } from "./ports.ts";
import { waitUntilReady } from "./ready.ts";
import { loadSecrets } from "./secrets.ts";
import { appEnvironment, decideSettings, type Settings } from "./settings.ts";

/** The started parts, to be stopped in the opposite order. */
export interface Running {
  /** In the order of their start. Each is stopped once, the last one first. */
  started: { stop(): Promise<void>; kill?(): void }[];
}

export interface RunContext {
  root: string;
  options: LauncherOptions;
  running: Running;
  /** Aborted when the start is cancelled. */
  signal: AbortSignal;
  /** Called when a part has ended for good. */
  onGiveUp(failure: StartFailure): void;
}

/** Time for the app processes of a killed run to notice that their launcher is gone. */
const ORPHAN_GRACE_MS = 5_000;
const READY_TIMEOUT_MS = 60_000;
/** In development the first request waits for the compiler. */
const DEV_READY_TIMEOUT_MS = 180_000;

/** Starts everything, in order, and returns when the app is ready. Throws a StartFailure with one clear sentence. */
export async function run({ root, options, running, signal, onGiveUp }: RunContext): Promise<void> {
  const startedAt = performance.now();
  if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
  const settings = decideSettings(process.env, options, root);
  const { dataDir } = settings;

  if (options.build) return build(settings, signal);
  await prepareDataFolder(dataDir);
  const lock = await lockDataFolder(dataDir).catch((error: unknown) => {
    throw explain(error, "take its data folder", dataDir);
  });
  running.started.push({ stop: lock.release });
  await requireFreePort(settings.port, settings.host, lock.recovered ? ORPHAN_GRACE_MS : 0);
  const secrets = await loadSecrets(dataDir).catch((error: unknown) => {
    throw explain(error, "keep its secrets", dataDir);
  });
  // Reports faulty settings before anything is started. Unknown addresses are filled in below.
  const draft = appEnvironment(process.env, settings, secrets, {
    databaseUrl: "postgresql://localhost/sheaf",
    jobsPort: 1,
  });
  if (draft.STORAGE_DRIVER === "local") await requireFolder(draft.STORAGE_DIR ?? "");
  signal.throwIfAborted();

  say(`\nSheaf${settings.mode === "development" ? " (development)" : ""}\n`);
  const database = await phase(
    settings.database ? "Checking the database" : "Starting the database",
    () => openDatabase(settings, onGiveUp),
    ({ created }) => (created ? "created" : ""),
  );
  running.started.push({ stop: () => database.stop(), kill: () => void database.stop("now") });
  signal.throwIfAborted();

  await phase(
    "Applying migrations",
    () => migrate(database.ownerUrl),
    (count) => (count ? `${count} applied` : "up to date"),
  );
  signal.throwIfAborted();
  await build(settings, signal);

  const jobsPort = settings.embeddedJobs ? await rememberedPort(dataDir, "jobs") : null;
  const env = appEnvironment(process.env, settings, secrets, { databaseUrl: database.appUrl, jobsPort });
  // The app's own verbs make the demo data in this process and read the same settings.
  for (const name of ["INNGEST_DEV", "DATABASE_OWNER_URL"]) delete process.env[name];
  Object.assign(process.env, env);

  const appLog = openLog(path.join(dataDir, "logs", "app.log"));
  running.started.push({ stop: appLog.close });
  const mirror = options.verbose || options.dev || !process.stdout.isTTY;
  // Keeps the phases of a start readable: until it is ready, the app's lines appear with --verbose alone.
  let isMirroring = options.verbose;
  const log = (chunk: Buffer | string) => {
    appLog.write(chunk);
    if (isMirroring) process.stdout.write(chunk);
  };
  await phase(
    "Starting the app",
    () => startApp({ settings, env, jobsPort, ownerUrl: database.ownerUrl, log, running, signal, onGiveUp }),
    () => (settings.instances > 1 ? `${settings.instances} instances` : ""),
  );

  const accounts = options.demo ? await phase("Creating the demo", () => seedDemo(root)) : null;
  say(`\n  Ready in ${seconds(performance.now() - startedAt).trim()}:  ${settings.appUrl}\n`);
  if (accounts?.length) say(`  Demo accounts:\n${demoLines(accounts).join("\n")}\n`);
  if (options.demo && accounts === null) say("  There is no demo to create yet.\n");
  if (!env.SMTP_URL && !env.RESEND_API_KEY) {
    say(`  No SMTP_URL is set: mail is written to ${env.MAIL_DIR}, and addresses count as verified.\n`);
  }
  say(
    mirror
      ? "  Ctrl-C stops everything.\n"
      : `  Ctrl-C stops everything. Logs are in ${path.join(dataDir, "logs")}.\n`,
  );
  isMirroring = mirror;
}

async function requireFolder(folder: string): Promise<void> {
  await ensureFolder(folder).catch((error: unknown) => {
    throw explain(error, `use ${folder}`, folder);
  });
}

async function migrate(url: string): Promise<number> {
  const { migrateUp, MigrationError } = await import("#lib/db/migrate/index.ts");
  try {
    return (await migrateUp({ url })).applied.length;
  } catch (error) {
    if (error instanceof MigrationError) throw new StartFailure(error.message);
    throw explain(error, "apply its migrations", "the database");
  }
}

async function build(settings: Settings, signal: AbortSignal): Promise<void> {
  const { root, dataDir } = settings;
  const context = { root, logDir: path.join(dataDir, "logs"), signal };
  await copyAssets(root).catch((error: unknown) => {
    throw explain(error, "copy its assets", path.join(root, "public"));
  });
  if (await needsClient(root)) await phase("Generating the client", () => generateClient(context));
  signal.throwIfAborted();
  if (settings.mode === "production" && (await needsBuild(root)))
    await phase("Building the app", () => buildApp(context));
  signal.throwIfAborted();
}

interface AppStart extends Pick<RunContext, "running" | "signal" | "onGiveUp"> {
  settings: Settings;
  env: Record<string, string>;
  jobsPort: number | null;
  ownerUrl: string;
  log(chunk: Buffer | string): void;
}

/** Starts the job server and the app's processes, and waits until the app is ready. */
async function startApp({
  settings,
  env,
  jobsPort,
  ownerUrl,
  log,
  running,
  signal,
  onGiveUp,
}: AppStart): Promise<void> {
  // Before the app, which sends events at once.
  const jobs =
    jobsPort === null ? null : await startJobs({ settings, env, port: jobsPort, ownerUrl, log, onGiveUp });
  const app = startAppProcesses({
    script: "scripts/server.ts",
    root: settings.root,
    count: settings.instances,
    env,
    log,
    onGiveUp,
    logFile: path.join(settings.dataDir, "logs", "app.log"),
  });
  running.started.push(app);
  // Stopped before the app: running calls get their answer, the other claims are returned.
  if (jobs) running.started.push(jobs);
  await Promise.race([app.listening, rejection(signal)]);
  await waitUntilReady(
    settings.internalUrl,
    settings.mode === "development" ? DEV_READY_TIMEOUT_MS : READY_TIMEOUT_MS,
    signal,
  );
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
}

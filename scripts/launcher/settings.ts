import path from "node:path";
import { parseEnv } from "#lib/env/index.ts";
import { wholeNumber, type LauncherOptions } from "./args.ts";
import { StartFailure } from "./failure.ts";
import type { Secrets } from "./secrets.ts";

type Values = Record<string, string | undefined>;

/** The launcher's settings, from the command line, the environment and `.env`. */
export interface Settings {
  mode: "production" | "development";
  root: string;
  /** Absolute. */
  dataDir: string;
  /** Where the app listens; loopback unless HOST says otherwise. */
  host: string;
  port: number;
  /** The address that people use, without a slash at the end. */
  appUrl: string;
  /** The address that processes on this machine use. */
  internalUrl: string;
  /** A database server of the user's own; null for the embedded one. */
  database: { appUrl: string; ownerUrl: string } | null;
  /** Whether background work runs in the embedded job server. */
  embeddedJobs: boolean;
  instances: number;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Decides folders, addresses and ports. Throws a StartFailure for settings that contradict each other. */
export function decideSettings(values: Values, options: LauncherOptions, root: string): Settings {
  const url = values.APP_URL ? readUrl(values.APP_URL) : null;
  const local = url !== null && LOOPBACK.has(url.hostname);
  const port =
    options.port ??
    (values.PORT ? wholeNumber("PORT", values.PORT, 1, 65_535) : undefined) ??
    (local && url.port ? Number(url.port) : 3000);
  // A port from the command line also counts in APP_URL, unless that is the address of a proxy in front.
  if (url && local && options.port !== undefined) url.port = String(port);
  const host = values.HOST || "127.0.0.1";
  return {
    mode: options.dev ? "development" : "production",
    root,
    dataDir: path.resolve(root, values.DATA_DIR || ".data"),
    host,
    port,
    appUrl: url ? url.href.replace(/\/$/, "") : `http://localhost:${port}`,
    internalUrl: `http://${internalHost(host)}:${port}`,
    database: externalDatabase(values),
    embeddedJobs: !values.INNGEST_BASE_URL,
    instances: options.instances,
  };
}

function readUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === "http:" || url.protocol === "https:") return url;
  } catch {
    // Reported below.
  }
  throw new StartFailure(`APP_URL is no address: "${text}"; it looks like https://sheaf.example.org.`);
}

function internalHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function externalDatabase(values: Values): Settings["database"] {
  const { DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl } = values;
  if (appUrl && ownerUrl) return { appUrl, ownerUrl };
  if (!appUrl && !ownerUrl) return null;
  const missing = appUrl
    ? "DATABASE_OWNER_URL (the role that owns the tables, for migrations)"
    : "DATABASE_URL (the role requests run as)";
  throw new StartFailure(`A database of your own needs both roles: ${missing} is missing.`);
}

/**
 * The validated environment of the app's processes. Keeps what the user set and fills in what is missing.
 * Leaves out the owner's database address, which requests must not use.
 * Throws a StartFailure that lists every faulty variable.
 */
export function appEnvironment(
  values: Values,
  settings: Settings,
  secrets: Secrets,
  started: { databaseUrl: string; jobsPort: number | null },
): Record<string, string> {
  const authSecret = values.AUTH_SECRET || values.NEXTAUTH_SECRET || secrets.authSecret;
  const env: Values = {
    ...values,
    NODE_ENV: settings.mode,
    PORT: String(settings.port),
    HOST: settings.host,
    APP_URL: settings.appUrl,
    NEXTAUTH_URL: settings.appUrl,
    AUTH_SECRET: authSecret,
    NEXTAUTH_SECRET: authSecret,
    AUDIT_KEYS: values.AUDIT_KEYS || secrets.auditKeys,
    DATABASE_URL: started.databaseUrl,
    STORAGE_DRIVER: values.STORAGE_DRIVER || "local",
    STORAGE_DIR: path.resolve(settings.root, values.STORAGE_DIR || path.join(settings.dataDir, "storage")),
    MAIL_DIR: path.resolve(settings.root, values.MAIL_DIR || path.join(settings.dataDir, "mail")),
    MAILBOX_PAGE: values.MAILBOX_PAGE || String(settings.mode === "development"),
    NEXT_TELEMETRY_DISABLED: "1",
  };
  if (settings.embeddedJobs) {
    env.INNGEST_BASE_URL = `http://127.0.0.1:${started.jobsPort ?? 0}`;
    env.INNGEST_EVENT_KEY = secrets.inngestEventKey;
    env.INNGEST_SIGNING_KEY = secrets.inngestSigningKey;
  }
  // In development mode Inngest's SDK lets unsigned requests run any function.
  delete env.INNGEST_DEV;
  delete env.DATABASE_OWNER_URL;
  try {
    parseEnv(env);
  } catch (error) {
    throw new StartFailure((error as Error).message);
  }
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

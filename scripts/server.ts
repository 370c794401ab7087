import cluster from "node:cluster";
import path from "node:path";
import next from "next";
import { env } from "#lib/env/index.ts";
import { contentSecurityPolicy } from "#lib/http/content-security-policy.ts";
import type { WorkerMessage } from "./launcher/app-processes.ts";
import { createAppServer } from "./launcher/http-server.ts";
import { portTaken } from "./launcher/ports.ts";

/**
 * One app process: Next behind a plain HTTP server. Usually started by the launcher; alone it runs on the environment
 * it finds (DATABASE_URL, AUTH_SECRET, … and PORT, HOST) after `npm run build`.
 */
const GRACE_MS = 5_000;
const root = path.resolve(import.meta.dirname, "..");
const dev = process.env.NODE_ENV === "development";
const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST || "127.0.0.1";
const isAlone = Number(process.env.SHEAF_INSTANCES ?? 1) === 1;

/** Loaded once the app is up: it stands beside what Next has bundled. */
const eventRoute = () =>
  Promise.all([import("#app/api/v1/events/route.ts"), import("#lib/realtime/index.ts")]);

/** Says why to the launcher, which ends with that sentence instead of trying again. */
function fail(failure: string): void {
  if (!process.send) {
    console.error(failure);
    process.exit(1);
  }
  process.send({ failure } satisfies WorkerMessage, () => process.exit(1));
}

/**
 * A launcher that was killed can't stop its children: they notice by the closed channel, and end as it did. An orderly
 * exit waits for threads of native modules, now and then for ever, and would keep the port; cluster's own listener does that.
 */
process.prependListener("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function main() {
  // The launcher decides when to stop; Ctrl-C in its terminal reaches this process, too.
  if (cluster.isWorker) process.on("SIGINT", () => undefined);

  const handleStorage =
    env.STORAGE_DRIVER === "local"
      ? (await import("#lib/storage/local/handler.ts")).handleStorageRequest
      : null;
  const { server, drain } = createAppServer({
    // Called once the server listens, which is after Next is prepared.
    handle: (req, res) => handle(req, res),
    handleStorage,
    handleEvents: async (req, res) => {
      const [{ GET }, { serveEvents }] = await eventRoute();
      return serveEvents(GET, req, res);
    },
    trustProxy: env.TRUST_PROXY,
    secure: env.APP_URL.startsWith("https:"),
    isDevelopment: dev,
    pagePolicy: (nonce) => contentSecurityPolicy(nonce, env),
    onError: (error) => console.error(error),
  });
  // Next adds its own upgrade listener to httpServer: hot reload in development.
  const app = next({ dev, dir: root, hostname: new URL(env.APP_URL).hostname, port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();

  server.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE") fail(portTaken(port).message);
    else fail(`The app could not listen on ${host}:${port}: ${error.message}`);
  });
  server.listen({ port, host, exclusive: isAlone, backlog: 511 }, () => {
    process.send?.({ listening: true } satisfies WorkerMessage);
    eventRoute().then(([, { startHub }]) => startHub(), console.error);
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await drain(GRACE_MS);
    await Promise.race([app.close(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  if (!cluster.isWorker) process.on("SIGINT", () => void stop());
}

await main();

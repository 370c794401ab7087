import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../scripts/launcher/ports.ts";
import { atEnd } from "../scratch.ts";

const run = promisify(execFile);

const SOURCES: Record<string, string> = {
  "package.json": `{ "private": true }`,
  "next.config.mjs": `export default { turbopack: { root: "../../../.." } };`,
  "app/layout.jsx": `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}`,
  "app/page.jsx": `export const dynamic = "force-dynamic";
export default function Page() {
  return <p>Nothing</p>;
}`,
};

/** The least that a page rendered on request can cost: the framework itself, serving a sentence. */
export async function startEmptyApp(root: string): Promise<{ origin: string; pid: number }> {
  // below the project, so that it is made of the same packages
  await mkdir(path.join(root, ".data/bench"), { recursive: true });
  const folder = await mkdtemp(path.join(root, ".data/bench/empty-"));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const [name, text] of Object.entries(SOURCES)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text.replace("../../../..", root));
  }
  const cli = createRequire(path.join(root, "package.json")).resolve("next/dist/bin/next");
  const env = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  await run(process.execPath, [cli, "build"], { cwd: folder, env });
  const port = await freePort();
  const server = spawn(process.execPath, [cli, "start", "--port", String(port)], {
    cwd: folder,
    env,
    stdio: "ignore",
  });
  const exited = once(server, "exit");
  atEnd(async () => {
    server.kill("SIGTERM");
    await exited;
  });
  const origin = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(origin).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (server.exitCode !== null) throw new Error("The empty app ended instead of getting ready.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { origin, pid: server.pid! };
}

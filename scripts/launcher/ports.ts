import { createServer } from "node:net";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "./failure.ts";

/** Whether the port is free. Throws for failures other than a taken port. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host, exclusive: true }, resolve);
    });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") return false;
    if (code === "EACCES") {
      throw new StartFailure(
        `Port ${port} may only be used by an administrator; choose one above 1023 with --port.`,
      );
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw new StartFailure(`HOST=${host} is no address of this machine; use 127.0.0.1 or 0.0.0.0.`);
    }
    throw error;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A free port on loopback. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}

/** The failure of a port that another program holds. */
export function portTaken(port: number): StartFailure {
  return new StartFailure(
    `Port ${port} is already used by another program; stop it, or choose another port: npm start -- --port ${port === 65_535 ? 3000 : port + 1}`,
  );
}

/**
 * Throws unless the port becomes free within `graceMs`. The app process of a killed run may hold it for a moment, until
 * it notices that its launcher is gone.
 */
export async function requireFreePort(port: number, host: string, graceMs: number): Promise<void> {
  const deadline = performance.now() + graceMs;
  while (!(await isPortFree(port, host))) {
    if (performance.now() >= deadline) throw portTaken(port);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The last port of this data folder for `name` if it is free, else a new one that is remembered. Stable ports keep
 * connection strings in other tools valid. The file may be deleted.
 */
export async function rememberedPort(dataDir: string, name: "postgres" | "jobs"): Promise<number> {
  const file = path.join(dataDir, "ports.json");
  const known = await readFile(file, "utf8")
    .then((text) => JSON.parse(text) as Record<string, unknown>)
    .catch(() => ({}) as Record<string, unknown>);
  const before = known[name];
  if (typeof before === "number" && before > 0 && before < 65_536 && (await isPortFree(before, "127.0.0.1")))
    return before;
  const port = await freePort();
  await writeFile(file, `${JSON.stringify({ ...known, [name]: port })}\n`);
  return port;
}

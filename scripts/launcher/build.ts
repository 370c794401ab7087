import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { requireFreeSpace } from "./data-folder.ts";
import { explain } from "./failure.ts";
import { hashSources } from "./source-hash.ts";

/** A build writes about 100 MB, more with a cold cache. */
const BUILD_BYTES = 400_000_000;

export interface BuildContext {
  root: string;
  /** The folder for the output of tools. */
  logDir: string;
  /** Aborted when the start is cancelled: ends a running tool. */
  signal?: AbortSignal;
}

async function readStamp(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch(() => null);
}

/** Whether the Prisma client was made from another schema. */
export async function needsClient(root: string): Promise<boolean> {
  return (
    !existsSync(path.join(root, "prisma/generated/client.ts")) ||
    (await readStamp(path.join(root, "prisma/generated/.made-from"))) !== (await schemaHash(root))
  );
}

/** The stamp of a client made from the present schema.prisma. */
export async function schemaHash(root: string): Promise<string> {
  const schema = await readFile(path.join(root, "prisma/schema.prisma"));
  const { version } = createRequire(import.meta.url)("prisma/package.json") as { version: string };
  return createHash("sha256").update(version).update(schema).digest("hex");
}

/** Generates the Prisma client from schema.prisma, without the internet. */
export async function generateClient(context: BuildContext): Promise<void> {
  const stamp = await schemaHash(context.root);
  await runTool(context, "prisma.log", "prisma/build/index.js", ["generate"], {
    // The generator needs no engine, but its command line downloads one unless this names an existing file.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  });
  await writeFile(path.join(context.root, "prisma/generated/.made-from"), stamp);
}

/** Copies files of packages that pages load by address into `public/`, unless they are there. */
export async function copyAssets(root: string): Promise<void> {
  const script = path.join(root, "scripts/copy-pdf-assets.mjs");
  if (existsSync(script)) await import(pathToFileURL(script).href);
}

/** Whether `.next` lacks a finished build of the present sources. */
export async function needsBuild(root: string): Promise<boolean> {
  const stamp = await readStamp(path.join(root, ".next/made-from"));
  return stamp !== hashSources(root) || !existsSync(path.join(root, ".next/BUILD_ID"));
}

/** Builds the app for production. The stamp is written last, so an interrupted build counts as none. */
export async function buildApp(context: BuildContext): Promise<void> {
  await requireFreeSpace(context.root, BUILD_BYTES);
  const stamp = hashSources(context.root);
  const file = path.join(context.root, ".next/made-from");
  await rm(file, { force: true });
  await runTool(context, "build.log", "next/dist/bin/next", ["build"], {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  await writeFile(file, stamp);
}

async function runTool(
  { root, logDir, signal }: BuildContext,
  logName: string,
  program: string,
  args: string[],
  env: Record<string, string>,
): Promise<void> {
  const cli = createRequire(path.join(root, "package.json")).resolve(program);
  const logFile = path.join(logDir, logName);
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    let output = "";
    const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-1_000_000));
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
  // A full disk may not take the log; the failure's sentence is enough then.
  await mkdir(logDir, { recursive: true }).catch(() => undefined);
  await writeFile(logFile, output).catch(() => undefined);
  if (code === 0) return;
  const failure = explain(
    new Error(output),
    `run "${path.basename(program, ".js")} ${args.join(" ")}"`,
    root,
  );
  failure.message += failure.cause ? ` (all of it: ${logFile})` : "";
  throw failure;
}

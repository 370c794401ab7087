import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** The isolation that this machine offers. */
export type Isolation = {
  /** Commands that set limits and then exec the next one, so the child keeps its pid. */
  prefix: string[];
  /** The command that runs the next one less urgently; null where it is missing. */
  nice: string | null;
  /** The command that bounds the files of the next one; null where it is missing. */
  prlimit: string | null;
  /** Whether the child has a network namespace of its own, without any interface up. */
  hasOwnNetwork: boolean;
};

let probed: Promise<Isolation> | undefined;

/** Finds out once per process which isolation works without privileges. */
export function getIsolation(): Promise<Isolation> {
  return (probed ??= probe());
}

async function probe(): Promise<Isolation> {
  const prefix: string[] = [];
  const unshare = await findCommand("unshare", ["-rn", "true"]);
  if (unshare) prefix.push(unshare, "-rn");
  const prlimit = await findCommand("prlimit", [...outputLimits(1), "true"]);
  const nice = await findCommand("nice", ["-n", "19", "true"]);
  return { prefix, nice, prlimit, hasOwnNetwork: unshare !== null };
}

/** Bounds the size of files, and prevents core dumps. */
const outputLimits = (fileMb: number) => [`--fsize=${fileMb * 1024 * 1024}`, "--core=0"];

/** The command's absolute path, because the child gets no PATH. Null where it is missing or forbidden, as in containers. */
async function findCommand(name: string, trial: string[]): Promise<string | null> {
  if (process.platform === "win32") return null;
  for (const folder of ["/usr/bin", "/bin", "/usr/local/bin"]) {
    const path = join(/* turbopackIgnore: true */ folder, name);
    try {
      await access(path, constants.X_OK);
      await promisify(execFile)(path, trial, { timeout: 5000 });
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

/**
 * The command that runs a script in isolation: only the named files, no child processes, a small script heap, and what
 * `isolation` offers. Node's permission model covers scripts, not native code. The parent enforces memory and time.
 */
export function isolatedCommand(o: {
  isolation: Isolation;
  /** The repository's root; scripts may read the program's and its packages' files. */
  root: string;
  readPaths: string[];
  writePath: string;
  memoryMb: number;
  /** The largest file it may write. */
  fileMb: number;
  script: string;
  args: string[];
  /** From 0 to 19, which runs when nothing else does. */
  niceness?: number;
}): string[] {
  const inRoot = (...names: string[]) => join(/* turbopackIgnore: true */ o.root, ...names);
  const workerDir = inRoot("lib", "pdf");
  const packages = inRoot("node_modules");
  // Where the packages folder is a link, Node reads both its name and its target.
  const programPaths = [workerDir, packages, realpathSync(packages), inRoot("package.json")];
  const readPaths = [...new Set([...programPaths, o.writePath, ...o.readPaths])];
  return [
    ...(o.isolation.prlimit ? [o.isolation.prlimit, ...outputLimits(o.fileMb)] : []),
    ...o.isolation.prefix,
    ...(o.isolation.nice ? [o.isolation.nice, "-n", String(o.niceness ?? 19)] : []),
    process.execPath,
    "--no-warnings",
    "--permission",
    // sharp is a native addon; the watchdog is a thread.
    "--allow-addons",
    "--allow-worker",
    ...readPaths.map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${o.writePath}`,
    `--max-old-space-size=${Math.max(64, Math.min(256, Math.floor(o.memoryMb / 2)))}`,
    "--disallow-code-generation-from-strings",
    // No boundary, but it stops scripts that open connections.
    ...(o.isolation.hasOwnNetwork ? [] : ["--import", join(workerDir, "worker", "deny-network.ts")]),
    o.script,
    ...o.args,
  ];
}

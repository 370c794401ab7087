import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** How a child is walled in on this machine. */
export type Isolation = {
  /** Commands that set limits and then become the next one, so the child keeps its pid. */
  prefix: string[];
  /** True where the kernel gives the child a network namespace of its own, without any interface up. */
  hasOwnNetwork: boolean;
};

/** Larger than the largest permitted output, small enough to keep a disk from filling. */
const fileSizeLimitBytes = 64 * 1024 * 1024;

let probed: Promise<Isolation> | undefined;

/** Finds out once per process which of the kernel's walls can be had without privileges. */
export function getIsolation(): Promise<Isolation> {
  return (probed ??= probe());
}

async function probe(): Promise<Isolation> {
  const prefix: string[] = [];
  const unshare = await findCommand("unshare", ["-rn", "true"]);
  if (unshare) prefix.push(unshare, "-rn");
  const limits = [`--fsize=${fileSizeLimitBytes}`, "--core=0"];
  const prlimit = await findCommand("prlimit", [...limits, "true"]);
  if (prlimit) prefix.push(prlimit, ...limits);
  const nice = await findCommand("nice", ["-n", "19", "true"]);
  if (nice) prefix.push(nice, "-n", "19");
  return { prefix, hasOwnNetwork: unshare !== null };
}

/** Absolute, because the child gets no PATH. Null where the command is missing or refused (containers often refuse). */
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
 * The command that runs a script of ours walled in: no files but those named, no child processes, a small script
 * heap, what the kernel offers in `isolation`. Node's permission model covers scripts, not native code; limits of
 * memory and time are the parent's to keep.
 */
export function isolatedCommand(o: {
  isolation: Isolation;
  /** The repository's root; scripts may read the program's and its packages' files. */
  root: string;
  readPaths: string[];
  writePath: string;
  memoryMb: number;
  script: string;
  args: string[];
}): string[] {
  const inRoot = (...names: string[]) => join(/* turbopackIgnore: true */ o.root, ...names);
  const workerDir = inRoot("lib", "pdf");
  const packages = inRoot("node_modules");
  // Where the packages folder is a link, both its name and its target are looked at.
  const programPaths = [workerDir, packages, realpathSync(packages), inRoot("package.json")];
  const readPaths = [...new Set([...programPaths, o.writePath, ...o.readPaths])];
  return [
    ...o.isolation.prefix,
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
    // No boundary, but it stops a library that phones home where the kernel can't.
    ...(o.isolation.hasOwnNetwork ? [] : ["--import", join(workerDir, "worker", "deny-network.ts")]),
    o.script,
    ...o.args,
  ];
}

// Runs on whatever Node the system has (18 or newer) and without any package: it is what installs them.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** An installed tree takes 1.6 GB; npm also keeps the archives. */
const INSTALL_BYTES = 2_000_000_000;

/** An ending that is expected and that its message explains in full: printed without a stack. */
export class Refusal extends Error {}

/** The Node that the project brings along. Exists once {@link ensureInstalled} has returned. */
export function projectNode(folder = root) {
  const name = process.platform === "win32" ? "node.exe" : "node";
  return path.join(folder, "node_modules", "node", "bin", name);
}

/** @returns {any} */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/**
 * Whether node_modules holds what package-lock.json asks for.
 * The stamp answers quickly; without a matching one npm's own record of what it installed is compared,
 * so that an install done by hand is recognised and not repeated.
 */
export function isInstalled(folder = root) {
  const lockFile = path.join(folder, "package-lock.json");
  const stampFile = path.join(folder, "node_modules", ".sheaf-installed");
  if (!existsSync(projectNode(folder))) return false;
  const hash = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  try {
    if (readFileSync(stampFile, "utf8") === hash) return true;
  } catch {
    // No stamp yet: ask npm's record.
  }
  const wanted = readJson(lockFile)?.packages;
  const present = readJson(path.join(folder, "node_modules", ".package-lock.json"))?.packages;
  if (!wanted || !present) return false;
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === "" || entry.optional || entry.devOptional || entry.link) continue;
    if (present[name]?.version !== entry.version) return false;
  }
  try {
    writeFileSync(stampFile, hash);
  } catch {
    // A read-only installation is fine; it is compared again next time.
  }
  return true;
}

/** How npm is called: the one that runs this script, else the one beside this Node, else the one on the path. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running) && existsSync(running)) return [process.execPath, running];
  return ["npm"];
}

/** The one sentence for an install that npm gave up on. */
export function explainInstallFailure(output) {
  if (/ENOSPC|no space left/i.test(output)) {
    return "The disk is full: the packages could not be installed. Free about 2 GB and run the command again.";
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(
      output,
    )
  ) {
    return "The packages could not be installed because the npm registry cannot be reached. Check the connection and run the command again.";
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return "The packages could not be installed: no permission to write to node_modules in the project's folder.";
  }
  const reason = output
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, "").trim())
    .filter((line) => line && !/^code |complete log of this run|^A complete log/.test(line))
    .slice(0, 1);
  return `The packages could not be installed: ${reason[0] ?? "npm gave no reason"}`;
}

/** Runs npm quietly and resolves to its exit code and what it said. */
async function npm(folder, args) {
  const [command, ...prefix] = npmCommand();
  return new Promise((resolve) => {
    const child = spawn(command, [...prefix, ...args, "--no-progress", "--loglevel=error"], {
      cwd: folder,
      // A production setting inherited from the shell would leave out what the build needs.
      env: { ...process.env, NODE_ENV: "development", npm_config_omit: "" },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    const collect = (chunk) => (output = (output + chunk).slice(-100_000));
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", () =>
      resolve({ code: 1, output: "npm itself could not be started; is it installed?" }),
    );
    child.on("close", (code) => resolve({ code, output }));
  });
}

/**
 * Whether `npm ci` refused only because the lock file leaves out optional packages, those for other systems:
 * npm writes such a lock file where a registry does not carry them, and then does not accept it itself.
 */
export function lacksOnlyOptional(output, folder = root) {
  if (!/EUSAGE/.test(output) || /Invalid:/.test(output)) return false;
  const packages = readJson(path.join(folder, "package-lock.json"))?.packages ?? {};
  const optional = new Set(
    Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {})),
  );
  const missing = [...output.matchAll(/Missing: (.+)@\S* from lock file/g)].map((match) => match[1]);
  return missing.length > 0 && missing.every((name) => optional.has(name));
}

/**
 * Installs exactly what package-lock.json names if node_modules is missing, incomplete or older.
 * Prints one line while it works, nothing when there is nothing to do. Throws a {@link Refusal}.
 */
export async function ensureInstalled(folder = root) {
  if (isInstalled(folder)) return;
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new Refusal(`The packages could not be installed: no permission to write to ${folder}.`);
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < INSTALL_BYTES) {
    const freeMb = Math.floor((bavail * bsize) / 1_000_000);
    throw new Refusal(
      `The disk is too full: ${freeMb} MB are free in ${folder}, and installing the packages takes about 2,000 MB.`,
    );
  }
  const progress = "  Installing packages (a few minutes at most) … ";
  const startedAt = Date.now();
  const elapsed = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
  process.stdout.write(progress);
  const ticking = setInterval(() => {
    if (process.stdout.isTTY) process.stdout.write(`\r${progress}${elapsed()}`);
  }, 1000);
  let { code, output } = await npm(folder, ["ci"]);
  if (code !== 0 && lacksOnlyOptional(output, folder)) {
    ({ code, output } = await npm(folder, ["install", "--no-save"]));
  }
  clearInterval(ticking);
  process.stdout.write(process.stdout.isTTY ? `\r${progress}` : "");
  if (code !== 0) {
    process.stdout.write("failed\n");
    throw new Refusal(explainInstallFailure(output));
  }
  rmSync(path.join(folder, "node_modules", ".sheaf-installed"), { force: true });
  if (!isInstalled(folder)) {
    process.stdout.write("failed\n");
    throw new Refusal(
      "npm finished but did not install everything package-lock.json names; delete node_modules and run the command again.",
    );
  }
  process.stdout.write(`${elapsed()}\n`);
}

const PARENT_POLL_MS = 250;

/**
 * npm passes SIGINT and SIGTERM on and waits (its scripts replace the shell by `exec`, since a shell passes on nothing);
 * any other end of it, such as by SIGHUP, is noticed by the new parent. Without npm the parent may go: that is how
 * programs are sent to the background.
 */
function whenNpmIsGone(act) {
  if (!process.env.npm_lifecycle_script?.includes(path.basename(process.argv[1] ?? "?"))) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    act();
  }, PARENT_POLL_MS);
  timer.unref();
}

/**
 * Runs a script of the project with the project's own Node and resolves to its exit code.
 * The child holds a channel to this process, so that it notices when this one is killed.
 */
export function runWithProjectNode(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(projectNode(), [path.join(root, script), ...args], {
      cwd: root,
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      env: {
        ...process.env,
        PATH: `${path.join(root, "node_modules", ".bin")}${path.delimiter}${process.env.PATH ?? ""}`,
      },
    });
    // Whoever sends one signal to this process alone means the child. A terminal sends Ctrl-C to both; the child takes
    // the two for one.
    const stop = () => child.kill("SIGTERM");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
    whenNpmIsGone(stop);
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

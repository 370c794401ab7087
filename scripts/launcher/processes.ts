import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The start time of a process, in the system's form. It distinguishes a process from a later one with the same id.
 * Null if no such process runs. A zombie counts as ended, because in a container nobody may ever collect it.
 */
export async function startMark(pid: number): Promise<string | null> {
  if (process.platform !== "linux") {
    const state = await ps(pid, "state=");
    return state === null || state.startsWith("Z") ? null : ps(pid, "lstart=");
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may contain blanks. After it the state is field 1 and the start time (in ticks) field 20.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** The command line of a process, or null if it cannot be read. */
export async function commandLine(pid: number): Promise<string | null> {
  if (process.platform !== "linux") return ps(pid, "args=");
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim() || null;
  } catch {
    return null;
  }
}

async function ps(pid: number, column: string): Promise<string | null> {
  try {
    return (await run("ps", ["-o", column, "-p", String(pid)])).stdout.trim() || null;
  } catch {
    return null;
  }
}

/** Waits until the process has ended. False if it still runs after `timeoutMs`. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while ((await startMark(pid)) !== null) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

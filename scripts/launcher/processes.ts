import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A text that tells one process from a later one with the same id: its start time, in the form the system gives.
 * Null if no such process runs; one that has ended and was not yet collected by its parent does not run
 * (in a container nobody may ever collect it).
 */
export async function startMark(pid: number): Promise<string | null> {
  if (process.platform !== "linux") {
    const state = await ps(pid, "state=");
    return state === null || state.startsWith("Z") ? null : ps(pid, "lstart=");
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold blanks, so fields are counted after it: state first, start time (in ticks) as 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** The command line of a process, or null if there is none to see. */
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

/** Waits until the process is gone; false if it still runs after `timeoutMs`. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while ((await startMark(pid)) !== null) {
    if (performance.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

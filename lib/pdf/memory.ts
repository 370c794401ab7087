import { readFile } from "node:fs/promises";

/** Resident memory of a process in bytes. Null when it is unknown: not Linux, or the process is gone. */
export async function findResidentBytes(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes ? Number(kilobytes) * 1024 : null;
  } catch {
    return null;
  }
}

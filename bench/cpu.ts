import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second on every architecture that Node runs on. */
const TICK_MS = 10;

/**
 * CPU time of a process and all its descendants so far, in milliseconds. Other load hardly changes it, unlike time by the
 * clock. Ended processes count with the parent that waited for them. Null where there is no /proc.
 */
export function cpuMs(pid: number): number | null {
  const parents = new Map<number, number>();
  const used = new Map<number, number>();
  try {
    for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      const fields = statOf(name);
      if (!fields) continue;
      parents.set(Number(name), Number(fields[1]));
      // user and system time of the process and of its ended children
      used.set(Number(name), fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS);
    }
  } catch {
    return null;
  }
  const isBelow = (found: number): boolean =>
    found === pid || (parents.has(found) && isBelow(parents.get(found)!));
  return [...used].reduce((sum, [found, ms]) => (isBelow(found) ? sum + ms : sum), 0);
}

/** The fields of /proc/<pid>/stat from the state on; null for a process that has just ended. */
function statOf(pid: string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the name before it may contain blanks and parentheses
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

import { execFileSync } from "node:child_process";
import os from "node:os";

/** The machine that the figures come from. */
export interface Environment {
  at: string;
  commit: string;
  cores: number;
  cpu: string;
  memoryGib: number;
  system: string;
  node: string;
  /** The load average of one minute when the run began. */
  loadBefore: number;
}

export const load = (): number => Math.round(os.loadavg()[0]! * 100) / 100;

export function environment(root: string): Environment {
  const cpus = os.cpus();
  return {
    at: new Date().toISOString(),
    commit: commit(root),
    cores: os.availableParallelism(),
    cpu: cpus[0]?.model.trim() ?? "unknown",
    memoryGib: Math.round(os.totalmem() / 1024 ** 3),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    loadBefore: load(),
  };
}

function commit(root: string): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no");
    return `${git("rev-parse", "--short", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

/** The environment in two lines. */
export function environmentText(found: Environment): string {
  const { at, commit, cores, cpu, memoryGib, system, node, loadBefore } = found;
  const lines = [
    `Sheaf ${commit}, ${at.slice(0, 16).replace("T", " ")} UTC, Node ${node.slice(1)}, ${system}`,
    `${cores} cores (${cpu}), ${memoryGib} GiB, load ${loadBefore} at the start`,
  ];
  if (loadBefore > cores / 2)
    lines.push("The machine is busy with other things: trust the ratios more than the figures beside them.");
  return lines.join("\n");
}

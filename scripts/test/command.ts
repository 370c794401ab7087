import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";

/** The project's folder. */
export const root = path.resolve(import.meta.dirname, "../..");

export interface CommandResult {
  /** Null when it was killed. */
  code: number | null;
  /** Both streams, the last megabyte. */
  output: string;
  /** Why it did not end by itself. */
  problem?: string;
}

interface CommandOptions {
  /** Ended after this; a test that hangs is a test that fails. */
  timeoutMs: number;
  env?: Record<string, string | undefined>;
  /** Show its output while it runs. */
  isShown?: boolean;
}

const OUTPUT_LIMIT = 1_000_000;
const running = new Set<ChildProcess>();

/** Runs a program in the project's folder, with everything it starts; never throws. */
export function runCommand(file: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32", // a group of its own, so that its children can be ended with it
    });
    running.add(child);
    let output = "";
    let problem: string | undefined;
    const collect = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
      if (options.isShown) stream.write(chunk);
    };
    child.stdout.on("data", collect(process.stdout));
    child.stderr.on("data", collect(process.stderr));
    const timer = setTimeout(() => {
      problem = `did not end within ${options.timeoutMs / 60_000} minutes`;
      void end(child);
    }, options.timeoutMs);
    const finish = (code: number | null) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output, problem });
    };
    child.on("error", (error) => {
      problem = error.message;
      finish(null);
    });
    child.on("close", (code, signal) => {
      if (signal) problem ??= `was ended by ${signal}`;
      finish(code);
    });
  });
}

/** Runs a program that a package of the project brings. */
export function runTool(name: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return runCommand(path.join(root, "node_modules", ".bin", name), args, options);
}

/** Ends everything that is still running; resolves when it is gone. */
export async function stopCommands() {
  await Promise.all([...running].map(end));
}

/** Long enough for test runners to stop the servers that they started. */
const GRACE_MS = 8_000;

async function end(child: ChildProcess) {
  const closed = new Promise((resolve) => child.once("close", resolve));
  signal(child, "SIGINT");
  const timer = setTimeout(() => signal(child, "SIGKILL"), GRACE_MS);
  await closed;
  clearTimeout(timer);
}

/** To the program and all that it started in its group. */
function signal(child: ChildProcess, name: "SIGINT" | "SIGKILL") {
  try {
    if (child.pid && process.platform !== "win32") process.kill(-child.pid, name);
    else child.kill(name);
  } catch {
    // It ended by itself in this moment.
  }
}

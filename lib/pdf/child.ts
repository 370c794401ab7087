import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getIsolation, isolatedCommand } from "./isolation.ts";
import type { DrawJob, Job } from "./limits.ts";

/** Node, pdfium and sharp before they read anything: measured at 140 MB. */
const baseMemoryMb = 160;

type Bounded<AnyJob> = AnyJob extends unknown ? Omit<AnyJob, "heapBytes" | "lifetimeMs"> : never;

/** The command and the environment of a process that does one job: it reads the given files and writes to the job's folder. */
export async function childCommand(o: {
  job: Bounded<Job | DrawJob>;
  readPaths: string[];
  limits: { timeoutSeconds: number; memoryMb: number; outputMb: number };
  /** Whether it draws text. */
  hasFonts: boolean;
  /** Somebody waits for it, at a page. */
  isUrgent?: boolean;
}): Promise<{ command: string[]; env: Record<string, string> }> {
  // Joined from pieces, so that bundlers don't bundle the child's program with the application.
  const root = /* turbopackIgnore: true */ process.cwd();
  const program = [root, "lib", "pdf", "worker", "main.ts"].join("/");
  const command = isolatedCommand({
    isolation: await getIsolation(),
    root,
    readPaths: o.readPaths,
    writePath: o.job.outDir,
    memoryMb: o.limits.memoryMb,
    fileMb: o.limits.outputMb,
    script: program,
    niceness: o.isUrgent ? 5 : 19,
    args: [
      JSON.stringify({
        ...o.job,
        heapBytes: Math.max(32, o.limits.memoryMb - baseMemoryMb) * 1024 * 1024,
        lifetimeMs: o.limits.timeoutSeconds * 1000 + 5000,
      }),
    ],
  });
  return { command, env: o.hasFonts ? await fontEnvironment(root, o.job.outDir) : {} };
}

/** Fonts for drawing text: the system's, if any, and those that come with the PDF viewer. */
async function fontEnvironment(root: string, workDir: string): Promise<Record<string, string>> {
  const path = join(workDir, "fonts.conf");
  const bundled = [root, "node_modules", "pdfjs-dist", "standard_fonts"].join("/");
  await writeFile(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>${bundled.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</dir>
<cachedir>${workDir.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}/fonts</cachedir></fontconfig>`,
  );
  return { FONTCONFIG_FILE: path };
}

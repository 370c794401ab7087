import { existsSync } from "node:fs";
import { runCommand, runTool } from "./command.ts";

const MINUTE_MS = 60_000;
const SYSTEM_CHROMIUM = "/usr/bin/chromium";

/** A browser to test with: a program of the system, or (`undefined`) the one that Playwright keeps for itself. */
type Chromium = { executablePath: string | undefined } | { problem: string };

/** Finds a Chromium, and installs one where there is none: Debian's package as root, else Playwright's download. */
export async function prepareChromium(): Promise<Chromium> {
  const configured = process.env.PLAYWRIGHT_CHROMIUM;
  if (configured && !existsSync(configured))
    return { problem: `PLAYWRIGHT_CHROMIUM=${configured} does not exist.` };
  if (configured) return { executablePath: configured };
  if (existsSync(SYSTEM_CHROMIUM)) return { executablePath: SYSTEM_CHROMIUM };
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing chromium …");
    await apt("update");
    const result = await apt("install", "-y", "--no-install-recommends", "chromium", "fonts-liberation");
    if (existsSync(SYSTEM_CHROMIUM)) return { executablePath: SYSTEM_CHROMIUM };
    return { problem: `chromium could not be installed by apt-get.\n${result.output}` };
  }
  const result = await runTool("playwright", ["install", "chromium"], {
    timeoutMs: 10 * MINUTE_MS,
    isShown: true,
  });
  if (result.code === 0) return { executablePath: undefined };
  return {
    problem: `No Chromium was found or could be installed; name one in PLAYWRIGHT_CHROMIUM.\n${result.output}`,
  };
}

function apt(...args: string[]) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  return runCommand("apt-get", ["-qq", ...args], { timeoutMs: 5 * MINUTE_MS, env });
}

import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const systemChromium = "/usr/bin/chromium";
const executablePath =
  process.env.PLAYWRIGHT_CHROMIUM || (existsSync(systemChromium) ? systemChromium : undefined);

/** Journeys through a production build that global set-up starts once, and runs whose processes are killed. */
export default defineConfig({
  testDir: ".",
  outputDir: ".output/results",
  globalSetup: "./support/global-setup.ts",
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1280, height: 800 },
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath,
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
        ...["--disable-component-update", "--disable-sync"],
      ],
    },
  },
  projects: [
    // first, two beside each other that leave nothing of the machine to others; then those whose files take the longest
    { name: "matrix", testDir: "matrix", timeout: 400_000 },
    { name: "races", testDir: "races" },
    { name: "kills", testDir: "kills", timeout: 180_000 },
    { name: "journeys", testDir: "journeys" },
  ],
});

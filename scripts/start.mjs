#!/usr/bin/env node
// `npm start`: installs what is missing, then hands over to the launcher on the project's own Node.
import { ensureInstalled, Refusal, runWithProjectNode } from "./bootstrap.mjs";

try {
  await ensureInstalled();
  process.exitCode = await runWithProjectNode("scripts/launcher/main.ts", process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

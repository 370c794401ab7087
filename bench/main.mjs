#!/usr/bin/env node
// `npm run bench`: installs what is missing, then measures on the project's own Node.
import { ensureInstalled, Refusal, runWithProjectNode } from "../scripts/bootstrap.mjs";

try {
  await ensureInstalled();
  process.exitCode = await runWithProjectNode("bench/run.ts", process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

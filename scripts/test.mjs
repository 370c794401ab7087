#!/usr/bin/env node
// `npm test`: installs what is missing, then runs every test on the project's own Node.
// The last line printed, alone, is the count: `N passed, N failed`.
import { ensureInstalled, Refusal, runWithProjectNode } from "./bootstrap.mjs";

/** With these the run has printed its own count; any other code is a crash. */
const COUNTED = [0, 10];

let code = 1;
let reason = "The test run itself crashed.";
try {
  await ensureInstalled();
  code = await runWithProjectNode("scripts/test/main.ts", process.argv.slice(2));
} catch (error) {
  if (error instanceof Refusal) reason = error.message;
  else console.error(error);
}
if (!COUNTED.includes(code)) console.log(`\n${reason}\n0 passed, 1 failed`);
process.exitCode = code === 0 ? 0 : 1;

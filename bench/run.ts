import path from "node:path";
import { parseArgs } from "node:util";
import { audit } from "./audit/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { database } from "./db/index.ts";
import { environment, environmentText, load } from "./environment.ts";
import { http } from "./http/index.ts";
import { live } from "./live/index.ts";
import { pages } from "./pages/index.ts";
import { permissions } from "./permissions/index.ts";
import { cleanUp } from "./scratch.ts";
import { search } from "./search/index.ts";
import { start } from "./start/index.ts";
import { telling } from "./telling/index.ts";

const benches: Bench[] = [http, database, permissions, search, pages, live, audit, telling, start];

const USAGE = `npm run bench -- [names] [options]

${benches.map(({ name, summary, isDefault }) => `  ${name.padEnd(18)}${summary}${isDefault ? "" : " (only when named, or with --all)"}`).join("\n")}

  --all             all of them
  --json            print one JSON document instead of tables
  --plans           db: what the query plans spend their time on
  --documents <n>   db, search: how many documents are seeded (400000)
  --clients <n>     live: how many streams are open at the same time (5000)
  --rounds <n>      http, db, permissions, search, pages, live, audit: rounds that medians are taken over (10)
  --seconds <n>     http, permissions, audit: how long each is loaded in each round (1)
  --concurrency <n> http, permissions: clients at the same time (16)
  --cold-cache      start: install with an empty npm cache
`;

class UsageError extends Error {}

function readArguments(argv: string[]) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      plans: { type: "boolean", default: false },
      documents: { type: "string", default: "400000" },
      clients: { type: "string", default: "5000" },
      rounds: { type: "string", default: "10" },
      seconds: { type: "string", default: "1" },
      concurrency: { type: "string", default: "16" },
      "cold-cache": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const positive = (name: "documents" | "clients" | "rounds" | "seconds" | "concurrency") => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new UsageError(`--${name} must be a positive number, not "${values[name]}".`);
    return value;
  };
  const options: BenchOptions = {
    concurrency: Math.ceil(positive("concurrency")),
    rounds: Math.ceil(positive("rounds")),
    seconds: positive("seconds"),
    documents: Math.ceil(positive("documents")),
    clients: Math.ceil(positive("clients")),
    plans: values.plans,
    coldCache: values["cold-cache"],
  };
  const chosen =
    positionals.length > 0
      ? positionals.map((name) => {
          const found = benches.find((bench) => bench.name === name);
          if (!found) throw new UsageError(`There is no bench "${name}".`);
          return found;
        })
      : benches.filter(({ isDefault }) => isDefault || values.all);
  return { options, chosen, isJson: values.json, isHelp: values.help };
}

async function main() {
  const { options, chosen, isJson, isHelp } = readArguments(process.argv.slice(2));
  if (isHelp) return console.log(USAGE);
  const root = path.resolve(import.meta.dirname, "..");
  const found = environment(root);
  if (!isJson) console.log(environmentText(found));
  const results: Record<string, unknown> = {};
  for (const bench of chosen) {
    const progress = (line: string) => console.error(`  ${bench.name}: ${line}`);
    const loadBefore = load();
    const result: BenchResult = await bench.run({ root, options, progress });
    await cleanUp();
    results[bench.name] = { loadBefore, loadAfter: load(), data: result.data };
    // at the end most of the load is the bench's own
    if (!isJson) console.log(`\n${bench.name}: load ${loadBefore} before, ${load()} after\n\n${result.text}`);
  }
  if (isJson) console.log(JSON.stringify({ environment: found, options, results }, null, 2));
}

let isEnding = false;
async function callOff() {
  if (isEnding) return;
  isEnding = true;
  console.error("\nStopping …");
  await cleanUp();
  process.exit(130);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void callOff());
process.on("disconnect", () => void callOff()); // the command that started this process was killed

try {
  await main();
} catch (error) {
  if (isEnding) await new Promise(() => undefined); // ignores failures of an interrupted run; callOff ends the process
  const isExpected =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(isExpected ? `${(error as Error).message}\n\n${USAGE}` : error);
  await cleanUp();
  process.exitCode = 1;
} finally {
  process.channel?.unref();
}

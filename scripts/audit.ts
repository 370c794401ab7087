import { createReadStream, existsSync } from "node:fs";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { StartFailure } from "./launcher/failure.ts";
import { withEmbeddedPostgres } from "./launcher/embedded.ts";
import { loadSecrets } from "./launcher/secrets.ts";
import { parseLauncherArgs } from "./launcher/args.ts";
import { appEnvironment, decideSettings } from "./launcher/settings.ts";

const USAGE = `Usage: npm run audit:verify                    verify the audit log in the database
       npm run audit:verify -- --file <export.jsonl> [--checkpoints <file or folder>]… [--key <key>]…
                                               verify an export, anywhere, without the database
       npm run audit:keys                      print the keys that checkpoints are verified with
       npm run audit:rotate                    make a new key; it is used from the next start on

  --checkpoints <path>  checkpoints from elsewhere: mails, or copies of audit/checkpoints in the object store; may be repeated
  --key <key>           a key to trust, as audit:keys prints it; may be repeated
  --no-store            do not look for copies of checkpoints in the object store
  --json                print the report as JSON

Exit codes: 0 all is as it was sealed · 1 it is not · 2 it could not be verified`;

const root = path.resolve(import.meta.dirname, "..");

/** The settings of an installation, as the launcher would start it; null where there is none in this folder. */
async function settings() {
  if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
  const decided = decideSettings(process.env, parseLauncherArgs([]), root);
  if (!decided.database && !existsSync(decided.dataDir))
    throw new StartFailure(`There is no data folder ${decided.dataDir}; name it with DATA_DIR.`);
  const secrets = await loadSecrets(decided.dataDir);
  return { decided, secrets, keysText: process.env.AUDIT_KEYS || secrets.auditKeys };
}

async function withOwner<Result>(
  decided: Awaited<ReturnType<typeof settings>>["decided"],
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (decided.database) return work(decided.database.ownerUrl);
  return withEmbeddedPostgres(decided.dataDir, ({ ownerUrl }) => work(ownerUrl));
}

async function textsIn(paths: string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const one of paths) {
    const files = (await stat(one)).isDirectory()
      ? (await readdir(one, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name))
      : [one];
    for (const file of files) texts.push(await readFile(file, "utf8"));
  }
  return texts;
}

interface Options {
  file?: string;
  checkpoints: string[];
  keys: string[];
  isStoreRead: boolean;
}

async function verify({ file, checkpoints, keys, isStoreRead }: Options) {
  const texts = await textsIn(checkpoints);
  if (file !== undefined) {
    const { verifyFile } = await import("#lib/audit/verify/file.ts");
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
    return verifyFile(lines, { checkpoints: texts, ...(keys.length > 0 && { verifierKeys: keys }) });
  }
  const { decided, secrets, keysText } = await settings();
  return withOwner(decided, async (url) => {
    const given = { databaseUrl: url, jobsPort: 1 };
    Object.assign(process.env, appEnvironment(process.env, decided, secrets, given), { LOG_LEVEL: "silent" });
    const { KeyRing } = await import("#lib/audit/seal/keys.ts");
    const { storedCheckpoints, verifierKeysOf } = await import("#lib/audit/seal/publish.ts");
    const { verifyDatabase } = await import("#lib/audit/verify/database.ts");
    const ring = new KeyRing(keysText);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const stored = isStoreRead ? await storedCheckpoints() : [];
      return await verifyDatabase(client, {
        keys: ring,
        checkpoints: [...stored, ...texts],
        verifierKeys: [...verifierKeysOf(ring), ...keys],
      });
    } finally {
      await client.end();
    }
  });
}

async function printKeys() {
  const { decided, secrets, keysText } = await settings();
  Object.assign(
    process.env,
    appEnvironment(process.env, decided, secrets, {
      databaseUrl: "postgresql://localhost/sheaf",
      jobsPort: 1,
    }),
  );
  const { KeyRing } = await import("#lib/audit/seal/keys.ts");
  const { verifierKeysOf } = await import("#lib/audit/seal/publish.ts");
  for (const key of verifierKeysOf(new KeyRing(keysText))) console.log(key);
}

async function rotate() {
  const { decided, secrets, keysText } = await settings();
  const newest = Math.max(...keysText.split(",").map((entry) => Number(entry.split(":")[0])));
  const rotated = `${newest + 1}:${randomBytes(32).toString("base64url")},${keysText}`;
  if (process.env.AUDIT_KEYS) return console.log(`AUDIT_KEYS is set by you; set it to\n${rotated}`);
  const file = path.join(decided.dataDir, "secrets.json");
  const text = `${JSON.stringify({ ...secrets, auditKeys: rotated }, null, 2)}\n`;
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
  console.log(`Key ${newest + 1} is in ${file}. Restart Sheaf to use it; the old keys stay there.`);
}

async function main([command, ...rest]: string[]): Promise<number> {
  const { values } = parseArgs({
    args: rest,
    options: {
      file: { type: "string" },
      checkpoints: { type: "string", multiple: true, default: [] },
      key: { type: "string", multiple: true, default: [] },
      "no-store": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return (console.log(USAGE), 0);
  if (command === "keys") return (await printKeys(), 0);
  if (command === "rotate") return (await rotate(), 0);
  if (command !== "verify") return (console.error(USAGE), 2);
  const report = await verify({
    ...{ file: values.file, checkpoints: values.checkpoints, keys: values.key },
    isStoreRead: !values["no-store"],
  });
  const isWhole = report.faults.length === 0;
  if (values.json) console.log(JSON.stringify({ isWhole, ...report }, null, 2));
  else {
    const { entries, proven, chains, checkpoints, notes, faults } = report;
    console.log(
      `${entries} entries in ${chains} chains; ${proven} are as they were sealed, and ${checkpoints} checkpoints agree.`,
    );
    for (const { kind, chainId, seq, eventId, detail } of faults)
      console.log(
        `${kind.toUpperCase()}${seq === null ? "" : ` number ${seq}`}${chainId === null ? "" : ` of chain ${chainId}`}${eventId === null ? "" : ` (entry ${eventId})`}: ${detail}.`,
      );
    for (const note of notes) console.log(`Note: ${note}`);
    console.log(isWhole ? "Nothing was changed." : "The log is not as it was sealed.");
  }
  return isWhole ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExpected =
    error instanceof StartFailure || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  console.error(isExpected ? `${(error as Error).message}\n\n${USAGE}` : error);
  process.exitCode = 2;
}

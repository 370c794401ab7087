import { existsSync } from "node:fs";
import path from "node:path";
import { migrateDown, MigrationError, migrateUp, newMigration } from "#lib/db/migrate/index.ts";
import { generateClient } from "./launcher/build.ts";
import { withEmbeddedPostgres } from "./launcher/embedded.ts";
import { StartFailure } from "./launcher/failure.ts";

const USAGE = `Usage: npm run db:migrate               apply pending migrations
       npm run db:rollback [-- <n>|all]  take back the newest, or the newest n, or all
       npm run db:new -- <name>          write a migration from what changed in schema.prisma and lib/<domain>/sql
       npm run db:generate               generate the Prisma client`;

const root = path.resolve(import.meta.dirname, "..");

/** Runs `work` on the configured database, else on the embedded one: the running one, or one started for it. */
async function withOwnerUrl(work: (url: string) => Promise<void>) {
  const configured = process.env.DATABASE_OWNER_URL;
  if (configured) return work(configured);
  const dataDir = path.resolve(root, process.env.DATA_DIR ?? ".data");
  await withEmbeddedPostgres(dataDir, ({ ownerUrl }) => work(ownerUrl));
}

async function migrate(url: string) {
  const { applied } = await migrateUp({ url });
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "Nothing to apply.");
}

async function rollback(url: string, count = "1") {
  const steps = count === "all" ? Infinity : Number(count);
  if (!(steps >= 1)) throw new MigrationError(`"${count}" is no number of migrations.`);
  const { rolledBack } = await migrateDown({ url, steps });
  console.log(rolledBack.length > 0 ? `Took back ${rolledBack.join(", ")}.` : "Nothing to take back.");
}

async function create(url: string, name = "") {
  const folder = await newMigration(name, { url });
  console.log(`Wrote ${path.relative(root, folder)}; read both files, then run npm run db:migrate.`);
}

async function generate() {
  await generateClient({ root, logDir: path.join(root, ".data", "logs") });
  console.log("Generated the Prisma client.");
}

async function main([command, argument]: string[]) {
  if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
  if (command === "migrate") return withOwnerUrl(migrate);
  if (command === "rollback") return withOwnerUrl((url) => rollback(url, argument));
  if (command === "new") return withOwnerUrl((url) => create(url, argument));
  if (command === "generate") return generate();
  console.error(USAGE);
  process.exitCode = 2;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof MigrationError || error instanceof StartFailure ? error.message : error);
  process.exitCode = 1;
}

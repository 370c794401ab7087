import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { StartFailure } from "./failure.ts";

/** The secrets of an instance. Losing the file ends every session and locks the embedded database. */
export interface Secrets {
  postgresPassword: string;
  ownerPassword: string;
  appPassword: string;
  authSecret: string;
  inngestEventKey: string;
  /** Numbered secrets of the audit log, the newest first; all that were ever used are needed to verify it. */
  auditKeys: string;
  /** `signkey-local-` and 64 hex digits, the form Inngest's SDK expects. */
  inngestSigningKey: string;
}

const token = () => randomBytes(32).toString("base64url");
const generators: Record<keyof Secrets, () => string> = {
  postgresPassword: token,
  ownerPassword: token,
  appPassword: token,
  authSecret: token,
  inngestEventKey: token,
  auditKeys: () => `1:${token()}`,
  inngestSigningKey: () => `signkey-local-${randomBytes(32).toString("hex")}`,
};

/**
 * Reads `secrets.json` of a data folder, adds what is missing and keeps the file at mode 0600.
 * Existing values never change. An unreadable file is refused, never replaced.
 */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, "secrets.json");
  const known = await readSecrets(file);
  const missing = (Object.keys(generators) as (keyof Secrets)[]).filter(
    (name) => typeof known[name] !== "string",
  );
  if (missing.length === 0) return known as Secrets;
  const secrets = {
    ...known,
    ...Object.fromEntries(missing.map((name) => [name, generators[name]()])),
  } as Secrets;
  // Written under another name and renamed: a crash leaves the old file or the whole new one.
  const draft = `${file}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  return secrets;
}

async function readSecrets(file: string): Promise<Partial<Secrets>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    return JSON.parse(text) as Partial<Secrets>;
  } catch {
    throw new StartFailure(
      `${file} is damaged; restore it from a backup, because it holds the passwords of the database.`,
    );
  }
}

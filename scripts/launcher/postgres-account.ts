import { execFile, type SpawnOptions } from "node:child_process";
import { chown, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { StartFailure } from "./failure.ts";

const run = promisify(execFile);
const ACCOUNT = "postgres";

/** How PostgreSQL's programs are run. The server refuses to run as root, so root uses another account. */
export interface PostgresAccount {
  command(program: string, args: string[]): { file: string; args: string[]; options: SpawnOptions };
  /** Makes the account the owner of a file or folder. */
  own(target: string): Promise<void>;
}

const ownAccount: PostgresAccount = {
  command: (file, args) => ({ file, args, options: {} }),
  own: async () => undefined,
};

/**
 * The account for PostgreSQL: the caller's own, or for root `postgres`, which is created if missing. It must be able to
 * use every folder of `reach`. Where a parent folder is closed (a project below /root, a folder made by mktemp), its
 * programs get one capability of root, passing through closed folders.
 */
export async function postgresAccount(reach: string[]): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return ownAccount;
  const { uid, gid } = (await findAccount()) ?? (await createAccount());
  const own = (target: string) => chown(target, uid, gid);
  const closed = await firstClosedFolder(reach, uid, gid);
  if (closed === null) {
    return { own, command: (file, args) => ({ file, args, options: { uid, gid } }) };
  }
  const wrapper = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
    // initdb calls access(2), which ignores capabilities of users other than root unless this is set.
    "--securebits=+no_setuid_fixup",
  ];
  try {
    await run("setpriv", [...wrapper, "true"]);
  } catch {
    throw new StartFailure(
      `PostgreSQL runs as the account "${ACCOUNT}", which may not enter ${closed}; allow it (chmod o+x ${closed}), start Sheaf as an ordinary user, or set DATABASE_URL to another server.`,
    );
  }
  return {
    own,
    command: (file, args) => ({ file: "setpriv", args: [...wrapper, file, ...args], options: {} }),
  };
}

async function findAccount(): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", ACCOUNT]), run("id", ["-g", ACCOUNT])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function createAccount(): Promise<{ uid: number; gid: number }> {
  await run("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/usr/sbin/nologin",
    ACCOUNT,
  ]).catch(() => undefined);
  const account = await findAccount();
  if (account) return account;
  throw new StartFailure(
    `PostgreSQL does not run as root and the account "${ACCOUNT}" could not be created; start Sheaf as an ordinary user, or set DATABASE_URL to another server.`,
  );
}

/** The first folder on the path that the account may not enter, or null. */
async function firstClosedFolder(targets: string[], uid: number, gid: number): Promise<string | null> {
  for (const target of targets) {
    const { root } = path.parse(target);
    const parts = path.relative(root, target).split(path.sep);
    for (let depth = 0; depth <= parts.length; depth += 1) {
      const folder = path.join(root, ...parts.slice(0, depth));
      const found = await stat(folder);
      const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
      if (found.isDirectory() && (found.mode & bit) === 0) return folder;
    }
  }
  return null;
}

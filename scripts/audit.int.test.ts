import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { exportAudit, recordAudits } from "#lib/audit/index.ts";
import { sealEverything, tamper, testKeys } from "#lib/audit/test-support.ts";
import { verifierKeysOf } from "#lib/audit/seal/publish.ts";
import { transaction } from "#lib/db/index.ts";

const run = promisify(execFile);
let folder: string;
let admin: Person;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sheaf-audit-"));
  admin = await makePerson({ role: "admin" });
  await transaction(admin, (tx) =>
    recordAudits(
      tx,
      admin,
      Array.from({ length: 5 }, () => ({
        action: "password.changed" as const,
        resource: { type: "user" as const, id: admin.id },
      })),
    ),
  );
  await sealEverything();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command as an operator runs it, on this test's database and a data folder of its own. */
async function audit(args: string[], env: Record<string, string> = {}) {
  const given = { ...process.env, DATA_DIR: folder, ...env };
  return run(process.execPath, ["scripts/audit.ts", ...args], { env: given }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}

it("verifies the log in the database, and names the first broken entry of a chain", async () => {
  const whole = await audit(["verify", "--no-store"]);
  expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was changed.") });

  const [third] = await asOwner<{ event_id: string }>(
    "SELECT event_id FROM audit_seals WHERE chain_id = $1 AND seq = 3",
    [admin.workspaceId],
  );
  await tamper(["UPDATE audit_events SET action = 'password.reset' WHERE id = $1", [third!.event_id]]);
  const broken = await audit(["verify", "--no-store"]);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain(`number 3 of chain ${admin.workspaceId} (entry ${third!.event_id})`);
  expect(broken.stdout).toContain("The log is not as it was sealed.");
  const told = await audit(["verify", "--no-store", "--json"]);
  expect(JSON.parse(told.stdout)).toMatchObject({
    isWhole: false,
    faults: [{ chainId: admin.workspaceId, seq: 3, eventId: third!.event_id }],
  });
  await tamper(["UPDATE audit_events SET action = 'password.changed' WHERE id = $1", [third!.event_id]]);
});

it("verifies an export anywhere, with the keys that were printed", async () => {
  const file = path.join(folder, "export.jsonl");
  const { text } = await exportAudit(admin, { workspace: "", format: "jsonl" });
  let body = "";
  for await (const piece of text) body += piece;
  await writeFile(file, body);
  const printed = await audit(["keys"]);
  expect(printed.stdout.trim().split("\n")).toEqual(verifierKeysOf(testKeys()));
  const keys = printed.stdout
    .trim()
    .split("\n")
    .flatMap((key) => ["--key", key]);
  // nothing of the installation is needed
  const elsewhere = {
    DATABASE_URL: "",
    DATABASE_OWNER_URL: "",
    AUDIT_KEYS: "",
    DATA_DIR: path.join(folder, "none"),
  };
  expect(await audit(["verify", "--file", file, ...keys], elsewhere)).toMatchObject({ code: 0 });

  await writeFile(file, body.replace("password.changed", "password.erased"));
  expect(await audit(["verify", "--file", file, ...keys], elsewhere)).toMatchObject({ code: 1 });
});

it("makes a new key beside the old ones, in a file that nobody else may read", async () => {
  const own = { AUDIT_KEYS: "" };
  await audit(["keys"], own);
  const file = path.join(folder, "secrets.json");
  const before = (JSON.parse(await readFile(file, "utf8")) as { auditKeys: string }).auditKeys;
  expect((await audit(["rotate"], own)).stdout).toContain("Key 2 is in");
  const after = (JSON.parse(await readFile(file, "utf8")) as { auditKeys: string }).auditKeys;
  expect(after).toMatch(/^2:[\w-]{43},1:/);
  expect(after.endsWith(before)).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await audit(["keys"], own)).stdout.trim().split("\n")).toHaveLength(2);
});

it("says how it is used, and that it could not verify", async () => {
  expect(await audit([])).toMatchObject({ code: 2, stderr: expect.stringContaining("Usage:") });
  expect(await audit(["verify", "--file", path.join(folder, "missing.jsonl")])).toMatchObject({ code: 2 });
  expect(await audit(["verify", "--loud"])).toMatchObject({ code: 2 });
});

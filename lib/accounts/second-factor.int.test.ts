import { describe, expect, it } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { authenticate, hashSecret } from "#lib/auth/index.ts";
import { transaction } from "#lib/db/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { takeCode } from "./codes.ts";
import {
  activateSecondFactor,
  changePassword,
  createToken,
  getSettings,
  removeSecondFactor,
  renewBackupCodes,
  setUpSecondFactor,
} from "./index.ts";
import { seal, unseal } from "./sealed.ts";
import { browser, eventually, mailsTo, randomIp, signedIn, timeRatio } from "./test-support.ts";
import { stepAt, totpCode } from "./testing/authenticator.ts";
import { toBase32 } from "./totp.ts";

const lane = { kind: "network", id: "192.0.2.1" } as const;

/** The secret in the database, decrypted as an authenticator app has it. */
async function secretOf(userId: string) {
  const [row] = await asOwner<{ secret: Buffer }>("SELECT secret FROM second_factors WHERE user_id = $1", [
    userId,
  ]);
  return unseal(row!.secret, userId);
}
const codeOf = async (userId: string, stepsAway = 0) =>
  totpCode(await secretOf(userId), stepAt(Date.now()) + stepsAway);

/** Forgets the last used step, as if time had passed. */
const later = (userId: string) =>
  asOwner(
    "WITH f AS (UPDATE second_factors SET last_step = 0 WHERE user_id = $1) DELETE FROM code_tries WHERE user_id = $1",
    [userId],
  );

async function withSecondFactor() {
  const someone = await signedIn();
  const { person, actor } = someone;
  await setUpSecondFactor(actor, null, { password: person.password });
  const { backupCodes } = await activateSecondFactor(actor, { code: await codeOf(actor.id) });
  return { ...someone, backupCodes };
}

const errorOf = async (response: Response) =>
  new URL(((await response.json()) as { url: string }).url).searchParams.get("error");

describe("setting up", () => {
  it("asks for the password, and counts from the first right code", async () => {
    const { person, actor } = await signedIn();
    await expect(setUpSecondFactor(actor, null, { password: "not it" })).rejects.toMatchObject({
      reason: "wrong_password",
    });
    const setup = await setUpSecondFactor(actor, null, { password: person.password });
    expect(setup.secret).toBe(toBase32(await secretOf(actor.id)));
    const { searchParams } = new URL(setup.uri);
    expect([searchParams.get("secret"), searchParams.get("issuer")]).toEqual([setup.secret, "Sheaf"]);
    expect(setup.qr.path).toMatch(/^(M\d+ \d+h1v1h-1z)+$/);
    await expect(activateSecondFactor(actor, { code: "12345" })).rejects.toMatchObject({
      reason: "wrong_code",
    });
    expect((await browser().signIn(person)).status).toBe(200);
    const { backupCodes } = await activateSecondFactor(actor, { code: await codeOf(actor.id) });
    expect(new Set(backupCodes).size).toBe(10);
    expect((await getSettings(actor)).secondFactor).toEqual({ isActive: true, backupCodesLeft: 10 });
    await expect(setUpSecondFactor(actor, null, { password: person.password })).rejects.toMatchObject({
      reason: "code_needed",
    });
    await eventually(async () =>
      (await mailsTo(person.email)).find(({ subject }) => subject === "Two-step sign-in is on"),
    );
  });

  it("keeps neither the secret nor the backup codes readable", async () => {
    const { actor, backupCodes } = await withSecondFactor();
    const [row] = await asOwner<{ secret: Buffer }>("SELECT secret FROM second_factors WHERE user_id = $1", [
      actor.id,
    ]);
    expect(row!.secret.includes(await secretOf(actor.id))).toBe(false);
    const kept = await asOwner<{ hash: Buffer }>("SELECT hash FROM backup_codes WHERE user_id = $1", [
      actor.id,
    ]);
    const hashes = kept.map(({ hash }) => hash.toString("hex"));
    for (const code of backupCodes) {
      for (const form of [code, code.replace("-", "")]) {
        expect(hashes).not.toContain(Buffer.from(form).toString("hex"));
        expect(hashes).not.toContain(hashSecret(form).toString("hex"));
      }
    }
    const other = await signedIn();
    expect(() => unseal(row!.secret, other.actor.id)).toThrow();
    const changed = seal(Buffer.from("x"), actor.id);
    changed[changed.length - 1]! ^= 1;
    expect(() => unseal(changed, actor.id)).toThrow();
  });

  it("turns on once when two activations race", async () => {
    const { person, actor } = await signedIn();
    await setUpSecondFactor(actor, null, { password: person.password });
    const code = await codeOf(actor.id);
    const results = await Promise.allSettled([1, 2].map(() => activateSecondFactor(actor, { code })));
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await getSettings(actor)).secondFactor.backupCodesLeft).toBe(10);
  });
});

describe("signing in with a second factor", () => {
  it("asks for the code only after the password was right", async () => {
    const { person, actor } = await withSecondFactor();
    expect(await errorOf(await browser().signIn({ ...person, password: "not it at all" }))).toBe(
      "CredentialsSignin",
    );
    const client = browser();
    const asked = await client.signIn(person);
    expect([asked.status, await errorOf(asked)]).toEqual([401, "code_needed"]);
    expect((await authenticate(client.headers())).actor.kind).toBe("everyone");
    const wrong = await client.signIn({ ...person, code: "abc" });
    expect([wrong.status, await errorOf(wrong)]).toEqual([401, "wrong_code"]);
    await later(actor.id);
    const code = await codeOf(actor.id);
    expect((await client.signIn({ ...person, code: `${code.slice(0, 3)} ${code.slice(3)}` })).status).toBe(
      200,
    );
    expect((await authenticate(client.headers())).actor).toMatchObject({ id: actor.id });
  });

  it("tells nobody without the password that there is one", async () => {
    const [plain, secured] = [await signedIn(), await withSecondFactor()];
    const refuse = async ({ person }: { person: { email: string } }) => {
      const response = await browser().signIn({ email: person.email, password: "not it at all" });
      expect(response.status).toBe(401);
    };
    expect(
      await timeRatio(
        () => refuse(plain),
        () => refuse(secured),
      ),
    ).toBeLessThan(1.1);
  });

  it("takes each step once, and none before it", async () => {
    const { actor } = await withSecondFactor();
    await later(actor.id);
    const [before, now] = [await codeOf(actor.id, -1), await codeOf(actor.id)];
    const settled = await Promise.all([1, 2, 3].map(() => takeCode(actor.id, lane, now)));
    expect(settled.filter(Boolean)).toHaveLength(1);
    expect(await takeCode(actor.id, lane, before)).toBe(false);
  });

  it("takes each backup code once, when many try at the same time as well", async () => {
    const { person, actor, backupCodes } = await withSecondFactor();
    const [first, second] = backupCodes;
    const settled = await Promise.allSettled(
      Array.from({ length: 4 }, () => takeCode(actor.id, lane, first!.toUpperCase())),
    );
    expect(settled.filter((one) => one.status === "fulfilled" && one.value)).toHaveLength(1);
    await later(actor.id);
    expect(await takeCode(actor.id, lane, first!)).toBe(false);
    const client = browser();
    expect((await client.signIn({ ...person, code: second! })).status).toBe(200);
    expect((await getSettings(actor)).secondFactor.backupCodesLeft).toBe(8);
    const used = await asOwner(
      "SELECT FROM audit_events WHERE action = 'backup_code.used' AND actor_id = $1",
      [actor.id],
    );
    expect(used).toHaveLength(2);
  });

  it("waits after five wrong codes in a row, also when they come at once, and then for the right one too", async () => {
    const { person, actor, backupCodes } = await withSecondFactor();
    const tries = await Promise.allSettled(
      Array.from({ length: 12 }, () => takeCode(actor.id, lane, "wrong!")),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    for (const one of tries)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "rate_limited" });
    const right = await browser({ ip: lane.id }).signIn({ ...person, code: backupCodes[0]! });
    expect([right.status, await errorOf(right)]).toEqual([429, "rate_limited"]);
    // each further wrong code costs a longer wait
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      await asOwner("UPDATE code_tries SET next_try_at = now() - interval '1 second' WHERE user_id = $1", [
        actor.id,
      ]);
      expect(await takeCode(actor.id, lane, "wrong!")).toBe(false);
      const error = (await takeCode(actor.id, lane, "wrong!").catch((e: unknown) => e)) as AppError;
      waits.push(Math.round(error.details.retryAfterSeconds! / 60));
    }
    expect(waits).toEqual([10, 20, 40, 60, 60, 60, 60]);
    // only this network waits, not another one, a known device or a session
    for (const other of [
      { kind: "network", id: randomIp() },
      { kind: "device", id: "one" },
      { kind: "mailbox", id: actor.id },
      { kind: "session", id: actor.id },
    ] as const)
      expect(await takeCode(actor.id, other, "wrong!")).toBe(false);
    await asOwner("UPDATE code_tries SET next_try_at = now() - interval '1 second' WHERE user_id = $1", [
      actor.id,
    ]);
    expect(await takeCode(actor.id, lane, backupCodes[0]!)).toBe(true);
    for (let round = 0; round < 4; round++) expect(await takeCode(actor.id, lane, "wrong!")).toBe(false);
    expect(await takeCode(actor.id, lane, backupCodes[1]!)).toBe(true);
  });

  it("lets backup codes in when the installation's secret was lost", async () => {
    const { person, actor, backupCodes } = await withSecondFactor();
    await later(actor.id);
    await asOwner("UPDATE second_factors SET secret = $2 WHERE user_id = $1", [actor.id, Buffer.alloc(48)]);
    expect(await takeCode(actor.id, lane, "123456")).toBe(false);
    expect((await browser().signIn({ ...person, code: backupCodes[0]! })).status).toBe(200);
  });

  it("leaves access tokens as they are", async () => {
    const { actor } = await withSecondFactor();
    const { token } = await createToken(actor, { scope: "read", name: "Script", expiresInDays: 1 });
    const found = await authenticate(new Headers({ authorization: `Bearer ${token}` }));
    expect(found.actor).toMatchObject({ id: actor.id });
  });
});

describe("turning off", () => {
  it("needs the password and a code, and is the end of the backup codes", async () => {
    const { person, actor, backupCodes } = await withSecondFactor();
    const { password } = person;
    await expect(removeSecondFactor(actor, null, { password })).rejects.toMatchObject({
      reason: "code_needed",
    });
    await expect(removeSecondFactor(actor, null, { password, code: "000" })).rejects.toMatchObject({
      reason: "wrong_code",
    });
    await expect(
      removeSecondFactor(actor, null, { password: "no", code: backupCodes[0] }),
    ).rejects.toMatchObject({
      reason: "wrong_password",
    });
    await removeSecondFactor(actor, null, { password, code: backupCodes[0] });
    expect((await browser().signIn(person)).status).toBe(200);
    expect(await asOwner("SELECT FROM backup_codes WHERE user_id = $1", [actor.id])).toHaveLength(0);
  });

  it("makes new backup codes, after which the old ones are worth nothing", async () => {
    const { person, actor, backupCodes } = await withSecondFactor();
    const settled = await Promise.allSettled(
      [0, 1].map((at) => renewBackupCodes(actor, null, { password: person.password, code: backupCodes[at] })),
    );
    // the later of two renewals brings a code that the first one replaced
    const results = settled.filter((one) => one.status === "fulfilled").map(({ value }) => value);
    expect(results.length).toBeGreaterThan(0);
    for (const one of settled)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ reason: "wrong_code" });
    const [{ kept }] = (await asOwner<{ kept: number }>(
      "SELECT count(*)::int AS kept FROM backup_codes WHERE user_id = $1",
      [actor.id],
    )) as [{ kept: number }];
    expect(kept).toBe(10);
    expect(await takeCode(actor.id, lane, backupCodes[2]!)).toBe(false);
    const worth = await Promise.all(
      results.map(({ backupCodes: [code] }) => takeCode(actor.id, lane, code!)),
    );
    expect(worth.filter(Boolean)).toHaveLength(1);
  });

  it("does not come with a new password", async () => {
    const { person, actor, sessionId } = await withSecondFactor();
    const newPassword = "another one, long enough";
    await changePassword(actor, sessionId, { currentPassword: person.password, newPassword });
    expect(await errorOf(await browser().signIn({ ...person, password: newPassword }))).toBe("code_needed");
  });
});

it("shows nobody else's second factor to anybody", async () => {
  const [mine, theirs] = [await withSecondFactor(), await withSecondFactor()];
  const seen = await transaction(mine.actor, (tx) =>
    tx.secondFactor.findMany({ select: { userId: true, backupCodes: { select: { userId: true } } } }),
  );
  expect(seen.map(({ userId }) => userId)).toEqual([mine.actor.id]);
  const { count } = await transaction(mine.actor, (tx) =>
    tx.secondFactor.deleteMany({ where: { userId: theirs.actor.id } }),
  );
  expect(count).toBe(0);
});

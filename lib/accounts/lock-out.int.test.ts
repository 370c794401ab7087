import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { asOwner } from "#prisma/factories.ts";
import { hashSecret } from "#lib/auth/index.ts";
import { type AppError } from "#lib/errors/index.ts";
import { takeCode } from "./codes.ts";
import {
  activateSecondFactor,
  changeEmail,
  changePassword,
  removeSecondFactor,
  requestPasswordReset,
  resetPassword,
  setUpSecondFactor,
} from "./index.ts";
import { deviceCookie, devicesIn, laneFor } from "./known-devices.ts";
import { unseal } from "./sealed.ts";
import { verifyCredentials } from "./sign-in.ts";
import { browser, eventually, mailsTo, newPerson, origin, randomIp, registered, secretMailedTo, signedIn } from "./test-support.ts"; // prettier-ignore
import { stepAt, totpCode } from "./testing/authenticator.ts";

const isLimited = (error: unknown) => (error as AppError).code === "rate_limited";
/** Tries a wrong password. Returns whether it was compared. */
const guess = async (email: string, ip = randomIp()) =>
  verifyCredentials({ email, password: "a guess" }, { ip }).then(
    () => true,
    (error: unknown) => {
      if (!isLimited(error)) throw error;
      return false;
    },
  );
/** Tries wrong passwords, several at once. Returns how many were compared. */
async function guesses(email: string, count: number, ip: () => string): Promise<number> {
  let looked = 0;
  for (let done = 0; done < count; done += 20) {
    const some = Array.from({ length: Math.min(20, count - done) }, () => guess(email, ip()));
    looked += (await Promise.all(some)).filter(Boolean).length;
  }
  return looked;
}
const signIn = (person: { email: string; password: string }, ip = randomIp()) =>
  browser({ ip }).signIn(person);
/** Counts tries of that many strangers, each from a network of their own. */
const guessedBefore = (email: string, count: number) =>
  asOwner(
    `INSERT INTO rate_windows (key, started_at, count)
     SELECT 'passwordTry:strangers:' || $1, to_timestamp(floor(extract(epoch FROM now()) / 3600) * 3600) + n * interval '1 hour', $2
       FROM generate_series(0, 1) n ON CONFLICT (key, started_at) DO UPDATE SET count = excluded.count`,
    [hashSecret(email).toString("base64url").slice(0, 22), count],
  );

describe("guesses at a password", () => {
  it("from one network are stopped there, the right one among them, and nowhere else", async () => {
    const { person, actor, sessionId } = await signedIn();
    const ip = randomIp();
    // parallel tries cannot pass the limit, because each is charged first; one window may end in between
    const looked = await guesses(person.email, 30, () => ip);
    expect(looked).toBeGreaterThanOrEqual(10);
    expect(looked).toBeLessThanOrEqual(20);
    const refused = await signIn(person, ip);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await signIn(person)).status).toBe(200);
    // somebody signed in is no stranger, in that network either
    const own = { ...actor, ip };
    await changePassword(own, sessionId, {
      currentPassword: person.password,
      newPassword: "long enough now",
    });
    await changeEmail(own, sessionId, { email: `${randomUUID()}@example.org`, password: "long enough now" });
  });

  it("from a /64 are those of one network", async () => {
    const { email } = await registered();
    const prefix = `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}`;
    let host = 0;
    expect(await guesses(email, 30, () => `${prefix}::${(host += 1).toString(16)}`)).toBeLessThanOrEqual(20);
  });

  it("from many networks are bounded, for known and unknown addresses alike, and never stop a known device", async () => {
    const person = await registered();
    const known = browser();
    expect((await known.signIn(person)).status).toBe(200);
    await known.signOut();
    for (const email of [person.email, newPerson().email]) {
      await guessedBefore(email, 110);
      const looked = await guesses(email, 40, randomIp);
      // twice as many, if a window ended in between
      expect(looked).toBeGreaterThanOrEqual(10);
      expect(looked).toBeLessThanOrEqual(20);
    }
    expect((await signIn(person)).status).toBe(429);
    expect((await known.signIn(person)).status).toBe(200);
  });

  it("are bounded on a known device as well, and it is nobody else's who is", async () => {
    const [person, other] = [await registered(), await registered()];
    const known = browser();
    await known.signIn(person);
    await known.signIn(other);
    await known.signOut();
    const devices = devicesIn(known.headers());
    expect(devices).toHaveLength(2);
    const results = await Promise.all(
      Array.from({ length: 70 }, () =>
        verifyCredentials({ email: person.email, password: "a guess" }, { ip: randomIp(), devices }).then(
          () => "looked at",
          (error: AppError) => error.code,
        ),
      ),
    );
    expect(results.filter((one) => one === "looked at").length).toBeLessThanOrEqual(60);
    expect(results).toContain("rate_limited");
    expect((await known.signIn(other)).status).toBe(200);
    expect((await signIn(person)).status).toBe(200);
  });

  it("in one session do not use up those of another", async () => {
    const { person, actor, sessionId } = await signedIn();
    const thief = randomUUID();
    const change = { currentPassword: "a guess", newPassword: "long enough now" };
    const tries = await Promise.allSettled(
      Array.from({ length: 30 }, () => changePassword(actor, thief, change)),
    );
    expect(tries.some((one) => one.status === "rejected" && isLimited(one.reason))).toBe(true);
    await changePassword(actor, sessionId, { ...change, currentPassword: person.password });
  });
});

describe("a known device", () => {
  it("is kept in a cookie that no script reads, and that says nothing of its person", async () => {
    const person = await registered();
    const client = browser();
    const response = await client.signIn(person);
    const [line, ...others] = response.headers.getSetCookie().filter((one) => one.includes("sheaf-device"));
    expect(others).toEqual([]);
    expect(line).toMatch(/^sheaf-device=[\w.-]+; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Lax$/);
    const [{ id } = { id: "" }] = await asOwner<{ id: string }>("SELECT id FROM users WHERE email = $1", [
      person.email,
    ]);
    expect(line).not.toContain(id);
    expect((await client.signIn({ ...person, password: "a guess" })).headers.getSetCookie().join()).not.toContain("sheaf-device"); // prettier-ignore
  });

  it("is a stranger after a new password, except where that was set", async () => {
    const { person, client, actor, sessionId } = await signedIn();
    const other = browser();
    await other.signIn(person);
    const newPassword = "another one, long enough";
    const { cookie } = await changePassword(
      actor,
      sessionId,
      { currentPassword: person.password, newPassword },
      devicesIn(client.headers()),
    );
    await guessedBefore(person.email, 120);
    expect((await other.signIn({ ...person, password: newPassword })).status).toBe(429);
    client.cookies.set("sheaf-device", /^sheaf-device=([^;]*)/.exec(cookie)![1]!);
    expect((await client.signIn({ ...person, password: newPassword })).status).toBe(200);
  });

  it("is made of whoever reads the mailbox, too, so that there is always a way in", async () => {
    const person = await registered();
    await guessedBefore(person.email, 120);
    const ip = randomIp();
    expect((await signIn(person, ip)).status).toBe(429);
    await requestPasswordReset(person.email, origin());
    const token = await secretMailedTo(person.email);
    const { cookie } = await resetPassword({ token, password: "chosen by the mail" }, origin());
    const client = browser({ ip });
    client.cookies.set("sheaf-device", /^sheaf-device=([^;]*)/.exec(cookie)![1]!);
    expect((await client.signIn({ ...person, password: "chosen by the mail" })).status).toBe(200);
  });

  it("can't be made up, lent, prolonged or moved to another account", async () => {
    const account = { id: randomUUID(), passwordChangedAt: new Date() };
    const ip = randomIp();
    const lane = (entries: string[], of = account) => laneFor(of, { ip, devices: entries });
    const stranger = { kind: "network", id: ip };
    const entryOf = (line: string) => devicesIn(new Headers({ cookie: line.split(";")[0]! }));
    const [good] = entryOf(deviceCookie(account, "device")) as [string];
    expect(lane([good])).toMatchObject({ kind: "device" });
    expect(lane(["x", good])).toMatchObject({ kind: "device" });
    const [letter, expires, nonce, mark] = good.split(".") as [string, string, string, string];
    const later = (parseInt(expires, 36) + 1).toString(36);
    for (const bad of [
      ["m", expires, nonce, mark],
      [letter, later, nonce, mark],
      [letter, expires, `${nonce}A`, mark],
      [letter, expires, nonce, mark.replace(/^./, (one) => (one === "A" ? "B" : "A"))],
      [letter, expires, nonce],
      [""],
    ])
      expect(lane([bad.join(".")])).toEqual(stranger);
    expect(lane([good], { ...account, id: randomUUID() })).toEqual(stranger);
    expect(lane([good], { ...account, passwordChangedAt: new Date(0) })).toEqual(stranger);
    expect(laneFor(null, { ip, devices: [good] })).toEqual(stranger);
    expect(entryOf(`sheaf-device=${"x".repeat(5000)}`)).toEqual([]);
    expect(entryOf(`sheaf-device=${"a~".repeat(100)}`)).toHaveLength(5);
    expect(devicesIn(new Headers())).toEqual([]);
    // a browser stays known to its five latest accounts
    let devices: string[] = [];
    for (let count = 0; count < 7; count++)
      devices = entryOf(deviceCookie({ ...account, id: randomUUID() }, "device", devices));
    devices = entryOf(deviceCookie(account, "device", devices));
    devices = entryOf(deviceCookie(account, "device", devices));
    expect(devices).toHaveLength(5);
    expect(devices.filter((entry) => lane([entry]).kind === "device")).toHaveLength(1);
  });
});

describe("codes of the second step", () => {
  async function withSecondFactor() {
    const someone = await signedIn();
    const { person, actor, sessionId } = someone;
    await setUpSecondFactor(actor, sessionId, { password: person.password });
    const [row] = await asOwner<{ secret: Buffer }>("SELECT secret FROM second_factors WHERE user_id = $1", [
      actor.id,
    ]);
    const secret = unseal(row!.secret, actor.id);
    const code = () => totpCode(secret, stepAt(Date.now()));
    const { backupCodes } = await activateSecondFactor(actor, { code: code() });
    return { ...someone, backupCodes };
  }

  it("tried by somebody who knows the password keep its owner out of nothing", async () => {
    const { person, actor, sessionId, backupCodes, client } = await withSecondFactor();
    const ip = randomIp();
    const attempts = await Promise.all(
      Array.from({ length: 9 }, () => browser({ ip }).signIn({ ...person, code: "000000" })),
    );
    expect(attempts.map(({ status }) => status).filter((status) => status === 401)).toHaveLength(5);
    expect((await browser({ ip }).signIn({ ...person, code: backupCodes[0]! })).status).toBe(429);
    // another network, the known device and the session are not affected
    expect((await browser().signIn({ ...person, code: backupCodes[1]! })).status).toBe(200);
    expect((await client.signIn({ ...person, code: backupCodes[2]! })).status).toBe(200);
    const proof = { password: person.password, code: backupCodes[3]! };
    await removeSecondFactor(actor, sessionId, proof);
  });

  it("of all strangers together are bounded, whatever network each comes from", async () => {
    const { actor, backupCodes } = await withSecondFactor();
    const wrong = () => takeCode(actor.id, { kind: "network", id: randomIp() }, "wrong!");
    const tries = await Promise.allSettled(Array.from({ length: 70 }, wrong));
    const looked = tries.filter(({ status }) => status === "fulfilled").length;
    expect(looked).toBeGreaterThanOrEqual(50);
    expect(looked).toBeLessThanOrEqual(100);
    await expect(wrong()).rejects.toSatisfy(isLimited);
    expect(await takeCode(actor.id, { kind: "device", id: "known" }, backupCodes[0]!)).toBe(true);
  });
});

describe("mails that strangers ask for", () => {
  it("do not keep the owner from theirs", async () => {
    const person = await registered();
    const known = browser();
    await known.signIn(person);
    const stranger = origin();
    for (let round = 0; round < 10; round++) await requestPasswordReset(person.email, stranger);
    const sent = (
      await eventually(async () => {
        const mails = await mailsTo(person.email);
        return mails.length >= 5 ? mails : null;
      })
    ).length;
    expect(sent).toBeLessThanOrEqual(10);
    await requestPasswordReset(person.email, origin());
    await secretMailedTo(person.email, sent + 1);
    // many networks use up the common limit and leave the known device its own
    for (let round = 0; round < 40; round += 10)
      await Promise.all(Array.from({ length: 10 }, () => requestPasswordReset(person.email, origin())));
    const flooded = await eventually(async () => {
      const mails = await mailsTo(person.email);
      return mails.length >= 20 ? mails : null;
    });
    expect(flooded.length).toBeLessThanOrEqual(40);
    await requestPasswordReset(person.email, { ...origin(), devices: devicesIn(known.headers()) });
    const token = await secretMailedTo(person.email, flooded.length + 1);
    await resetPassword({ token, password: "chosen by the mail" }, origin());
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import pg from "pg";
import { asOwner, makePerson, type Person } from "#prisma/factories.ts";
import { type StoredMail } from "#lib/mail/index.ts";
import { startSmtpSink } from "#lib/mail/testing.ts";
import { changeGrant, grant, revoke } from "#lib/sharing/index.ts";
import { makeGroup, makeShared } from "#lib/sharing/test-support.ts";
import {
  changeNotificationPreferences,
  findPeopleWithMail,
  pruneNotifications,
  readNotifications,
} from "./index.ts";
import { mailNotifications } from "./mail.ts";
import { tellAll } from "./test-support.ts";

const mailsTo = async ({ email }: Person): Promise<StoredMail[]> => {
  const { listMails } = await import("#lib/mail/index.ts");
  return (await listMails(500)).filter(({ to }) => to === email);
};
/** Somebody to whom a group of theirs was given something: told by mail at once, without a letter of its own. */
async function told(options: Parameters<typeof makePerson>[0] = {}) {
  const { owner, collection, colleague } = await makeShared();
  const person = await colleague(options);
  const groupId = await makeGroup(owner.workspaceId, { people: [person] });
  const { id } = await grant(owner, collection, { groupId, role: "viewer" });
  await tellAll();
  return { owner, collection, person, groupId, grantId: id };
}
const setDue = (person: Person) =>
  asOwner("UPDATE notifications SET mail_at = now() WHERE user_id = $1 AND mail_at IS NOT NULL", [person.id]);

describe("what is due", () => {
  it("is mailed at once, in the reader's language, with a way to end it", async () => {
    const { owner, person, collection } = await told({ name: "Mia" });
    await asOwner("UPDATE users SET language = 'de' WHERE id = $1", [person.id]);
    expect(await findPeopleWithMail()).toContain(person.id);
    expect(await mailNotifications(person.id)).toBe("sent");
    expect(await mailNotifications(person.id)).toBe("nothing");
    const [mail, ...more] = await mailsTo(person);
    expect(more).toEqual([]);
    expect(mail!.subject).toMatch(new RegExp(`^${owner.name} hat „Letters“ mit „[0-9a-f]+“ geteilt$`));
    expect(mail!.text).toContain(`http://localhost:3000/collections/${collection.id}`);
    expect(mail!.html).toContain('lang="de"');
    expect(mail!.text).toContain("Jemand teilt etwas mit mir");
    const url = /^<(\S+)>$/.exec(mail!.headers["List-Unsubscribe"] ?? "")![1]!;
    expect(mail!.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    expect(mail!.text).toContain(url);
    expect(await findPeopleWithMail()).not.toContain(person.id);
  });

  it("is not mailed to whoever read it, lost access or was suspended meanwhile", async () => {
    const read = await told();
    await readNotifications(read.person, { all: true });
    expect(await mailNotifications(read.person.id)).toBe("nothing");
    const lost = await told();
    await revoke(lost.owner, lost.collection, lost.grantId);
    // of the loss they hear once they are told of it
    expect(await mailNotifications(lost.person.id)).toBe("nothing");
    const suspended = await told();
    await asOwner("UPDATE users SET suspended_at = now() WHERE id = $1", [suspended.person.id]);
    expect(await mailNotifications(suspended.person.id)).toBe("nothing");
    expect(await findPeopleWithMail()).not.toContain(suspended.person.id);
    for (const { person } of [read, lost, suspended]) expect(await mailsTo(person)).toEqual([]);
  });

  it("says nothing of what was lost between its beginning and its sending", async () => {
    const { owner, collection, person, grantId } = await told();
    const client = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
    await client.connect();
    try {
      // somebody began it, and their try failed
      await client.query(
        `WITH begun AS (INSERT INTO notification_mails (user_id, tries) VALUES ($1, 1) RETURNING id)
         UPDATE notifications SET mail_at = NULL, mail_id = begun.id FROM begun WHERE user_id = $1`,
        [person.id],
      );
    } finally {
      await client.end();
    }
    await revoke(owner, collection, grantId);
    expect(await mailNotifications(person.id)).toBe("dropped");
    expect(await mailsTo(person)).toEqual([]);
  });

  it("comes together when it is much, and at most so often in an hour", async () => {
    const { owner, collection, person, groupId, grantId } = await told();
    expect(await mailNotifications(person.id, { mostPerHour: 2 })).toBe("sent");
    await changeGrant(owner, collection, grantId, { role: "editor" });
    await tellAll();
    expect(await mailNotifications(person.id, { mostPerHour: 2 })).toBe("sent");
    for (const role of ["viewer", "commenter", "editor"] as const) {
      await changeGrant(owner, collection, grantId, { role });
      await tellAll();
      expect(await mailNotifications(person.id, { mostPerHour: 2 })).toBe("nothing");
    }
    const [due] = await asOwner<{ minutes: number; count: number }>(
      "SELECT round(min(extract(epoch FROM mail_at - now())) / 60)::int AS minutes, count(*)::int FROM notifications WHERE user_id = $1 AND mail_at IS NOT NULL",
      [person.id],
    );
    expect(due).toEqual({ minutes: 60, count: 3 });
    await asOwner(
      "UPDATE notification_mails SET created_at = created_at - interval '1 hour' WHERE user_id = $1",
      [person.id],
    );
    await setDue(person);
    expect(await mailNotifications(person.id, { mostPerHour: 2 })).toBe("sent");
    const [summary, ...before] = await mailsTo(person);
    expect(before).toHaveLength(2);
    expect(summary!.subject).toBe("3 notifications from Sheaf");
    expect(summary!.text.match(/of “Letters”/g)).toHaveLength(3);
    void groupId;
  });
});

describe("a daily summary", () => {
  it("waits for the morning of the reader, wherever they are", async () => {
    const { person } = await told();
    await changeNotificationPreferences(person, {
      kinds: [{ kind: "shared", mail: "daily" }],
      timeZone: "Pacific/Auckland",
      summaryHour: 7,
    });
    const [due] = await asOwner<{ hour: string; isNear: boolean }>(
      `SELECT to_char(mail_at AT TIME ZONE 'Pacific/Auckland', 'HH24:MI') AS hour, mail_at > now() AND mail_at <= now() + interval '25 hours' AS "isNear"
         FROM notifications WHERE user_id = $1`,
      [person.id],
    );
    expect(due).toEqual({ hour: "07:00", isNear: true });
    expect(await mailNotifications(person.id)).toBe("nothing");
    await changeNotificationPreferences(person, { summaryHour: 18 });
    expect(
      await asOwner(
        "SELECT to_char(mail_at AT TIME ZONE 'Pacific/Auckland', 'HH24') AS hour FROM notifications WHERE user_id = $1",
        [person.id],
      ),
    ).toEqual([{ hour: "18" }]);
    await setDue(person);
    expect(await mailNotifications(person.id)).toBe("sent");
    expect(await mailsTo(person)).toHaveLength(1);
  });

  it("follows what its reader chooses meanwhile", async () => {
    const { person } = await told();
    const dueIn = async () =>
      (
        await asOwner<{ due: string | null }>(
          "SELECT CASE WHEN mail_at <= now() THEN 'now' WHEN mail_at > now() THEN 'later' END AS due FROM notifications WHERE user_id = $1",
          [person.id],
        )
      )[0]!.due;
    for (const [mail, due] of [
      ["daily", "later"],
      ["now", "now"],
      ["never", null],
      ["now", null],
    ] as const) {
      await changeNotificationPreferences(person, { kinds: [{ kind: "shared", mail }] });
      expect([mail, await dueIn()]).toEqual([mail, due]);
    }
  });
});

describe("a worker that dies", () => {
  const children: ChildProcess[] = [];
  const sinks: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const stop of sinks.splice(0)) await stop();
    vi.unstubAllEnvs();
    vi.resetModules();
  });
  const start = (script: string, argument: string, env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "testing", script), argument], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    children.push(child);
    return child;
  };
  const until = (test: () => boolean | Promise<boolean>) =>
    vi.waitUntil(test, { timeout: 15_000, interval: 20 });
  const isGone = (child: ChildProcess) => child.signalCode !== null || child.exitCode !== null;
  async function kill(child: ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    await until(() => isGone(child));
  }
  /** As another worker, once the dead one's lease is over. */
  async function takeUp(person: Person, url: string): Promise<string> {
    vi.stubEnv("SMTP_URL", url);
    vi.resetModules();
    const another = await import("./mail.ts");
    let outcome = "nothing";
    await until(async () => {
      outcome = await another.mailNotifications(person.id, { leaseSeconds: 3, lostAfterSeconds: 1 });
      return outcome !== "nothing" && outcome !== "later";
    });
    return outcome;
  }

  it("before it hands the mail over is followed by one that sends it", async () => {
    const { person } = await told();
    const deaf = await startSmtpSink({ answers: { RCPT: "" } });
    const sink = await startSmtpSink();
    sinks.push(deaf.stop, sink.stop);
    const worker = start("mail-worker.ts", person.id, { SMTP_URL: deaf.url });
    await until(() => deaf.commands.includes("RCPT"));
    await kill(worker);
    expect(await takeUp(person, sink.url)).toBe("sent");
    expect(deaf.mails).toEqual([]);
    expect(sink.mails.map(({ recipients }) => recipients)).toEqual([[person.email]]);
  });

  it("after the server has the mail is followed by none: it is sent once", async () => {
    const { person } = await told();
    const silent = await startSmtpSink({ answers: { ".": "" } });
    const sink = await startSmtpSink();
    sinks.push(silent.stop, sink.stop);
    const worker = start("mail-worker.ts", person.id, { SMTP_URL: silent.url });
    await until(() => silent.mails.length > 0);
    await kill(worker);
    expect(await takeUp(person, sink.url)).toBe("unknown");
    expect(silent.mails).toHaveLength(1);
    expect(sink.mails).toEqual([]);
  });

  it("in the middle of telling many is followed by one that tells everybody once", async () => {
    const { owner, collection, colleague } = await makeShared();
    const people = await Promise.all(Array.from({ length: 40 }, () => colleague()));
    const groupId = await makeGroup(owner.workspaceId, { people });
    const { id } = await grant(owner, collection, { groupId, role: "viewer" });
    const [event] = await asOwner<{ id: string; name: string; data: object }>(
      "SELECT id, name, data FROM outbox WHERE name = 'grant/added' AND data->>'grantId' = $1",
      [id],
    );
    // somebody in the middle of the list is locked, so that the worker waits there
    const lock = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
    await lock.connect();
    try {
      const middle = people.map((person) => person.id).toSorted()[20]!;
      await lock.query("BEGIN");
      await lock.query("SELECT FROM users WHERE id = $1 FOR UPDATE", [middle]);
      const worker = start("notify-worker.ts", JSON.stringify(event));
      await until(async () => {
        const waiting = await asOwner("SELECT FROM pg_locks WHERE NOT granted");
        return waiting.length > 0;
      });
      await kill(worker);
    } finally {
      await lock.query("ROLLBACK").catch(() => undefined);
      await lock.end();
    }
    await tellAll();
    await tellAll();
    const told = await asOwner<{ count: number }>(
      "SELECT count(*)::int FROM notifications WHERE user_id = ANY ($1) GROUP BY user_id",
      [people.map((person) => person.id)],
    );
    expect(told).toHaveLength(people.length);
    expect(told.every(({ count }) => count === 1)).toBe(true);
    const events = await asOwner(
      "SELECT FROM outbox WHERE name = 'notification/created' AND data->>'userId' = ANY ($1)",
      [people.map((person) => person.id)],
    );
    expect(events).toHaveLength(people.length);
  });
});

it("keeps what is new, and forgets what is old, and each person's beyond a thousand", async () => {
  const person = await makePerson();
  await asOwner(
    `INSERT INTO notifications (user_id, kind, position, updated_at, read_at)
     SELECT $1::uuid, 'accessRemoved', uuidv7(-make_interval(days => age)), now() - make_interval(days => age), CASE WHEN is_read THEN now() - make_interval(days => age) END
       FROM (VALUES (1, true), (59, true), (61, true), (179, false), (181, false)) old (age, is_read)
     UNION ALL SELECT $1::uuid, 'roleChanged', uuidv7(-make_interval(mins => n)), now(), NULL FROM generate_series(1, 1010) n`,
    [person.id],
  );
  await pruneNotifications();
  const kept = await asOwner<{ kind: string; count: number }>(
    "SELECT kind, count(*)::int FROM notifications WHERE user_id = $1 GROUP BY kind",
    [person.id],
  );
  expect(kept).toEqual([{ kind: "roleChanged", count: 1000 }]);
  await asOwner("DELETE FROM users WHERE id = $1", [person.id]);
});

import { hash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { env } from "#lib/env/index.ts";
import { type SafeMail } from "../message.ts";
import { type Transport } from "./transport.ts";

const storedMailSchema = z.object({
  id: z.string(),
  sentAt: z.iso.datetime(),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
});
export type StoredMail = z.infer<typeof storedMailSchema>;

/** Begins with the time, so sorting by name sorts by time. */
const fileName = /^\d{13}-[0-9a-f-]{36}\.json$/;

/** The same key and time name the same file. */
const idOf = (key: string | undefined) =>
  key === undefined
    ? randomUUID()
    : hash("sha256", key).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

/** Writes the mail as one JSON file, which appears complete or not at all. Mode 0600, because links in mails are secrets. */
async function writeMail(mail: SafeMail, key?: string, at = new Date()): Promise<void> {
  const id = `${at.getTime()}-${idOf(key)}`;
  const stored: StoredMail = { id, sentAt: at.toISOString(), from: env.MAIL_FROM, ...mail };
  await mkdir(env.MAIL_DIR, { recursive: true, mode: 0o700 });
  const target = path.join(env.MAIL_DIR, `${id}.json`);
  const part = `${target}.${randomUUID()}.part`;
  const file = await open(part, "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(stored, null, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(part, target);
}

/** Where no mail server is configured. Sending again writes the same file again. */
export const folder: Transport = {
  knowsKeys: true,
  async send(mail, claim) {
    await writeMail(mail, claim?.key, claim?.at);
  },
};

/** The newest mails in the folder, newest first. Skips files that are no mails. */
export async function listMails(most = 50): Promise<StoredMail[]> {
  const names = await readdir(env.MAIL_DIR).catch(() => []);
  const newest = names
    .filter((name) => fileName.test(name))
    .toSorted()
    .toReversed()
    .slice(0, most);
  const read = await Promise.all(
    newest.map(async (name) => {
      const content = await readFile(path.join(env.MAIL_DIR, name), "utf8").catch(() => "");
      try {
        return storedMailSchema.parse(JSON.parse(content));
      } catch {
        return null;
      }
    }),
  );
  return read.filter((mail) => mail !== null);
}

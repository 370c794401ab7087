import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { env } from "#lib/env/index.ts";
import { type Mail } from "./message.ts";

const storedMailSchema = z.object({
  id: z.string(),
  sentAt: z.iso.datetime(),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});
export type StoredMail = z.infer<typeof storedMailSchema>;

/** Begins with the time, so that names sort by it. */
const fileName = /^\d{13}-[0-9a-f-]{36}\.json$/;

/** Writes the mail as one file of JSON; it appears complete or not at all. Links in it are secrets: 0600. */
export async function writeMail(mail: Mail): Promise<void> {
  const now = new Date();
  const id = `${now.getTime()}-${randomUUID()}`;
  const stored: StoredMail = { id, sentAt: now.toISOString(), from: env.MAIL_FROM, ...mail };
  await mkdir(env.MAIL_DIR, { recursive: true, mode: 0o700 });
  const target = path.join(env.MAIL_DIR, `${id}.json`);
  const file = await open(`${target}.part`, "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(stored, null, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(`${target}.part`, target);
}

/** The newest mails in the folder, newest first. Files that are no mails are passed over. */
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

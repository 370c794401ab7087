import { emailSchema } from "#lib/sharing/schema.ts";

export interface Mail {
  /** One plain address. */
  to: string;
  subject: string;
  text: string;
  html: string;
}

/**
 * The mail with nothing in it that could become a second recipient or a header. Throws for what is not one address:
 * whoever calls has validated it long ago.
 */
export function safeMail({ to, subject, text, html }: Mail): Mail {
  if (!emailSchema.safeParse(to).success) throw new Error("A mail goes to exactly one address.");
  return { to, subject: oneLine(subject).slice(0, 200), text, html };
}

export const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

/**
 * What people call themselves and their things, for a mail to somebody else: one line, not too long, and without
 * anything a mail program would turn into a link.
 */
export const quotable = (name: string): string => {
  const plain = oneLine(name)
    .replace(/\w+:\/\//g, "")
    .replace(/www\./gi, "www ");
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain;
};

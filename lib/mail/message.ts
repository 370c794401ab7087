import { emailSchema } from "#lib/sharing/schema.ts";

export interface Mail {
  /** One plain address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Where mails like this one are ended by one click (RFC 8058): answers POST without a sign-in. */
  unsubscribeUrl?: string;
}

/** As it is sent: with its headers, and nothing in it that could become a second recipient or a header. */
export interface SafeMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** Throws unless `to` is exactly one address, which callers have validated before. */
export function safeMail({ to, subject, text, html, unsubscribeUrl }: Mail): SafeMail {
  if (!emailSchema.safeParse(to).success) throw new Error("A mail goes to exactly one address.");
  return {
    ...{ to, subject: oneLine(subject).slice(0, 200), text, html },
    headers: {
      // no out-of-office answers to a machine
      "Auto-Submitted": "auto-generated",
      ...(unsubscribeUrl !== undefined && {
        "List-Unsubscribe": `<${new URL(unsubscribeUrl).href}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }),
    },
  };
}

const unlinked = (text: string): string => text.replace(/\w+:\/\//g, "").replace(/www\./gi, "www ");

/** A few lines that one person wrote to another, bounded before, with nothing that a mail program would turn into a link. */
export const quotableNote = (note: string): string =>
  note
    .split("\n")
    .map((line) => unlinked(line))
    .join("\n");

const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

/**
 * A name that one person chose, fit for a mail to another: one line, at most 100 characters, nothing that a mail program
 * would turn into a link.
 */
export const quotable = (name: string): string => {
  const plain = unlinked(oneLine(name));
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain;
};

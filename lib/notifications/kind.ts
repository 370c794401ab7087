import { type z } from "zod";
import { type Prisma } from "#lib/db/index.ts";
import { type MessageKey } from "#lib/i18n/translator.ts";
import { type MailChoice, type Topic } from "./values.ts";

type KindOf<Key> = Key extends `notifications.kinds.${infer Kind}.text` ? Kind : never;
/** The kinds that have texts: `notifications.kinds.{kind}` in the message files. */
export type KindName = KindOf<MessageKey>;

/** What a notification is about, as its link needs it. */
export interface Subject {
  collectionId: string | null;
  documentId: string | null;
  facts: Facts;
}
export type Facts = Record<string, string | number | boolean>;

/** A kind of notification. Its domain declares it in a file of its own, and `registry.ts` lists it. */
export interface Kind {
  name: KindName;
  topic: Topic;
  /** The event of the outbox that brings it about. */
  event: string;
  /**
   * Who hears of it: a function of the database that takes the event's data and returns `app.recipient` rows, of people who
   * may know of it now.
   */
  recipients: (data: string) => Prisma.Sql;
  /** What names the event: the same is never told twice. The event's own id where this is missing. */
  source?: (data: Record<string, unknown>) => string;
  /** Ids, as the outbox has them. */
  data: z.ZodType<Record<string, unknown>>;
  /** What people get who chose nothing. */
  mail: MailChoice;
  isShown: boolean;
  /** How long more of the same is waited for before it is mailed. */
  mailAfterSeconds: number;
  /** The page it leads to. */
  path: (subject: Subject) => string | null;
  /** What its mail offers in place of opening that: the first as a button. Opening any of it changes nothing. */
  mailed: readonly { label: MessageKey; path: (subject: Subject) => string }[];
}

/** Declares a kind; what is left out is as most have it: in the list, mailed at once, with a link to what it is about. */
export const kind = (
  declared: Pick<Kind, "name" | "topic" | "event" | "recipients" | "data"> & Partial<Kind>,
): Kind => ({
  mail: "now",
  isShown: true,
  mailAfterSeconds: 0,
  path: pathOfResource,
  mailed: [],
  ...declared,
});

const pathOfResource = ({ collectionId, documentId }: Subject): string | null =>
  documentId ? `/documents/${documentId}` : collectionId ? `/collections/${collectionId}` : null;

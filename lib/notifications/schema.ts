import { z } from "zod";
import { cursorSchema, idSchema, pageOf, textSchema } from "#lib/http/schema.ts";
import { mailChoices, topics } from "./values.ts";

const named = z.object({ id: z.uuid(), name: z.string() });

export const notificationViewSchema = z.object({
  id: z.uuid(),
  kind: z.string(),
  topic: z.enum(topics),
  /** How many events it tells of. */
  count: z.number().int(),
  /** Who did it; null for several people, and for nobody. */
  actor: named.nullable(),
  collection: named.nullable(),
  document: named.nullable(),
  /** More values of its text. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The page it leads to. */
  path: z.string().nullable(),
  happenedAt: z.iso.datetime(),
  isRead: z.boolean(),
});
export type NotificationView = z.infer<typeof notificationViewSchema>;

export const notificationListSchema = pageOf(notificationViewSchema);

const flag = z.enum(["true", "false"]).transform((value) => value === "true");
export const listNotificationsSchema = z.object({
  unread: flag.optional(),
  topic: z.enum(topics).optional(),
  cursor: cursorSchema,
});
export type ListNotificationsInput = z.infer<typeof listNotificationsSchema>;

export const notificationCountSchema = z.object({
  /** Counted up to 100. */
  unread: z.number().int(),
  /** Noted from the person's browser; null until one said. */
  timeZone: z.string().nullable(),
});
export type NotificationCountView = z.infer<typeof notificationCountSchema>;

/** Some notifications, or all. */
export const readNotificationsSchema = z
  .object({ ids: z.array(idSchema).min(1).max(200).optional(), all: z.literal(true).optional() })
  .refine(({ ids, all }) => (ids === undefined) !== (all === undefined), { message: "ids_or_all" });
export type ReadNotificationsInput = z.infer<typeof readNotificationsSchema>;

export const unsubscribeQuerySchema = z.object({ token: textSchema(1200).min(1) });
export const unsubscribeViewSchema = z.object({
  /** Kinds of notifications, all that comes in the daily summary, or invitations to an address. */
  scope: z.enum(["kinds", "daily", "invitations"]),
  kinds: z.array(z.string()),
});
export type UnsubscribeView = z.infer<typeof unsubscribeViewSchema>;

const choice = { mail: z.enum(mailChoices), inApp: z.boolean() };
export const notificationPreferencesSchema = z.object({
  kinds: z.array(z.object({ kind: z.string(), topic: z.enum(topics), ...choice })),
  timeZone: z.string().nullable(),
  summaryHour: z.number().int(),
});
export type NotificationPreferencesView = z.infer<typeof notificationPreferencesSchema>;

const isTimeZone = (name: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name })) && /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
};

export const changeNotificationPreferencesSchema = z
  .object({
    kinds: z
      .array(
        z.object({
          kind: textSchema(60),
          mail: choice.mail.optional(),
          inApp: choice.inApp.optional(),
        }),
      )
      .max(100)
      .optional(),
    timeZone: textSchema(60).refine(isTimeZone, { message: "time_zone" }).optional(),
    summaryHour: z.number().int().min(0).max(23).optional(),
  })
  .refine((input) => Object.values(input).some((value) => value !== undefined), {
    message: "nothing_to_change",
  });
export type ChangeNotificationPreferencesInput = z.infer<typeof changeNotificationPreferencesSchema>;

import { findPeopleWithMail, mailNotifications, pruneNotifications } from "#lib/notifications/index.ts";
import { inngest } from "../client.ts";
import { eventSchemas } from "../events.ts";

/** Mails a person what is due to them: at once when they are told something, later for what waits. */
export const mailNotified = inngest.createFunction(
  {
    id: "mail-notifications",
    retries: 3,
    concurrency: { limit: 4 },
    triggers: [{ event: "notification/created" }, { event: "notification/mail-due" }],
  },
  async ({ event, step }) => {
    const { userId } = eventSchemas["notification/mail-due"].parse(event.data);
    return step.run("mail", () => mailNotifications(userId));
  },
);

/** Every minute: finds to whom a mail is due by now. */
export const mailDue = inngest.createFunction(
  { id: "find-due-notification-mails", retries: 2, triggers: { cron: "* * * * *" } },
  async ({ step }) => {
    const people = await step.run("find", () => findPeopleWithMail());
    if (people.length > 0)
      await step.sendEvent(
        "mail",
        people.map((userId) => ({ name: "notification/mail-due", data: { userId } })),
      );
    return { people: people.length };
  },
);

/** Once a day: removes old notifications. */
export const pruneNotified = inngest.createFunction(
  { id: "prune-notifications", retries: 2, triggers: { cron: "29 3 * * *" } },
  async ({ step }) => step.run("prune", () => pruneNotifications()),
);

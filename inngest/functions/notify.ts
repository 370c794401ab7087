import { notify, notifyingEvents } from "#lib/notifications/index.ts";
import { inngest } from "../client.ts";

/** Tells people what happened, in the application and later by mail. */
export const notifyPeople = inngest.createFunction(
  { id: "notify-people", retries: 10, triggers: notifyingEvents.map((event) => ({ event })) },
  async ({ event, step }) =>
    step.run("notify", () => notify({ name: event.name, id: event.id ?? "", data: event.data })),
);

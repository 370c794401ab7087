import { route } from "#lib/http/route.ts";
import * as api from "#lib/notifications/api.ts";
import { readNotifications } from "#lib/notifications/index.ts";
import { readNotificationsSchema } from "#lib/notifications/schema.ts";

export const POST = route(
  api.readNotifications,
  { body: readNotificationsSchema, answers: { 204: null } },
  async ({ actor, body }) => {
    await readNotifications(actor, body);
    return { status: 204 };
  },
);

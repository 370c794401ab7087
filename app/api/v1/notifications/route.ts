import { route } from "#lib/http/route.ts";
import * as api from "#lib/notifications/api.ts";
import { listNotifications } from "#lib/notifications/index.ts";
import { listNotificationsSchema, notificationListSchema } from "#lib/notifications/schema.ts";

export const GET = route(
  api.listNotifications,
  { query: listNotificationsSchema, answers: { 200: notificationListSchema } },
  async ({ actor, query }) => ({ body: await listNotifications(actor, query) }),
);

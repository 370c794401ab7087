import { route } from "#lib/http/route.ts";
import * as api from "#lib/notifications/api.ts";
import { countNotifications } from "#lib/notifications/index.ts";
import { notificationCountSchema } from "#lib/notifications/schema.ts";

export const GET = route(
  api.countNotifications,
  { answers: { 200: notificationCountSchema } },
  async ({ actor }) => ({ body: await countNotifications(actor) }),
);

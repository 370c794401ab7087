import { route } from "#lib/http/route.ts";
import * as api from "#lib/notifications/api.ts";
import { changeNotificationPreferences, getNotificationPreferences } from "#lib/notifications/index.ts";
import {
  changeNotificationPreferencesSchema,
  notificationPreferencesSchema,
} from "#lib/notifications/schema.ts";

export const GET = route(
  api.getNotificationPreferences,
  { answers: { 200: notificationPreferencesSchema } },
  async ({ actor }) => ({ body: await getNotificationPreferences(actor) }),
);

export const PATCH = route(
  api.changeNotificationPreferences,
  { body: changeNotificationPreferencesSchema, answers: { 200: notificationPreferencesSchema } },
  async ({ actor, body }) => ({ body: await changeNotificationPreferences(actor, body) }),
);

import { operation } from "#lib/http/operation.ts";
import type * as schema from "./schema.ts";

export const listNotifications = operation<{
  query: typeof schema.listNotificationsSchema;
  answers: { 200: typeof schema.notificationListSchema };
}>()({
  method: "GET",
  path: "/api/v1/notifications",
  summary: "What one was told, newest first; nothing about what one may not see any more",
  auth: "user",
  rate: "read",
});

export const countNotifications = operation<{ answers: { 200: typeof schema.notificationCountSchema } }>()({
  method: "GET",
  path: "/api/v1/notifications/count",
  summary: "How many notifications are unread, counted up to 100",
  auth: "user",
  rate: "poll",
});

export const readNotifications = operation<{
  body: typeof schema.readNotificationsSchema;
  answers: { 204: null };
}>()({
  method: "POST",
  path: "/api/v1/notifications/read",
  summary: "Mark notifications as read, some or all; what was read is not mailed any more",
  auth: "user",
  rate: "write",
});

export const getNotificationPreferences = operation<{
  answers: { 200: typeof schema.notificationPreferencesSchema };
}>()({
  method: "GET",
  path: "/api/v1/me/notification-preferences",
  summary: "What one is told of each kind, in the application and by mail",
  auth: "user",
  rate: "read",
});

export const changeNotificationPreferences = operation<{
  body: typeof schema.changeNotificationPreferencesSchema;
  answers: { 200: typeof schema.notificationPreferencesSchema };
}>()({
  method: "PATCH",
  path: "/api/v1/me/notification-preferences",
  summary: "Choose for some kinds what one is told, and when the daily summary comes",
  auth: "user",
  rate: "write",
});

export const showUnsubscribe = operation<{
  query: typeof schema.unsubscribeQuerySchema;
  answers: { 302: null };
}>()({
  method: "GET",
  path: "/api/v1/unsubscribe",
  summary: "The page on which mails of a kind can be ended; opening it changes nothing",
  auth: "optional",
  rate: "read",
});

export const unsubscribe = operation<{
  query: typeof schema.unsubscribeQuerySchema;
  answers: { 200: typeof schema.unsubscribeViewSchema };
}>()({
  method: "POST",
  path: "/api/v1/unsubscribe",
  summary: "End mails of a kind by the token that came with one (RFC 8058), without signing in",
  auth: "optional",
  rate: "write",
});

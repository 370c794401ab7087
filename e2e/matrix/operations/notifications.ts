import type { Domain } from "../domain.ts";
import { everybody } from "../others.ts";

export const notifications: Domain = {
  scopes: {
    read: "GET /notifications  GET /notifications/count  GET /me/notification-preferences  GET /unsubscribe",
    write: `POST /notifications/read  PATCH /me/notification-preferences  POST /unsubscribe`,
  },
  others: [
    {
      ...{ route: "GET /api/v1/unsubscribe", isForAll: true, answers: () => 302 },
      parts: () => ({ query: "?token=made-up" }),
    },
    {
      ...{ route: "POST /api/v1/unsubscribe", as: "a guess", isForAll: true, answers: () => 422 },
      parts: () => ({ query: "?token=made-up" }),
    },
    { route: "GET /api/v1/notifications", answers: everybody },
    { route: "GET /api/v1/notifications/count", answers: everybody },
    {
      ...{ route: "POST /api/v1/notifications/read", answers: () => 204 },
      parts: () => ({ body: { all: true } }),
    },
    { route: "GET /api/v1/me/notification-preferences", answers: everybody },
    {
      ...{ route: "PATCH /api/v1/me/notification-preferences", answers: everybody },
      parts: () => ({ body: { kinds: [{ kind: "shared", mail: "daily" }], summaryHour: 7 } }),
    },
  ],
};

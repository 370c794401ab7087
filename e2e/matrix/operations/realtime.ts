import type { Domain } from "../domain.ts";
import { everybody } from "../others.ts";

export const realtime: Domain = {
  scopes: { read: "GET /events" },
  others: [{ route: "GET /api/v1/events", answers: everybody }],
};

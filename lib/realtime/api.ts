import { operation } from "#lib/http/operation.ts";

export const streamEvents = operation<{ answers: { 200: null } }>()({
  method: "GET",
  path: "/api/v1/events",
  summary:
    "What changed for the reader, as Server-Sent Events (text/event-stream) with ids alone; Last-Event-ID resumes",
  auth: "user",
  rate: "stream",
  refusals: ["upstream_unavailable"],
});

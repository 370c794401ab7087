import { z } from "zod";
import { Prisma } from "#lib/db/index.ts";
import { kind, type Subject } from "#lib/notifications/kind.ts";

const request = z.object({ requestId: z.uuid() }).loose();
const topic = "requests";
const pageOf = ({ facts }: Subject) => `/requests/${String(facts.requestId)}`;

/** What the mail leads to changes nothing by being opened: answers are sent from there. */
export const accessRequested = kind({
  ...{ name: "accessRequested", topic, event: "access.requested", data: request },
  recipients: (data) => Prisma.sql`app.access_requested_recipients(${data}::jsonb)`,
  path: pageOf,
  mailed: [
    { label: "mail.request.approve", path: (subject) => `${pageOf(subject)}?answer=approve` },
    { label: "mail.request.decline", path: (subject) => `${pageOf(subject)}?answer=decline` },
  ],
});

/** In place of what tells of the grant: one notice, and one mail. */
export const accessApproved = kind({
  ...{ name: "accessApproved", topic, event: "access.approved", data: request },
  recipients: (data) => Prisma.sql`app.access_approved_recipients(${data}::jsonb)`,
});

/** Leads to the page that was refused, where they can ask again after a week. */
export const accessDeclined = kind({
  ...{ name: "accessDeclined", topic, event: "access.declined", data: request },
  recipients: (data) => Prisma.sql`app.access_declined_recipients(${data}::jsonb)`,
  path: ({ facts }) => `/${String(facts.type)}s/${String(facts.resourceId)}`,
});

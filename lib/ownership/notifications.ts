import { z } from "zod";
import { Prisma } from "#lib/db/index.ts";
import { kind } from "#lib/notifications/kind.ts";

const transfer = z.object({ transferId: z.uuid() }).loose();
const topic = "requests";

export const ownershipOffered = kind({
  ...{ name: "ownershipOffered", topic, event: "ownership.offered", data: transfer },
  recipients: (data) => Prisma.sql`app.ownership_offered_recipients(${data}::jsonb)`,
  path: ({ facts }) => `/transfers/${String(facts.transferId)}`,
  mailed: [{ label: "mail.transfer.look", path: ({ facts }) => `/transfers/${String(facts.transferId)}` }],
});

export const ownershipAccepted = kind({
  ...{ name: "ownershipAccepted", topic, event: "ownership.accepted", data: transfer },
  recipients: (data) => Prisma.sql`app.ownership_answered_recipients(${data}::jsonb)`,
});

export const ownershipDeclined = kind({
  ...{ name: "ownershipDeclined", topic, event: "ownership.declined", data: transfer },
  recipients: (data) => Prisma.sql`app.ownership_answered_recipients(${data}::jsonb)`,
});

import { z } from "zod";
import { Prisma } from "#lib/db/index.ts";
import { kind } from "#lib/notifications/kind.ts";

const grant = z.object({ grantId: z.uuid() }).loose();
const topic = "sharing";

/** Where the grant came with a letter of its own, that is the mail. */
export const shared = kind({
  ...{ name: "shared", topic, event: "grant/added", data: grant },
  source: ({ grantId }) => `shared:${String(grantId)}`,
  recipients: (data) => Prisma.sql`app.shared_recipients(${data}::jsonb)`,
});

export const roleChanged = kind({
  ...{ name: "roleChanged", topic, event: "grant/changed", data: grant },
  recipients: (data) => Prisma.sql`app.role_changed_recipients(${data}::jsonb)`,
});

export const accessRemoved = kind({
  ...{ name: "accessRemoved", topic, event: "grant/ended", data: grant },
  recipients: (data) => Prisma.sql`app.access_removed_recipients(${data}::jsonb)`,
});

export const invitationAccepted = kind({
  ...{ name: "invitationAccepted", topic, event: "grant/opened", data: grant, mail: "daily" },
  recipients: (data) => Prisma.sql`app.invitation_accepted_recipients(${data}::jsonb)`,
});

import { z } from "zod";
import { Prisma } from "#lib/db/index.ts";
import { kind } from "#lib/notifications/kind.ts";

export const quotaNearlyFull = kind({
  ...{ name: "quotaNearlyFull", topic: "account", event: "quota/nearly-full" },
  data: z.object({ userId: z.uuid() }),
  recipients: (data) => Prisma.sql`app.quota_recipients(${data}::jsonb)`,
  path: () => "/settings#usage",
});

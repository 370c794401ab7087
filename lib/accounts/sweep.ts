import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, write } from "#lib/db/index.ts";

const sweptRow = z.object({
  sessions: z.number(),
  tokens: z.number(),
  registrations: z.number(),
  secondFactors: z.number(),
  rateWindows: z.number(),
});

/**
 * Removes sessions a week after their end, one-time secrets after a day, access tokens after a month, expired
 * registrations, second factors that were never activated, and past windows of rate limits. Returns how many of each. May
 * run at any time and again.
 */
export async function sweepExpired(): Promise<z.output<typeof sweptRow>> {
  const query = Prisma.sql`SELECT sessions, tokens, registrations, second_factors AS "secondFactors", rate_windows AS "rateWindows" FROM app.sweep_expired()`;
  return only(await write(system, sweptRow, query));
}

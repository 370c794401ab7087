import { system } from "#lib/authz/actor.ts";
import { Prisma, transaction } from "#lib/db/index.ts";

interface Swept {
  sessions: number;
  tokens: number;
  secondFactors: number;
  rateWindows: number;
}

/**
 * Forgets what has ended: sessions after a week, one-time secrets after a day, access tokens after a month, second
 * factors never activated and the windows of rate limits. Returns how many of each. May run at any time, and again.
 */
export async function sweepExpired(): Promise<Swept> {
  const [swept] = await transaction(system, (tx) =>
    tx.$queryRaw<Swept[]>(
      Prisma.sql`SELECT sessions, tokens, second_factors AS "secondFactors", rate_windows AS "rateWindows" FROM app.sweep_expired()`,
    ),
  );
  return swept!;
}

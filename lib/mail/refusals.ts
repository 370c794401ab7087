import { z } from "zod";
import { system } from "#lib/authz/actor.ts";
import { only, Prisma, read } from "#lib/db/index.ts";

/** Whether an address has asked for no more invitations by mail. */
export async function isMailRefused(address: string): Promise<boolean> {
  const query = Prisma.sql`SELECT app.refuses_mail(${address}) AS "isRefused"`;
  return only(await read(system, z.object({ isRefused: z.boolean() }), query)).isRefused;
}

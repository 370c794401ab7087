import { type Prisma } from "#prisma/generated/client.ts";

/**
 * Refuses what the actor's role does not allow on something they see (`forbidden`, action): with the permission that is
 * lacking, and with who can help them.
 */
export async function refuseAction(
  tx: Prisma.TransactionClient,
  { type, id }: { type: "collection" | "document"; id: string },
  permission: string,
): Promise<never> {
  const [collection, document] = type === "collection" ? [id, null] : [null, id];
  await tx.$executeRaw`SELECT app.refuse_action(${collection}::uuid, ${document}::uuid, ${permission})`;
  throw new Error("app.refuse_action returned.");
}

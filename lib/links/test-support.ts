import { type VisitorActor } from "#lib/authz/actor.ts";
import { enterLink } from "./index.ts";

/** Somebody without an account, from an address of their own. */
export const passerBy = (ip: string | null = null) => ({ kind: "everyone", ip }) as const;

/** Whom a token's bearer acts as, on a visit that begins. */
export async function visitorOf(token: string): Promise<VisitorActor> {
  const { actor } = await enterLink({ caller: passerBy(), token, cookies: null });
  return { kind: "visitor", linkId: actor.linkId };
}

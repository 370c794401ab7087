import { headers } from "next/headers";
import { getActor, goToSignIn } from "#lib/auth/index.ts";
import { type Actor } from "#lib/authz/actor.ts";
import { AppError } from "#lib/errors/index.ts";
import { addressBlock, clientAddress } from "#lib/http/request.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { unlessRefused } from "./unless-refused.ts";

interface Opened<Result> {
  /** Nobody is signed in: the page is one for readers without an account. */
  isPublic: boolean;
  /** Undefined where the page is to ask by itself, as `unlessRefused`. */
  found: Result | undefined;
}

/**
 * What a page that can be open to everyone loads. People without an account are sent to sign in, whatever the reason is
 * that they may not see it, and are counted by address as their calls are.
 */
export async function loadOpen<Result>(load: (actor: Actor) => Promise<Result>): Promise<Opened<Result>> {
  const actor = await getActor();
  if (actor.kind === "user") return { isPublic: false, found: await unlessRefused(load(actor)) };
  try {
    await countCall("read", addressBlock(clientAddress(await headers())));
    return { isPublic: true, found: await load(actor) };
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    // the page asks again, and says when to come back
    if (error.code === "rate_limited") return { isPublic: true, found: undefined };
    return goToSignIn();
  }
}

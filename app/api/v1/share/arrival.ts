import { type Actor } from "#lib/authz/actor.ts";
import { type Arrival, isPreview } from "#lib/links/index.ts";

/** Whoever calls below a link's token, as the link's verbs take them. */
export const arrivalOf = (call: { actor: Actor; params: { token: string }; request: Request }): Arrival => ({
  caller: call.actor,
  token: call.params.token,
  cookies: call.request.headers.get("cookie"),
  isPreview: isPreview({ method: call.request.method, userAgent: call.request.headers.get("user-agent") }),
});

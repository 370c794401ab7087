import { type Actor } from "#lib/authz/actor.ts";
import { type Locale, localeFromHeaders } from "#lib/i18n/index.ts";
import { devicesIn } from "./known-devices.ts";

/** Where a call of somebody who is not signed in comes from. */
export interface CallOrigin {
  ip: string | null;
  requestId?: string;
  language: Locale;
  /** The browser's cookies of earlier sign-ins, not verified yet (`laneFor`). */
  devices?: string[];
}

export const originOf = (call: { actor: Actor; request: Request; requestId: string }): CallOrigin => ({
  ip: call.actor.ip ?? null,
  requestId: call.requestId,
  language: localeFromHeaders(call.request.headers),
  devices: devicesIn(call.request.headers),
});

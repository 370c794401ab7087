import { randomUUID } from "node:crypto";
import { headers } from "next/headers";
import { cache } from "react";
import { getActor } from "#lib/auth/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { answerPage } from "#lib/http/page-answer.ts";
import { addressBlock, clientAddress } from "#lib/http/request.ts";
import { type Arrival, describeShared, isPreview, meetLink, type Visit } from "#lib/links/index.ts";
import { type OpenSharedView } from "#lib/links/schema.ts";
import { countCall } from "#lib/rate-limit/index.ts";

/** Why a link opens nothing for whoever came. */
export type Refusal = "missing" | "expired" | "revoked" | "used_up" | "busy";

/** How a page of a link stands to whoever opens it. */
export type Met =
  | { kind: "refused"; why: Refusal; seconds: number }
  | { kind: "locked"; needsPassword: boolean; needsName: boolean; told: OpenSharedView | null }
  | { kind: "preview" | "open"; visit: Visit; told: OpenSharedView };

/**
 * Meets a link, once for each request however many parts of a page need it: a visit that begins is one use. The answer gets
 * the visit's cookie, and the status that the API would give.
 */
export const meet = cache(async (token: string): Promise<Met> => {
  const requestHeaders = await headers();
  try {
    const arrival = await arrivalOf(token, requestHeaders);
    const met = await meetLink(arrival);
    const { visit } = met;
    if (met.kind === "locked") {
      const { needsPassword, needsName } = met;
      // what needs a password is told to nobody who has not given it
      return {
        kind: "locked",
        needsPassword,
        needsName,
        told: needsPassword ? null : await describeShared(visit),
      };
    }
    const told = await describeShared(visit);
    answerPage(requestHeaders, { cookies: visit.setCookies });
    return { kind: met.kind, visit, told };
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    answerPage(requestHeaders, { status: error.status });
    return { kind: "refused", why: refusalOf(error), seconds: error.details.retryAfterSeconds ?? 0 };
  }
});

/** What a program that draws a preview is told of a link; null of a protected one. Throws as the API for one that opens nothing. */
export async function previewOf(token: string, requestHeaders: Headers): Promise<OpenSharedView | null> {
  const arrival = await arrivalOf(token, requestHeaders);
  const met = await meetLink({ ...arrival, cookies: null, isPreview: true });
  return met.kind === "locked" && met.needsPassword ? null : describeShared(met.visit);
}

async function arrivalOf(token: string, requestHeaders: Headers): Promise<Arrival> {
  const ip = clientAddress(requestHeaders);
  await countCall("read", addressBlock(ip));
  const caller = { ...(await getActor()), requestId: randomUUID(), ip };
  // both set by the server in front
  const method = requestHeaders.get("x-method") ?? "GET";
  // a person who is taken for a program gets in by the button that programs do not press
  const isAsked = method === "GET" && /[?&]open=1$/.test(requestHeaders.get("x-path") ?? "");
  return {
    ...{ caller, token, cookies: requestHeaders.get("cookie") },
    isPreview: !isAsked && isPreview({ method, userAgent: requestHeaders.get("user-agent") }),
  };
}

function refusalOf({ code, reason }: AppError): Refusal {
  if (code === "link_revoked") return "revoked";
  if (code === "link_expired") return reason === "link_used_up" ? "used_up" : "expired";
  return code === "rate_limited" ? "busy" : "missing";
}

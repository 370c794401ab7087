import { type NextRequest, NextResponse } from "next/server";
import { env } from "#lib/env/index.ts";
import { contentSecurityPolicy } from "#lib/http/content-security-policy.ts";

/**
 * Gives each page its content-security policy with a fresh nonce. It decides nothing about access.
 * Next reads the nonce from the request header and puts it on its own scripts.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, env);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // where to return to after signing in; layouts are not told their address
  headers.set("x-path", request.nextUrl.pathname + request.nextUrl.search);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  if (env.APP_URL.startsWith("https:")) {
    response.headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
  }
  return response;
}

/** Pages only. A proxy cuts the body of what it matches at 10 MB, so calls and uploads must stay outside. */
export const config = {
  matcher: [
    "/((?!api/|_next/|scim/|storage/|icon\\.svg|.*\\.(?:js|mjs|css|map|wasm|woff2|png|jpg|svg|ico|txt|webmanifest)$).*)",
  ],
};

import NextAuth, { type AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { sessionIdOf, usesSecureCookies } from "#lib/auth/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { clientAddress } from "#lib/http/request.ts";
import { log } from "#lib/log/index.ts";
import { createSession, refreshSession, SESSION_IDLE_SECONDS, signOut } from "./sessions.ts";
import { verifyCredentials } from "./sign-in.ts";

/** Where to go after signing in or out: always a page of ours. */
export function sameOriginUrl(url: string): string {
  const home = new URL(env.APP_URL);
  try {
    const wanted = new URL(url, home);
    if (wanted.origin === home.origin) return wanted.href;
  } catch {
    // No address at all.
  }
  return home.href;
}

/**
 * next-auth's settings for one request. The encrypted cookie holds the session's id and nothing else of worth; its row
 * decides. `onRefused` gets a refusal that next-auth would turn into a redirect.
 */
export function authOptions(
  { headers, requestId }: { headers: Headers; requestId: string },
  onRefused: (error: unknown) => void,
): AuthOptions {
  const ip = clientAddress(headers);
  return {
    secret: env.AUTH_SECRET,
    useSecureCookies: usesSecureCookies(),
    session: { strategy: "jwt", maxAge: SESSION_IDLE_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/", error: "/sign-in" },
    providers: [
      Credentials({
        id: "credentials",
        credentials: { email: {}, password: {}, code: {} },
        async authorize(credentials) {
          try {
            const userId = await verifyCredentials(credentials, { ip });
            if (!userId) return null;
            const replaced = await sessionIdOf(headers.get("cookie"));
            const userAgent = headers.get("user-agent") ?? "";
            const sessionId = await createSession(userId, { ip, userAgent, requestId });
            if (replaced) await signOut(replaced);
            return { id: userId, sessionId };
          } catch (error) {
            onRefused(error);
            return null;
          }
        },
      }),
    ],
    callbacks: {
      async jwt({ token, user }) {
        if (user) return { sub: user.id, sessionId: (user as { sessionId?: string }).sessionId };
        const { sub, sessionId } = token;
        // throwing is how next-auth is told to drop the cookie
        if (typeof sessionId !== "string" || !(await refreshSession(sessionId)))
          throw new AppError("unauthenticated", "The session has ended");
        return { sub, sessionId };
      },
      // what `GET /api/auth/session` tells; the person's profile is `GET /api/v1/me`
      session: ({ session, token }) => ({ expires: session.expires, user: { id: token.sub } as object }),
      redirect: ({ url }) => sameOriginUrl(url),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sessionId === "string") await signOut(token.sessionId);
      },
    },
    logger: {
      error: (code, metadata) => {
        const cause = metadata instanceof Error ? metadata : metadata.error;
        if (cause instanceof AppError) return;
        // a cookie of another secret or of an older release is everyday
        const isCookie = code === "JWT_SESSION_ERROR" || code === "SIGNOUT_ERROR";
        log()[isCookie ? "debug" : "error"]({ requestId, code, err: cause }, "next-auth");
      },
      warn: (code) => log().debug({ code }, "next-auth"),
      debug: () => {},
    },
  };
}

interface AuthCall {
  method: string;
  /** The path's parts after `/api/auth`. */
  action: string[];
  query: Record<string, string>;
  body: unknown;
}

/**
 * Runs next-auth outside of a Next request, through its interface for Node handlers: nothing of it depends on the
 * framework's request scope, and the whole way in can be tested as it is.
 */
export async function callNextAuth(
  { method, action, query, body }: AuthCall,
  headers: Headers,
  options: AuthOptions,
): Promise<Response> {
  const home = new URL(env.APP_URL);
  const out = new Headers();
  let status = 200;
  let content: string | null = null;
  const reply = {
    status(code: number) {
      status = code;
      return reply;
    },
    getHeader: (name: string) => (name.toLowerCase() === "set-cookie" ? out.getSetCookie() : out.get(name)),
    setHeader(name: string, value: string | string[]) {
      out.delete(name);
      for (const one of [value].flat()) out.append(name, one);
      return reply;
    },
    json(value: unknown) {
      out.set("content-type", "application/json");
      content = JSON.stringify(value);
    },
    send(value: unknown) {
      if (typeof value === "string") content = value;
      else if (value !== undefined) reply.json(value);
    },
    end() {},
  };
  const request = {
    method,
    query: { ...query, nextauth: action },
    body,
    cookies: parseCookies(headers.get("cookie")),
    // its own address comes from the settings, never from what a client says
    headers: { host: home.host, "x-forwarded-proto": home.protocol.slice(0, -1) },
  };
  await NextAuth(request as never, reply as never, options);
  return new Response(content, { status, headers: out });
}

function parseCookies(header: string | null): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    if (name in cookies) continue;
    try {
      cookies[name] = decodeURIComponent(value);
    } catch {
      cookies[name] = value;
    }
  }
  return cookies;
}

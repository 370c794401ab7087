import NextAuth, { type AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { sessionCookieIn, sessionCookieName, sessionIdOf, usesSecureCookies } from "#lib/auth/index.ts";
import { env } from "#lib/env/index.ts";
import { AppError } from "#lib/errors/index.ts";
import { addressBlock, clientAddress } from "#lib/http/request.ts";
import { localeFromHeaders } from "#lib/i18n/index.ts";
import { log } from "#lib/log/index.ts";
import { countCall } from "#lib/rate-limit/index.ts";
import { verifyIdentity } from "./identities.ts";
import { devicesIn } from "./known-devices.ts";
import { verifyMagicLink } from "./magic-link.ts";
import { isOidcOn, oidcProvider } from "./oidc.ts";
import { createSession, refreshSession, SESSION_IDLE_SECONDS, type SignInWay, signOut } from "./sessions.ts";
import { rememberDevice, verifyCredentials } from "./sign-in.ts";

/** The address to go to after signing in or out: always a page of this application. */
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

/** Whether next-auth can parse this as a callback address; it fails on others. */
export function isCallbackUrl(url: string): boolean {
  const base = url.startsWith("/") ? env.APP_URL : undefined;
  return URL.canParse(url, base) && /^https?:$/.test(new URL(url, base).protocol);
}

/** Finds the person who proves to be one; null or a refusal for everybody else. */
type Verify = (
  credentials: unknown,
  origin: { ip: string | null; requestId: string; devices: string[] },
) => Promise<{ userId: string; way: SignInWay } | null>;

/**
 * next-auth's settings for one request. The encrypted cookie holds the id of a session; the session's row decides.
 * `onRefused` gets a refusal that next-auth would turn into a redirect, `onSignedIn` one more cookie to set.
 */
export function authOptions(
  { headers, requestId }: { headers: Headers; requestId: string },
  {
    onRefused,
    onSignedIn,
  }: { onRefused: (error: unknown) => void; onSignedIn: (cookie: string | null) => void },
): AuthOptions {
  const ip = clientAddress(headers);
  /** Opens a session for somebody who has proven who they are. Everybody gets the same session and cookies. */
  const enter = async (userId: string, way: SignInWay, devices: string[]) => {
    const replaced = await sessionIdOf(headers);
    const userAgent = headers.get("user-agent") ?? "";
    const sessionId = await createSession(userId, { way, ip, userAgent, requestId });
    if (replaced) await signOut(replaced, { ip, requestId });
    onSignedIn(await rememberDevice(userId, devices));
    return { id: userId, sessionId };
  };
  const credentialsBy = (id: string, fields: string[], verify: Verify) =>
    Credentials({
      id,
      credentials: Object.fromEntries(fields.map((field) => [field, {}])),
      async authorize(credentials) {
        try {
          const devices = devicesIn(headers);
          const found = await verify(credentials, { ip, requestId, devices });
          return found && (await enter(found.userId, found.way, devices));
        } catch (error) {
          onRefused(error);
          return null;
        }
      },
    });
  /** Who the provider's answer, which this request brings, signs in. */
  let entered: Awaited<ReturnType<typeof enter>> | null = null;
  return {
    secret: env.AUTH_SECRET,
    useSecureCookies: usesSecureCookies(),
    session: { strategy: "jwt", maxAge: SESSION_IDLE_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/", error: "/sign-in" },
    providers: [
      credentialsBy("credentials", ["email", "password", "code"], async (input, origin) => {
        const userId = await verifyCredentials(input, origin);
        return userId === null ? null : { userId, way: "password" };
      }),
      credentialsBy("magic-link", ["token", "code"], verifyMagicLink),
      ...(isOidcOn() ? [oidcProvider()] : []),
    ],
    callbacks: {
      async signIn({ account, profile }) {
        if (account?.type !== "oauth") return true;
        try {
          await countCall("signIn", addressBlock(ip));
          const language = localeFromHeaders(headers);
          const devices = devicesIn(headers);
          const { userId, secret } = await verifyIdentity(profile, { ip, requestId, language });
          if (secret !== null) return codePage(secret, headers);
          entered = await enter(userId, "oidc", devices);
          return true;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          return `/sign-in?error=${error.reason ?? error.code}`;
        }
      },
      async jwt({ token, user, account }) {
        if (account?.type === "oauth") {
          if (!entered) throw new AppError("unauthenticated", "Nobody was signed in");
          return { sub: entered.id, sessionId: entered.sessionId };
        }
        if (user) return { sub: user.id, sessionId: (user as { sessionId?: string }).sessionId };
        const { sub, sessionId } = token;
        // next-auth drops the cookie when this throws
        if (typeof sessionId !== "string" || !(await refreshSession(sessionId)))
          throw new AppError("unauthenticated", "The session has ended");
        return { sub, sessionId };
      },
      // the answer of `GET /api/auth/session`; the person's profile is `GET /api/v1/me`
      session: ({ session, token }) => ({ expires: session.expires, user: { id: token.sub } as object }),
      redirect: ({ url }) => sameOriginUrl(url),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sessionId === "string") await signOut(token.sessionId, { ip, requestId });
      },
    },
    logger: {
      error: (code, metadata) => {
        const cause = metadata instanceof Error ? metadata : metadata.error;
        if (cause instanceof AppError) return;
        // cookies of another secret or an older release are ordinary
        const isCookie = code === "JWT_SESSION_ERROR" || code === "SIGNOUT_ERROR";
        log()[isCookie ? "debug" : "error"]({ requestId, code, err: cause }, "next-auth");
      },
      warn: (code) => log().debug({ code }, "next-auth"),
      debug: () => {},
    },
  };
}

/** Where a provider's sign-in goes on when a code is needed, and from there to where the person wanted. */
function codePage(secret: string, headers: Headers): string {
  const wanted = cookiesOf(headers.get("cookie"));
  const name = Object.keys(wanted).find((cookie) => cookie.endsWith("next-auth.callback-url"));
  const { pathname, search } = new URL(sameOriginUrl(name === undefined ? "/" : (wanted[name] ?? "/")));
  return `/sign-in/link?${new URLSearchParams({ token: secret, next: pathname + search })}`;
}

interface AuthCall {
  method: string;
  /** The path's parts after `/api/auth`. */
  action: string[];
  query: Record<string, string>;
  body: unknown;
}

/**
 * Runs next-auth through its interface for Node handlers. It then does not depend on Next's request scope, and tests can
 * run the whole sign-in.
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
    cookies: cookiesOf(headers.get("cookie")),
    // its own address comes from the settings, never from the client
    headers: { host: home.host, "x-forwarded-proto": home.protocol.slice(0, -1) },
  };
  await NextAuth(request as never, reply as never, options);
  return new Response(content, { status, headers: out });
}

/** Far above the size of next-auth's cookies. */
const MAX_COOKIE_LENGTH = 2_000;

/** The cookies by name. next-auth joins every cookie that begins like the session's, so it gets only ours. */
function cookiesOf(header: string | null): Record<string, string> {
  const session = sessionCookieIn(header);
  const cookies: Record<string, string> = session === null ? {} : { [sessionCookieName()]: session };
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    if (name in cookies || name.startsWith(sessionCookieName()) || value.length > MAX_COOKIE_LENGTH) continue;
    try {
      cookies[name] = decodeURIComponent(value);
    } catch {
      cookies[name] = value;
    }
    // people cannot repair a cookie, so an unreadable callback address is dropped
    if (name.endsWith("next-auth.callback-url") && !isCallbackUrl(cookies[name])) delete cookies[name];
  }
  return cookies;
}

import { randomBytes, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { authenticate } from "#lib/auth/index.ts";
import { type UserActor } from "#lib/authz/actor.ts";
import { env } from "#lib/env/index.ts";
import { handleAuth } from "./auth-handler.ts";
import { register } from "./index.ts";

/** An IP address in a network of its own, so that tests do not share limits. */
export const randomIp = () => {
  const [a, b, c] = randomBytes(3);
  return `10.${a}.${b}.${c}`;
};

export const newPerson = () => ({
  email: `${randomUUID()}@example.org`,
  name: "Ada Lovelace",
  password: `correct horse ${randomUUID()}`,
});

export const origin = (ip: string | null = randomIp()) => ({ ip, language: "en" as const });

/** A registered person, with what they typed. */
export async function registered(overrides: Partial<ReturnType<typeof newPerson>> = {}) {
  const person = { ...newPerson(), ...overrides };
  await register(person, origin());
  return person;
}

/** As much of a browser as next-auth needs: keeps cookies, fetches the CSRF token, posts forms. */
export function browser({
  ip = randomIp(),
  userAgent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
} = {}) {
  const cookies = new Map<string, string>();
  const headers = (extra: Record<string, string> = {}) =>
    new Headers({
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "user-agent": userAgent,
      "x-sheaf-address": ip,
      ...extra,
    });
  const call = async (action: string, init: RequestInit & { headers?: Headers } = {}) => {
    const request = new Request(`${env.APP_URL}/api/auth/${action}`, { headers: headers(), ...init });
    const response = await handleAuth(request, action.split("?")[0]!.split("/"));
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const at = pair.indexOf("=");
      const isGone = attributes.some((attribute) => /^max-age=0$/i.test(attribute)) || at === pair.length - 1;
      if (isGone) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const post = async (action: string, fields: Record<string, string>, extra: Record<string, string> = {}) => {
    const { csrfToken } = (await (await call("csrf")).json()) as { csrfToken: string };
    return call(action, {
      method: "POST",
      headers: headers({ "content-type": "application/x-www-form-urlencoded", ...extra }),
      body: new URLSearchParams({ csrfToken, json: "true", ...fields }),
    });
  };
  return {
    cookies,
    headers,
    call,
    post,
    signIn: (
      { email, password, code }: { email: string; password: string; code?: string },
      extra?: Record<string, string>,
    ) =>
      post(
        "callback/credentials",
        { email, password, ...(code !== undefined && { code }), callbackUrl: "/" },
        extra,
      ),
    signOut: () => post("signout", { callbackUrl: "/sign-in" }),
  };
}

/** A registered and signed-in person, as an actor for verbs. */
export async function signedIn() {
  const person = await registered();
  const client = browser();
  await client.signIn(person);
  const { actor, sessionId } = await authenticate(client.headers());
  return { person, client, actor: actor as UserActor, sessionId };
}

/** Polls until `look` returns something, for at most ten seconds. */
export async function eventually<Found>(look: () => Promise<Found | null | undefined>): Promise<Found> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error("It did not happen in time.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** All mails written for an address so far. */
export async function mailsTo(to: string) {
  const names = (await readdir(env.MAIL_DIR).catch(() => [])).filter((name) => name.endsWith(".json"));
  const all = await Promise.all(
    names.toSorted().map(async (name) => JSON.parse(await readFile(path.join(env.MAIL_DIR, name), "utf8"))),
  );
  return all.filter((mail) => mail.to === to) as {
    to: string;
    subject: string;
    text: string;
    html: string;
  }[];
}

/** The secret in the newest mail to an address, once there are at least `count` of them. */
export const secretMailedTo = (to: string, count = 1) =>
  eventually(async () => {
    const mails = await mailsTo(to);
    return mails.length < count ? null : /token=([\w-]+)/.exec(mails.at(-1)!.text)?.[1];
  });

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/**
 * The ratio of two calls' median times, called alternately. A busy machine may push some to the next step of their pace,
 * so the closest of three measurements counts: a real difference shows in each.
 */
export async function timeRatio(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<number> {
  const timed = async (call: () => Promise<unknown>) => {
    const started = performance.now();
    await call();
    return performance.now() - started;
  };
  let closest = Infinity;
  for (let attempt = 0; attempt < 3 && closest > 1.1; attempt++) {
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < 7; round++) {
      times[0].push(await timed(one));
      times[1].push(await timed(other));
    }
    const ratio = median(times[0]) / median(times[1]);
    closest = Math.min(closest, Math.max(ratio, 1 / ratio));
  }
  return closest;
}

import { createHash, randomBytes } from "node:crypto";
import type { DocumentDetailView, UploadUrlView } from "#lib/documents/schema.ts";
import { until } from "./until.ts";

export interface Answer<Body> {
  status: number;
  body: Body;
  headers: Headers;
}

/** Bodies are what the contract says; tests name the parts that they look at. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A program that uses the HTTP API, as nobody, by a session's cookies or with a token. */
export class Caller {
  readonly base: string;
  readonly #cookies = new Map<string, string>();
  readonly #token: string | undefined;

  constructor(base: string, { token }: { token?: string } = {}) {
    this.base = base;
    this.#token = token;
  }

  get cookie(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
  }

  /** For a browser that takes over this session. */
  get cookies(): { name: string; value: string; url: string }[] {
    return Array.from(this.#cookies, ([name, value]) => ({ name, value, url: this.base }));
  }

  /** One request, redirects not followed. Cookies are kept as a browser would. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ origin: this.base, ...(init.headers as Record<string, string>) });
    if (this.#cookies.size > 0 && !headers.has("cookie")) headers.set("cookie", this.cookie);
    if (this.#token) headers.set("authorization", `Bearer ${this.#token}`);
    const response = await fetch(new URL(path, this.base), { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(";")[0] ?? "";
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === "" || /max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  /** Like `fetch`, going along where the framework only wants the same address with another query. */
  async fetchSame(path: string, init: RequestInit = {}): Promise<Response> {
    let response = await this.fetch(path, init);
    for (let hop = 0; hop < 3; hop += 1) {
      const target = new URL(response.headers.get("location") ?? "/", this.base);
      if (response.status !== 307 || target.pathname !== new URL(path, this.base).pathname) break;
      response = await this.fetch(target.href, init);
    }
    return response;
  }

  /** A call below /api/v1 with a JSON body. */
  async call<Body = Any>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    { body, headers, signal }: CallOptions = {},
  ): Promise<Answer<Body>> {
    const response = await this.fetch(`/api/v1${path}`, {
      method,
      signal,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : text) as Body,
      headers: response.headers,
    };
  }

  /** Like `call`, where anything but success is a fault of the test's own set-up. */
  async must<Body = Any>(...args: Parameters<Caller["call"]>): Promise<Body> {
    const answer = await this.call<Body>(...args);
    if (answer.status >= 300)
      throw new Error(`${args[0]} ${args[1]} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Signs in as the form does. False when it is refused. */
  async signIn(email: string, password: string): Promise<boolean> {
    const { csrfToken } = (await (await this.fetch("/api/auth/csrf")).json()) as { csrfToken: string };
    const response = await this.fetch("/api/auth/callback/credentials", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrfToken, email, password, json: "true" }).toString(),
    });
    await response.arrayBuffer();
    return this.#cookies.has("next-auth.session-token");
  }
}

export interface Person {
  name: string;
  email: string;
  password: string;
  api: Caller;
}

/** Credentials of somebody who has no account yet. */
export function newcomer(base: string, name: string): Person {
  const email = `${name.toLowerCase().replace(/[^a-z]/g, "")}.${randomBytes(5).toString("hex")}@example.org`;
  return { name, email, password: `a long word ${randomBytes(6).toString("hex")}`, api: new Caller(base) };
}

/** Somebody with an account and a session, by the API. */
export async function newPerson(base: string, name: string): Promise<Person> {
  const person = newcomer(base, name);
  const { email, password, api } = person;
  await api.must("POST", "/auth/register", { body: { email, name, password } });
  if (!(await api.signIn(email, password))) throw new Error(`${email} could not sign in`);
  return person;
}

export interface Upload {
  name: string;
  type: string;
  bytes: Buffer;
}

export const sha256 = (bytes: Buffer | Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** A text that nobody else has. */
export const uniqueText = (name = "notes.txt", words = "some words"): Upload => ({
  name,
  type: "text/plain",
  bytes: Buffer.from(`${words} ${randomBytes(16).toString("hex")}\n`),
});

export const uploadRequest = (collectionId: string, { name, type, bytes }: Upload) => ({
  collectionId,
  filename: name,
  contentType: type,
  sizeBytes: bytes.length,
  sha256: sha256(bytes),
});

/** Asks where a file goes. */
export const askUpload = (api: Caller, collectionId: string, file: Upload): Promise<UploadUrlView> =>
  api.must<UploadUrlView>("POST", "/documents/upload-url", { body: uploadRequest(collectionId, file) });

/** Sends a file's bytes to their address; the answer's status. */
export async function sendBytes(
  { url, headers }: NonNullable<UploadUrlView["upload"]>,
  body: BodyInit,
): Promise<number> {
  const init = { method: "PUT", headers, body, duplex: "half" };
  const response = await fetch(url, init as RequestInit);
  await response.arrayBuffer();
  return response.status;
}

/** Asks, sends, confirms. */
export async function uploadFile(
  api: Caller,
  collectionId: string,
  file: Upload,
): Promise<DocumentDetailView> {
  const { documentId, upload } = await askUpload(api, collectionId, file);
  if (upload) {
    const status = await sendBytes(upload, new Uint8Array(file.bytes));
    if (status !== 200) throw new Error(`The store answered ${status}`);
  }
  return api.must<DocumentDetailView>("POST", `/documents/${documentId}/confirm`);
}

/** Waits until a document has been looked at, and returns it as it is then. */
export const whenProcessed = (api: Caller, id: string, withinMs = 60_000): Promise<DocumentDetailView> =>
  until(
    `document ${id} to be processed`,
    async () => {
      const document = await api.must<DocumentDetailView>("GET", `/documents/${id}`);
      return document.status === "ready" || document.status === "failed" ? document : null;
    },
    withinMs,
  );

/** The bytes as a browser downloads them. */
export async function download(api: Caller, id: string): Promise<{ bytes: Buffer; headers: Headers }> {
  const redirect = await api.fetch(`/api/v1/documents/${id}/download`);
  const location = redirect.headers.get("location");
  if (!location) throw new Error(`The download answered ${redirect.status}: ${await redirect.text()}`);
  const response = await fetch(new URL(location, api.base));
  return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

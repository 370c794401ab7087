import { createHash, randomBytes } from "node:crypto";
import type { LoadRequest } from "./load.ts";

/** A person with an access token. */
export interface Account {
  /** Headers of every call: a personal access token. */
  headers: Record<string, string>;
  /** The session that pages are opened with. */
  cookie: string;
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
}

/** Signs up and in as a browser does, and makes a personal access token. */
export async function openAccount(origin: string): Promise<Account> {
  const email = `${randomBytes(6).toString("hex")}@example.org`;
  const password = randomBytes(12).toString("hex");
  const json = { "content-type": "application/json" };
  const post = (path: string, headers: Record<string, string>, body: unknown) =>
    fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) }).then(demand);

  await post("/api/v1/auth/register", json, { email, name: "Bench", password });
  const csrf = await fetch(`${origin}/api/auth/csrf`).then(demand);
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const signedIn = await fetch(`${origin}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookiesOf(csrf) },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
  }).then(demand);
  const cookie = cookiesOf(signedIn);
  const session = { ...json, cookie, "sec-fetch-site": "same-origin" };
  const made = await post("/api/v1/me/tokens", session, { name: "bench", scope: "admin", expiresInDays: 1 });
  const { token } = (await made.json()) as { token: string };

  const headers = { authorization: `Bearer ${token}` };
  return {
    headers,
    cookie,
    async call<Answer>(method: string, path: string, body?: unknown) {
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: body === undefined ? headers : { ...headers, ...json },
        body: body === undefined ? undefined : JSON.stringify(body),
      }).then(demand);
      return (await response.json()) as Answer;
    },
  };
}

async function demand(response: Response): Promise<Response> {
  if (response.status < 400) return response;
  throw new Error(`${response.url} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
}

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

/** A unique text of this length, and the request for its upload address. */
export function makeUpload(account: Account, collectionId: string, sizeBytes: number) {
  const body = randomBytes(Math.ceil(sizeBytes / 2))
    .toString("hex")
    .slice(0, sizeBytes);
  const request: LoadRequest = {
    method: "POST",
    path: "/api/v1/documents/upload-url",
    headers: { ...account.headers, "content-type": "application/json" },
    body: JSON.stringify({
      collectionId,
      filename: "notes.txt",
      contentType: "text/plain",
      sizeBytes,
      sha256: createHash("sha256").update(body).digest("hex"),
    }),
  };
  return { body, request };
}

/** The request that sends the bytes to the address in an answer of upload-url. */
export function putRequest(answer: string, body: string): { documentId: string; request: LoadRequest } {
  const { documentId, upload } = JSON.parse(answer) as {
    documentId: string;
    upload: { url: string; headers: Record<string, string> };
  };
  const { pathname, search } = new URL(upload.url);
  return {
    documentId,
    request: { method: "PUT", path: pathname + search, headers: upload.headers, body },
  };
}

export const confirmRequest = (account: Account, documentId: string): LoadRequest => ({
  method: "POST",
  path: `/api/v1/documents/${documentId}/confirm`,
  headers: account.headers,
});

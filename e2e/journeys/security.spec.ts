import { readdir } from "node:fs/promises";
import path from "node:path";
import {
  Caller,
  download,
  newPerson,
  type Person,
  type Upload,
  uploadFile,
  uniqueText,
} from "../support/caller.ts";
import { uploadRequest, whenProcessed, askUpload, sendBytes } from "../support/caller.ts";
import { expect, test } from "../support/test.ts";

interface Place {
  person: Person;
  /** Stands in the person's name, collection, document name and text. */
  canary: string;
  collectionId: string;
  documentId: string;
}

async function makePlace(base: string): Promise<Place> {
  const canary = `canary${crypto.randomUUID().slice(0, 8)}`;
  const person = await newPerson(base, `Person ${canary}`);
  const { id } = await person.api.must("POST", "/collections", { body: { name: `Notes ${canary}` } });
  const document = await uploadFile(person.api, id, uniqueText(`${canary}.txt`, canary));
  await whenProcessed(person.api, document.id);
  return { person, canary, collectionId: id, documentId: document.id };
}

const pagesOf = ({ collectionId, documentId }: Place): string[] => [
  "/",
  "/shared",
  "/trash",
  "/settings",
  `/collections/${collectionId}`,
  `/documents/${documentId}`,
];

/** What the framework itself, its router and attackers put into requests. */
const disguises: Record<string, Record<string, string>> = {
  plain: {},
  RSC: { rsc: "1" },
  prefetch: { rsc: "1", "next-router-prefetch": "1" },
  "segment prefetch": { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  "subrequest of middleware": { "x-middleware-subrequest": Array(5).fill("middleware").join(":") },
  "subrequest of proxy": { "x-middleware-subrequest": Array(5).fill("proxy").join(":") },
  "subrequest of src/middleware": { "x-middleware-subrequest": Array(5).fill("src/middleware").join(":") },
  "middleware prefetch": { "x-middleware-prefetch": "1" },
  "invoked path": { "x-invoke-path": "/sign-in", "x-middleware-invoke": "1", "x-matched-path": "/sign-in" },
  "someone's address": { "x-sheaf-address": "127.0.0.1", "x-path": "/" },
};

/** These ask for the frame of a page, before anyone's data is in it; that may be answered, as long as none is. */
const asksForFrame = new Set(["prefetch", "segment prefetch", "middleware prefetch"]);

test("signed out, no page and no call gives anything away, however it is asked", async ({ product }) => {
  const place = await makePlace(product.url);
  const nobody = new Caller(product.url);
  const { paths } = await nobody.must<{ paths: Record<string, Record<string, object>> }>(
    "GET",
    "/openapi.json",
  );
  const calls = Object.entries(paths)
    .filter(([, methods]) => "get" in methods)
    .map(([template]) =>
      template
        .replace(/\{id\}/, template.includes("/collections/") ? place.collectionId : place.documentId)
        .replace("{page}", "1")
        .replace(/\{\w+\}/g, place.documentId),
    )
    .filter((one) => one !== "/api/v1/openapi.json");
  expect(calls.length).toBeGreaterThan(8);

  const leaks: string[] = [];
  for (const [name, headers] of Object.entries(disguises)) {
    for (const page of pagesOf(place)) {
      const response = await nobody.fetchSame(page, { headers });
      const body = await response.text();
      const leadsTo = response.headers.get("location") ?? body;
      const isSentAway = leadsTo.includes("/sign-in") || asksForFrame.has(name);
      if (body.includes(place.canary) || !isSentAway) leaks.push(`${name} ${page}: ${response.status}`);
    }
    for (const call of calls) {
      const response = await nobody.fetchSame(call, { headers });
      const body = await response.text();
      // to whoever has no token of a link there is nothing below it, nor of a mail anything to end
      const refusal = call.startsWith("/api/v1/share/") ? 404 : call === "/api/v1/unsubscribe" ? 422 : 401;
      const isRefused = response.status === refusal || (asksForFrame.has(name) && body.length < 10);
      if (!isRefused || body.includes(place.canary)) leaks.push(`${name} ${call}: ${response.status}`);
    }
  }
  expect(leaks).toEqual([]);
});

test("spellings of addresses lead to no other place", async ({ product }) => {
  const place = await makePlace(product.url);
  const other = await makePlace(product.url);
  const nobody = new Caller(product.url);
  const id = place.documentId;
  const spellings = [
    `//api/v1/documents/${id}`,
    `/api//v1/documents/${id}`,
    `/api/v1/documents/${id}/`,
    `/api/v1/documents/${id}%2fdownload`,
    `/api/v1/documents/x%2f..%2f${id}`,
    `/api/v1/documents/${id}%00`,
    `/api/v1/documents/${id}%23`,
    `/api/v1/documents/${id}.rsc`,
    `/api/v1/documents/${id}.json`,
    `/API/V1/documents/${id}`,
    `/_next/data/x/documents/${id}.json`,
    `/documents/${id}.rsc`,
    `/documents/${id}.txt`,
    `/documents/${id}.png`,
    `/documents/%2e%2e/documents/${id}`,
    `/storage/${id}`,
    `/storage/..%2f..%2fsecrets.json`,
    `/_next/static/..%2f..%2f..%2fpackage.json`,
    `/_next/image?url=%2Fapi%2Fv1%2Fdocuments%2F${id}%2Fthumbnail&w=640&q=75`,
  ];
  const leaks: string[] = [];
  for (const who of [nobody, other.person.api]) {
    for (const spelling of spellings) {
      let response = await who.fetch(product.url + spelling);
      const location = response.headers.get("location");
      if (location) {
        const target = new URL(location, product.url);
        if (target.origin !== new URL(product.url).origin)
          leaks.push(`${spelling} leads to ${target.origin}`);
        response = await who.fetch(target.href);
      }
      const body = await response.text();
      if (body.includes(place.canary) || response.status >= 500)
        leaks.push(`${spelling}: ${response.status}`);
    }
  }
  expect(leaks).toEqual([]);
});

test("two people at once never see each other's texts, and no answer may be kept by others", async ({
  product,
}) => {
  const places = await Promise.all([makePlace(product.url), makePlace(product.url)]);
  const faults: string[] = [];
  const seen = new Set<string>();
  const ask = async (mine: Place, theirs: Place, target: string, headers: Record<string, string>) => {
    const response = await mine.person.api.fetchSame(target, { headers });
    const body = await response.text();
    if (body.includes(theirs.canary)) faults.push(`${target}: shows the other's text`);
    if (body.includes(mine.canary)) seen.add(target);
    if (!/no-store/.test(response.headers.get("cache-control") ?? "")) faults.push(`${target}: may be kept`);
  };
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      places.flatMap((mine, index) => {
        const theirs = places[1 - index]!;
        const calls = ["/me", "/settings", "/me/quota", "/collections", "/me/recent-documents"];
        return [
          ...pagesOf(mine).flatMap((page) => [
            ask(mine, theirs, page, {}),
            ask(mine, theirs, page, { rsc: "1" }),
          ]),
          ...calls.map((call) => ask(mine, theirs, `/api/v1${call}`, {})),
        ];
      }),
    );
  }
  expect(faults).toEqual([]);
  // the test would be blind if people did not see their own
  for (const place of places)
    expect([...seen]).toEqual(expect.arrayContaining([`/documents/${place.documentId}`, "/api/v1/me", "/"]));
});

test("an outsider is refused alike for what exists and what does not", async ({ product }) => {
  const place = await makePlace(product.url);
  const carla = await newPerson(product.url, "Carla");
  const nowhere = crypto.randomUUID();
  const shape = async (method: "GET" | "PATCH" | "POST" | "DELETE", target: string, body?: object) => {
    const { requestId: _, ...answer } = (await carla.api.call(method, target, { body })).body;
    return answer;
  };
  for (const [method, target, status, body] of [
    ["GET", "/documents/ID", 404],
    ["GET", "/documents/ID/download", 404],
    ["GET", "/documents/ID/thumbnail", 404],
    ["GET", "/documents/ID/content-url", 404],
    ["PATCH", "/documents/ID", 404, { version: 1, name: "mine.txt" }],
    ["DELETE", "/documents/ID", 404],
    ["DELETE", "/documents/ID?permanent=true", 404],
    ["POST", "/documents/ID/restore", 404],
    ["POST", "/documents/ID/confirm", 404],
  ] as const) {
    const real = await shape(method, target.replace("ID", place.documentId), body);
    expect(real, `${method} ${target}`).toMatchObject({ status });
    expect(await shape(method, target.replace("ID", nowhere), body)).toEqual(real);
  }
  for (const [method, target, body] of [
    ["GET", "/collections/ID"],
    ["GET", "/documents?collectionId=ID"],
    ["PATCH", "/collections/ID", { version: 1, name: "Mine" }],
    ["DELETE", "/collections/ID"],
    ["DELETE", "/collections/ID?permanent=true"],
    ["POST", "/collections/ID/restore"],
    ["GET", "/collections/ID/collaborators"],
    ["POST", "/collections/ID/collaborators", { email: "x@example.org", role: "viewer" }],
  ] as const) {
    const real = await shape(method, target.replace("ID", place.collectionId), body);
    expect(real, `${method} ${target}`).toMatchObject({ status: 403 });
    expect(await shape(method, target.replace("ID", nowhere), body)).toEqual(real);
  }
  const request = uploadRequest(place.collectionId, uniqueText());
  const refused = await shape("POST", "/documents/upload-url", request);
  expect(refused).toMatchObject({ status: 403 });
  expect(await shape("POST", "/documents/upload-url", { ...request, collectionId: nowhere })).toEqual(
    refused,
  );
  expect(await place.person.api.must("GET", `/documents/${place.documentId}`)).toMatchObject({
    name: `${place.canary}.txt`,
    trashedAt: null,
  });
});

const hostileNames = {
  emoji: "report 👩‍👩‍👧 ☕.txt",
  quotes: `a "quoted"; filename=evil.exe; 'name'.txt`,
  "path going up": "..%2f..%2fetc%2fpasswd.txt",
  slashes: "../../etc/passwd.txt",
  markup: "<img src=x onerror=alert(1)>.txt",
  formula: "=HYPERLINK(A1).txt",
  "percent and plus": "100%+1 %00.txt",
  "255 letters": `${"a".repeat(251)}.txt`,
  "many bytes": `${"漢".repeat(80)}.txt`,
};

test("hostile file names stay text: in the store, in headers and on pages", async ({
  product,
  person,
  browserOf,
}) => {
  const anna = await person("Anna");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Names" } });
  for (const [kind, name] of Object.entries(hostileNames)) {
    const file = uniqueText(name);
    const document = await uploadFile(anna.api, id, file);
    expect(document.name, kind).toBe(name);
    const { bytes, headers } = await download(anna.api, document.id);
    expect(bytes.equals(file.bytes), kind).toBe(true);
    const disposition = headers.get("content-disposition") ?? "";
    const extended = /filename\*=UTF-8''([^;]+)$/.exec(disposition)?.[1] ?? "";
    expect(decodeURIComponent(extended), kind).toBe(name.replaceAll("/", "_"));
    // nothing but the two names, so that no part of a name can be taken for something else
    expect(disposition, kind).toMatch(/^attachment; filename="[^"\\%]*"; filename\*=UTF-8''[\w%.~-]+$/);
    expect(headers.get("x-content-type-options"), kind).toBe("nosniff");
    expect(headers.get("content-security-policy"), kind).toContain("sandbox");
  }
  const stored = await readdir(path.join(product.dataDir, "storage", "objects"), { recursive: true });
  const odd = /^[0-9a-f-]{36}(\/[0-9a-f-]{36}(\/[0-9a-f-]{36}\.\w+\.obj)?)?$/;
  expect(stored.filter((name) => !odd.test(name.replaceAll("\\", "/")))).toEqual([]);

  const page = await browserOf(anna);
  let isFooled = false;
  page.on("dialog", () => (isFooled = true));
  await page.goto(`/collections/${id}`);
  for (const name of Object.values(hostileNames))
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  expect(isFooled).toBe(false);
});

test("names lose what pretends to be others; what is no name is refused", async ({ person }) => {
  const anna = await person("Anna");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Names" } });
  for (const [name, kept] of [
    ["annexe\u202efdp.txt", "annexefdp.txt"],
    ["a\r\nset-cookie: x=1.txt", "a set-cookie: x=1.txt"],
    ["\u2066x\u2069.txt", "x.txt"],
  ] as const)
    expect(await uploadFile(anna.api, id, uniqueText(name))).toMatchObject({ name: kept });
  for (const name of ["a\u0000.pdf", "", "   ", "\u200d", "a".repeat(256)]) {
    const answer = await anna.api.call("POST", "/documents/upload-url", {
      body: uploadRequest(id, uniqueText(name)),
    });
    expect(answer.body, JSON.stringify(name)).toMatchObject({ status: 422, errors: [{ path: "filename" }] });
  }
});

test("what is not what it says is refused, and nothing of it stays", async ({ person, product }) => {
  const anna = await person("Anna");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Lies" } });
  const html = Buffer.from("<!doctype html><html><script>alert(document.domain)</script></html>");
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const lies: Upload[] = [
    { name: "page.pdf", type: "application/pdf", bytes: html },
    { name: "drawing.pdf", type: "application/pdf", bytes: svg },
    { name: "page.png", type: "image/png", bytes: html },
  ];
  for (const lie of lies) {
    const { documentId, upload } = await askUpload(anna.api, id, lie);
    expect(await sendBytes(upload!, new Uint8Array(lie.bytes))).toBe(200);
    const answer = await anna.api.call("POST", `/documents/${documentId}/confirm`);
    expect(answer.body, lie.name).toMatchObject({ status: 422, code: "content_mismatch" });
    expect((await anna.api.call("GET", `/documents/${documentId}`)).status).toBe(404);
  }
  for (const type of ["text/html", "image/svg+xml", "application/x-msdownload", "text/html; charset=utf-8"]) {
    const answer = await anna.api.call("POST", "/documents/upload-url", {
      body: uploadRequest(id, { name: "page.html", type, bytes: html }),
    });
    expect(answer.body, type).toMatchObject({ status: 415, code: "type_not_allowed" });
  }
  expect(await anna.api.must("GET", "/me/quota")).toMatchObject({
    documents: { used: 0 },
    storageBytes: { used: 0 },
  });
  expect(
    await product.query(
      "SELECT state FROM objects o JOIN users u ON u.id = o.owner_id WHERE u.email = $1 AND state <> 'doomed'",
      [anna.email],
    ),
  ).toEqual([]);

  // text may speak of markup, and is never more than text
  const bytes = Buffer.from(`My notes say <script>alert(1)</script> ${crypto.randomUUID()}`);
  const note = await uploadFile(anna.api, id, { name: "page.txt", type: "text/plain", bytes });
  const { url } = await anna.api.must("GET", `/documents/${note.id}/content-url`);
  const shown = await fetch(new URL(url, product.url));
  expect(shown.headers.get("content-type")).toMatch(/^text\/plain/);
  expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
});

test("the store takes exactly what was signed, once it was signed", async ({ person, product }) => {
  const anna = await person("Anna");
  const { id } = await anna.api.must("POST", "/collections", { body: { name: "Signed" } });
  const file = uniqueText();
  const { upload } = await askUpload(anna.api, id, file);
  const body = new Uint8Array(file.bytes);
  const other = new Uint8Array(body).fill(120);
  const changed = (name: string, value: string) => {
    const url = new URL(upload!.url);
    url.searchParams.set(name, value);
    return { ...upload!, url: url.href };
  };
  expect(await sendBytes(upload!, other)).toBeGreaterThanOrEqual(400);
  expect(await sendBytes(upload!, body.subarray(1))).toBe(403);
  expect(
    await sendBytes({ ...upload!, headers: { ...upload!.headers, "content-type": "text/html" } }, body),
  ).toBe(403);
  expect(await sendBytes(changed("expires", "4102444800"), body)).toBe(403);
  expect(await sendBytes(changed("sizeBytes", String(body.length + 1)), body)).toBe(403);
  expect(await sendBytes(changed("op", "get"), body)).toBe(403);
  const elsewhere = upload!.url.replace(/\/storage\/[^/]+/, `/storage/${crypto.randomUUID()}`);
  expect(await sendBytes({ ...upload!, url: elsewhere }, body)).toBe(403);
  expect((await fetch(new URL(upload!.url, product.url))).status).toBe(403);
  expect(await sendBytes(upload!, body)).toBe(200);
});

test("a write that rides on a cookie has to come from our own pages", async ({ product, person }) => {
  const anna = await person("Anna");
  const write = (headers: Record<string, string>) =>
    fetch(`${product.url}/api/v1/collections`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ name: "Forged" }),
    });
  const { cookie } = anna.api;
  for (const origin of [
    "https://evil.example",
    "null",
    product.url.replace("http:", "https:"),
    `${product.url}.evil.example`,
    product.url.replace(/:\d+$/, ":1"),
  ])
    expect((await write({ cookie, origin })).status, origin).toBe(403);
  expect((await write({ cookie })).status, "no origin").toBe(403);
  for (const site of ["cross-site", "same-site", "none"])
    expect((await write({ cookie, "sec-fetch-site": site })).status, site).toBe(403);
  expect((await write({ cookie, origin: product.url })).status).toBe(201);
  // programs with a token have no origin, and no cookie to ride on
  const { token } = await anna.api.must("POST", "/me/tokens", { body: { name: "script", scope: "write" } });
  expect((await write({ authorization: `Bearer ${token}` })).status).toBe(201);
  // a token that is not valid never falls back to the cookie beside it
  expect((await write({ authorization: "Bearer sheaf_x", cookie, origin: product.url })).status).toBe(401);
  const names = (await anna.api.must("GET", "/collections")).items.map(({ name }: { name: string }) => name);
  expect(names).toEqual(["Forged", "Forged"]);
});

test("pages carry a policy that lets only their own scripts run, and cannot be framed", async ({
  product,
  person,
}) => {
  const anna = await person("Anna");
  for (const [who, target] of [
    [new Caller(product.url), "/sign-in"],
    [anna.api, "/"],
    [anna.api, "/settings"],
  ] as const) {
    const [one, two] = await Promise.all([who.fetch(target), who.fetch(target)]);
    const policy = one.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src [^;]*'nonce-/);
    expect(policy).not.toMatch(/script-src [^;]*'unsafe-(inline|eval)'/);
    expect(policy).toMatch(/object-src 'none'|default-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).not.toBe(two.headers.get("content-security-policy"));
    expect(one.headers.get("x-content-type-options")).toBe("nosniff");
    expect(one.headers.get("x-powered-by")).toBeNull();
    await Promise.all([one.text(), two.text()]);
  }
});

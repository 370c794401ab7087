import { type RawAnswer, rawRequest, sendRaw } from "../support/raw.ts";
import { findApp } from "../support/product.ts";
import { expect, test } from "../support/test.ts";

type Attack = [name: string, bytes: string];
type Args = Parameters<typeof rawRequest>;

const attack = (...[method, target, headers, body]: Args): Attack => [
  [method, target.slice(0, 60), headers && JSON.stringify(headers).slice(0, 120), body?.slice(0, 40)]
    .filter(Boolean)
    .join(" "),
  rawRequest(method, target, headers, body),
];

/** What is wrong with an answer, whatever was asked. */
function faultsOf({ status, headers, body, hangs }: RawAnswer): string[] {
  const type = headers["content-type"] ?? "";
  const isPage = /html|x-component/.test(type);
  // what Node refuses before it is a request has neither headers nor a body
  const isBare = type === "" && body === "" && status >= 400;
  const policy = headers["content-security-policy"] ?? "";
  return [
    hangs && "hangs",
    status === 0 && "no answer",
    status >= 500 && `answers ${status}`,
    !isBare && status >= 200 && headers["x-content-type-options"] !== "nosniff" && "lacks nosniff",
    isPage && !/script-src [^;]*'nonce-[\w+/]{22}=='/.test(policy) && "is a page without its policy",
    isPage && headers["cache-control"] !== "private, no-store" && "is a page that may be kept",
    headers["x-powered-by"] !== undefined && "says what made it",
  ].filter((fault) => fault !== false);
}

/** Sends all of them, a few at a time, and returns what was wrong. The app's process is to survive it. */
async function faultsAfter(product: { url: string; dataDir: string }, attacks: Attack[]): Promise<string[]> {
  const before = await findApp(product.dataDir);
  const faults: string[] = [];
  const queue = attacks.values();
  const worker = async () => {
    for (const [name, bytes] of queue)
      faults.push(...faultsOf(await sendRaw(product.url, bytes)).map((fault) => `${name} ${fault}`));
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  if ((await findApp(product.dataDir)) !== before) faults.push("the app's process ended");
  return faults;
}

const METHODS = [
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "MKCOL"],
  ...["SEARCH", "PURGE", "QUERY", "LINK", "M-SEARCH", "FOO", "get"],
];

test("what is malformed is refused as such", async ({ product }) => {
  const expected: [status: number, ...Args][] = [
    [400, "GET", "/%"],
    [400, "GET", "/collections/50%"],
    [400, "GET", "/documents/%ff"],
    [400, "GET", "/%00"],
    [400, "GET", "/api/v1/documents/%zz"],
    [400, "GET", "/api/auth/%"],
    [400, "GET", "/storage/%"],
    [400, "GET", "/\\evil.example"],
    [400, "GET", "/sign-in#x"],
    [400, "OPTIONS", "*"],
    [400, "GET", "http://evil.example/sign-in"],
    [405, "TRACE", "/"],
    [405, "TRACE", "/api/v1/me"],
    [405, "PROPFIND", "/sign-in"],
    [405, "CONNECT", "localhost:1"],
    [405, "POST", "/sign-in"],
    [404, "GET", "/_global-error"],
    [404, "GET", "/%5fglobal-error"],
    [404, "GET", "/_next/image?url=%2Ficon.svg&w=640&q=75"],
    [400, "GET", "/sign-in", { host: "a b" }],
    [400, "GET", "/sign-in", { host: ["localhost", "evil.example"] }],
    [400, "GET", "/sign-in", { host: "evil.example/x?" }],
    [400, "GET", "/sign-in", { host: null }],
    [400, "GET", "/nothing", { rsc: "1", "next-router-state-tree": "x" }],
    [400, "POST", "/api/inngest", {}, "{"],
    [422, "GET", "/api/auth/csrf?callbackUrl=%25"],
    [200, "GET", "/api/auth/csrf", { cookie: "next-auth.callback-url=%" }],
    [200, "GET", "/sign-in", { connection: "Upgrade, close", upgrade: "websocket" }],
    [431, "GET", "/sign-in", { x: "a".repeat(20_000) }],
    [417, "GET", "/sign-in", { expect: "x" }],
  ];
  const found = await Promise.all(
    expected.map(async ([, ...args]) => [(await sendRaw(product.url, rawRequest(...args))).status, ...args]),
  );
  expect(found).toEqual(expected);
});

test("no address makes the server fail, and every page has its policy", async ({ product }) => {
  const paths = [
    ...["/", "/sign-in", "/nothing", "/nothing.png", "/collections/x.png", "/documents/x.txt", "/robots.txt"],
    ...[
      "/%",
      "/%zz",
      "/%c0%af",
      "/%ff",
      "/collections/%00",
      "//",
      "//evil.example",
      "///x",
      "/..",
      "/%2e%2e/",
    ],
    ...["/%2f", "/a%2fb", "/collections/%2f..%2fx", "/a%5cb", "/;a", "/a;b", "/:", "/*", "/@x", "/[id]"],
    ...["/collections/[id]", "/(workspace)", "/.env", "/.well-known/x", "/a b", "/\xff", "/collections/\xe9"],
    ...[
      "/_next",
      "/_next/",
      "/_next/x",
      "/_next/image",
      "/_next/image?url=",
      "/_next/image?url=http://a&w=1",
    ],
    ...["/_next/image?url=%2Fapi%2Fx&w=640&q=75", "/_next/data/x/y.json", "/_next/data/%/y.json"],
    ...["/_next/static/", "/_next/static/%", "/_next/static/x.js", "/_next/static/..%2f..%2fpackage.json"],
    ...["/_next/webpack-hmr", "/_error", "/_document", "/_not-found", "/_global-error", "/404", "/500"],
    ...["/index", "/x.rsc", "/index.rsc", "/collections/x.rsc", "/collections/x.json", "/sign-in.txt"],
    ...["/.segments/_tree.segment.rsc", "/collections/x.segments/_tree.segment.rsc"],
    ...["/api", "/api/", "/api/%", "/api/nothing", "/api/v1", "/api/v1/%", "/api/auth", "/api/auth/%"],
    ...["/api/v1/collections/%00", "/scim/v2/Users", "/storage", "/storage/", "/storage/%", "/pdfjs/x"],
    ...["/icon.svg", "/icon.svg?%", "/favicon.ico", "/?%", "/?_rsc=%zz", "/?nxtPid=1", "/sign-in?next=%"],
    ...[
      "/sign-in?next=http%3A%2F%2F%5B",
      "/a".repeat(2_000),
      `/?${"a".repeat(12_000)}`,
      "/%41".repeat(2_000),
    ],
  ];
  const attacks = paths.flatMap((path) => [
    attack("GET", path),
    attack("GET", path, { rsc: "1" }),
    attack("GET", path, { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" }),
  ]);
  const targets = [
    "*",
    "sign-in",
    "?x",
    "#",
    "/#x",
    "http://",
    "http:///x",
    "https://[",
    "x:y",
    "localhost:1",
  ];
  for (const target of targets) attacks.push(attack("GET", target));
  expect(await faultsAfter(product, attacks)).toEqual([]);
});

test("no method makes the server fail", async ({ product }) => {
  const targets = [
    ...["/", "/nothing.png", "/api/v1/collections", "/api/v1/nothing", "/api/nothing", "/api/auth/session"],
    ...[
      "/api/health/live",
      "/api/inngest",
      "/storage/x",
      "/_next/static/x.js",
      "/icon.svg",
      "*",
      "http://x/",
    ],
  ];
  const attacks = METHODS.flatMap((method) => targets.map((target) => attack(method, target)));
  expect(await faultsAfter(product, attacks)).toEqual([]);
});

/** Headers that Next, next-auth or Node read, and some that servers in front of others are known to have believed. */
const HEADERS = [
  ...["rsc", "next-router-prefetch", "next-router-segment-prefetch", "next-url", "next-action"],
  ...[
    "next-hmr-refresh",
    "next-html-request-id",
    "next-request-id",
    "next-resume",
    "next-resume-state-length",
  ],
  ...["next-instant-navigation-testing", "x-nextjs-data", "x-nextjs-prerender", "x-nextjs-postponed"],
  ...["x-nextjs-rewritten-path", "x-nextjs-rewritten-query", "x-nextjs-matched-path", "x-nextjs-cache"],
  ...["x-matched-path", "x-invoke-path", "x-invoke-query", "x-invoke-status", "x-invoke-error"],
  ...["x-middleware-invoke", "x-middleware-rewrite", "x-middleware-next", "x-middleware-prefetch"],
  ...["x-middleware-override-headers", "x-middleware-set-cookie", "x-middleware-subrequest"],
  ...["x-prerender-revalidate", "x-now-route-matches", "x-forwarded-host", "x-forwarded-proto"],
  ...["x-forwarded-port", "x-forwarded-for", "forwarded", "x-nonce", "x-path", "content-security-policy"],
  ...["content-type", "content-encoding", "accept", "accept-language", "accept-encoding", "cookie", "range"],
  ...["if-none-match", "if-modified-since", "if-range", "te", "origin", "referer", "sec-fetch-dest"],
  ...["authorization", "purpose", "x-http-method-override", "x-original-url", "x-rewrite-url", "traceparent"],
  ...["expect", "upgrade", "content-length", "transfer-encoding", "x-request-id", "x-sheaf-address"],
];
const VALUES = ["", "1", "%", "/", "http://[", "{}", "\xe9", "a".repeat(6_000)];

test("no header makes the server fail", async ({ product }) => {
  const attacks = HEADERS.flatMap((name) => [
    ...VALUES.map((value) => attack("GET", "/sign-in", { rsc: "1", [name]: value })),
    attack("GET", "/nothing.png", { [name]: "x" }),
    attack("GET", "/api/v1/me", { [name]: ["x", "1"] }),
    attack("GET", "/icon.svg", { [name]: "bytes=9-1" }),
  ]);
  const hosts = [
    ...["", "a b", "[", "[::1", "evil.example", "localhost:99999", "localhost:x", "/", "a/b", "a@b", "a,b"],
    ...[
      "\xe9",
      "xn--",
      "%",
      "a%00",
      "..",
      "a..b",
      "-",
      "LOCALHOST",
      "localhost.",
      "[::1]:1",
      "a".repeat(300),
    ],
  ];
  for (const host of hosts)
    for (const target of ["/sign-in", "//x", "/api/auth/session", "/storage/x"])
      attacks.push(attack("GET", target, { host }));
  for (const protocol of ["websocket", "h2c", "x"])
    for (const target of ["/", "/%", "/_next/webpack-hmr", "/nothing", "/api/v1/me", "/storage/x", "*"])
      attacks.push(attack("GET", target, { connection: "Upgrade, close", upgrade: protocol }));
  expect(await faultsAfter(product, attacks)).toEqual([]);
});

test("no state of the router makes the server fail", async ({ product }) => {
  const states = [
    ...["x", "%", "%zz", "[]", "{}", "null", "1", '""', '[""]', '["",{}]', '["",{},null,null,true]'],
    ...['["",{"children":["x",{}]}]', '["",{"__proto__":["x",{}]}]', '["",{"constructor":["x",{}]}]'],
    '["",{"children":["(workspace)",{"children":["__PAGE__",{}]}]},null,"refetch"]',
    '["",{"children":["(auth)",{"children":["sign-in",{"children":["__PAGE__",{}]}]}]},null,"refetch"]',
    '["",{"children":["(auth)",{}]},["x","y"],"metadata-only"]',
    '["",{"children":[["a","b","d",null],{}]}]',
    "[".repeat(4_000),
    `${'["",{"children":'.repeat(300)}["",{}]${"}]".repeat(300)}`,
  ];
  const attacks = states.flatMap((state) =>
    ["/", "/sign-in", "/collections/x", "/nothing"].flatMap((target) =>
      [state, encodeURIComponent(state)].map((value) =>
        attack("GET", target, { rsc: "1", "next-router-state-tree": value }),
      ),
    ),
  );
  attacks.push(
    attack("GET", "/nothing", { rsc: "1", "next-router-state-tree": ["%5B%22%22%2C%7B%7D%5D", "x"] }),
  );
  expect(await faultsAfter(product, attacks)).toEqual([]);
});

test("no body makes the server fail", async ({ product }) => {
  const part = (name: string, value = "") =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x--\r\n`;
  const bodies = [
    ...["", "{", "[]", "null", '{"csrfToken":{}}', '{"__proto__":{}}', "%", "a=%zz&$ACTION_ID_x=", "\xff"],
    ...["--x\r\n", part("$ACTION_ID_x"), part("0", '["$1:__proto__"]'), part("$ACTION_KEY", "x")],
  ];
  const types = [
    ...["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
    ...["multipart/form-data", "text/plain", "/"],
  ];
  const targets = [
    ...["/sign-in", "/nothing", "/api/auth/callback/credentials", "/api/auth/signout", "/api/auth/_log"],
    ...["/api/v1/auth/register", "/api/inngest", "/api/health/live"],
  ];
  const attacks = targets.flatMap((target) =>
    types.flatMap((type) =>
      bodies.map((body) =>
        attack("POST", target, { "content-type": type, "next-action": "0".repeat(42) }, body),
      ),
    ),
  );
  const requests = [
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/2.0\r\nhost: x\r\n\r\n",
    "GET /\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x00\x00\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: x\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    `GET / HTTP/1.1\r\nhost: x\r\n${"x: 1\r\n".repeat(2_500)}\r\n`,
    "POST /api/v1/me HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n{}",
  ];
  for (const bytes of requests) attacks.push([JSON.stringify(bytes.slice(0, 80)), bytes]);
  expect(await faultsAfter(product, attacks)).toEqual([]);
});

test("odd cookies and addresses to go on to make nothing fail", async ({ product }) => {
  const odd = [
    "",
    "%",
    "%zz",
    "|",
    '"',
    "{",
    "x.y.z",
    "a.b.c.d.e",
    "\xe9",
    "==",
    "//",
    "http://[",
    "javascript:1",
  ];
  const cookies = ["session-token", "session-token.0", "csrf-token", "callback-url", "state"];
  const attacks = odd.flatMap((value) => [
    ...cookies.flatMap((name) =>
      ["/", "/api/auth/session", "/api/auth/csrf", "/api/v1/me"].map((target) =>
        attack("GET", target, { cookie: `next-auth.${name}=${value}` }),
      ),
    ),
    ...["csrf", "session", "providers", "signin", "signout", "error"].map((action) =>
      attack("GET", `/api/auth/${action}?callbackUrl=${encodeURIComponent(value)}&error=${value}`),
    ),
    attack("GET", "/api/auth/session", { cookie: `__proto__=${value}; sheaf-time-zone=${value}; =${value}` }),
  ]);
  expect(await faultsAfter(product, attacks)).toEqual([]);
});

test("what is shown to somebody signed in is kept by nobody, failures included", async ({
  product,
  person,
}) => {
  const { cookie } = (await person("Anna")).api;
  for (const target of ["/", "/settings", "/collections/x.png", "/documents/x", "/nothing", "/nothing.css"])
    for (const rsc of [null, "1"]) {
      // the router's requests carry a key, without which they are sent to the address that has it
      const first = await sendRaw(product.url, rawRequest("GET", target, { cookie, rsc }));
      const { location = target } = first.headers;
      const answer =
        first.status === 307
          ? await sendRaw(product.url, rawRequest("GET", location, { cookie, rsc }))
          : first;
      expect([target, rsc, answer.headers["cache-control"]]).toEqual([target, rsc, "private, no-store"]);
      expect([target, rsc, faultsOf(answer)]).toEqual([target, rsc, []]);
    }
});

test("icons, manifest and robots.txt are there for anyone, as pages name them", async ({ product }) => {
  const get = async (path: string) => sendRaw(product.url, rawRequest("GET", path));
  const page = (await get("/sign-in")).body;
  for (const link of ['rel="manifest" href="/manifest.webmanifest"', 'rel="icon" href="/icon.svg"'])
    expect(page).toContain(link);
  const manifest = JSON.parse((await get("/manifest.webmanifest")).body) as {
    icons: { src: string; type: string }[];
  };
  const files = [
    ["/manifest.webmanifest", "application/manifest+json"],
    ["/robots.txt", "text/plain"],
    ["/apple-touch-icon.png", "image/png"],
    ...manifest.icons.map(({ src, type }) => [src, type]),
  ] as [string, string][];
  for (const [path, type] of files) {
    const { status, headers } = await get(path);
    expect([path, status, headers["content-type"]?.split(";")[0], headers["x-content-type-options"]]).toEqual(
      [path, 200, type, "nosniff"],
    );
  }
});

import { randomUUID } from "node:crypto";
import type { Reply, Wire } from "../support/wire.ts";
import { brief, Faults, type Findings } from "./findings.ts";
import { changesBetween, fingerprint } from "./fingerprint.ts";
import type { PersonaName } from "./rules.ts";
import { neededScopes } from "./operations/index.ts";
import { isEnough, type Scope, scopes } from "./scopes.ts";
import { giveToken } from "./world/credentials.ts";
import type { World } from "./world/world.ts";

/** Who may administer, and who owns a collection: neither is stopped by anything but the token. */
const holders: PersonaName[] = ["workspace admin", "owner"];

/** Ways to write the address of one route that another layer could read as another's. */
const spellings: ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replace("/v1/", "//v1/"),
  (path) => path.replace("/v1/", "/v1//"),
  (path) => path.replace("/v1/", "/v1/./"),
  (path) => path.replace("/v1/", "/v1/documents/../"),
  (path) => path.replace("/v1/", "/v1/documents/%2e%2e/"),
  (path) => path.replace("/v1/", "/v1/documents/..%2f"),
  (path) => path.replace("/v1/", "/v1%2f"),
  (path) => path.replace(/\/(?=[^/]*$)/, "%2f"),
  (path) => path.replace(/\/(?=[^/]*$)/, "%252f"),
  (path) => path.replace(/\/(?=[^/]*$)/, "%5c"),
  (path) => path.replace("/v1/", "/V1/"),
  (path) => path.replace(/[a-z](?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => `${path}#/api/v1/me`,
  (path) => `/api/v1/me#${path}`,
  (path) => `/api/v1/me?x=${path}`,
  (path) => `${path}?/api/v1/me`,
  (path) => `${path};/api/v1/me`,
  (path) => `${path}%00`,
  (path) => `${path}%23`,
  (path) => `${path}%3f`,
];
/** What asks for another method than the one that is sent. */
const disguises: Record<string, string>[] = [
  { "x-http-method-override": "GET" },
  { "x-method-override": "GET" },
  { "x-rewrite-url": "/api/v1/me" },
  { "x-original-url": "/api/v1/me" },
  { "x-path": "/api/v1/me" },
  { "x-middleware-subrequest": `${"middleware:".repeat(5)}` },
];

/** Every operation × tokens that are not enough for it, and × how its address may be written: refused, and nothing changes. */
export async function tryScopes(world: World, wire: Wire): Promise<Findings> {
  const faults = new Faults();
  const before = await fingerprintBeside(world);
  let cells = 0;
  const tokens = new Map<string, string>();
  for (const who of holders)
    for (const scope of scopes)
      tokens.set(`${who} ${scope}`, await giveToken(world.product, world.ids[who], { scope }));
  const ask = async (
    who: PersonaName,
    scope: Scope,
    route: string,
    to: (path: string) => string,
    headers = {},
  ) => {
    cells += 1;
    const [method = "", template = ""] = route.split(" ");
    const { closed } = world.shared;
    const id = template.includes("/documents/") ? closed.documents.authored : closed.id;
    const path = template.replace("{id}", id).replaceAll(/\{\w+\}/g, randomUUID());
    const authorization = `Bearer ${tokens.get(`${who} ${scope}`)}`;
    const body = method === "GET" ? undefined : { name: "Beyond", version: 1, email: world.emails[who] };
    return wire.ask({ method, path: to(path), headers: { ...headers, authorization }, body });
  };
  const cases = Object.entries(neededScopes).flatMap(([route, needed]) =>
    scopes.filter((scope) => !isEnough(scope, needed)).map((scope) => ({ route, needed, scope })),
  );
  for (const who of holders)
    await Promise.all(
      cases.map(async ({ route, needed, scope }) => {
        const reply = await ask(who, scope, route, (path) => path);
        const told = needed === "session" ? "Sign in first" : "Your token may not do this";
        if (reply.status !== 403 || !reply.body.includes(told))
          faults.add(`${route} · token that may ${scope}`, who, brief(reply));
      }),
    );
  const isDone = ({ status, body }: Reply, route: string) =>
    status >= 500 || (status < 300 && !(route.startsWith("GET ") && body.includes('"email"')));
  await Promise.all(
    cases
      .filter(({ scope, needed }) => scope === "read" || needed === "session")
      .flatMap(({ route, scope }) => [
        ...spellings.map(async (spell) => {
          const reply = await ask("owner", scope, route, spell);
          if (isDone(reply, route))
            faults.add(`${route} written ${spell("/api/v1/a/b")}`, "owner", brief(reply));
        }),
        ...disguises.map(async (headers) => {
          const reply = await ask("owner", scope, route, (path) => path, headers);
          if (reply.status !== 403)
            faults.add(`${route} with ${Object.keys(headers).join()}`, "owner", brief(reply));
        }),
      ]),
  );
  const changes = changesBetween(before, await fingerprintBeside(world));
  return {
    ...{ cells, compared: 0 },
    faults: [...faults.list(), ...changes.map((name) => `a token changes ${name} beyond its scope`)],
  };
}

/** Beside the tokens that this itself makes. */
async function fingerprintBeside({ product }: World): Promise<Record<string, string>> {
  const { tokens: _, ...others } = await fingerprint(product);
  return others;
}

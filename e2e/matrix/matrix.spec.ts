import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { newPerson } from "../support/caller.ts";
import { findContradictions, whenQuiet } from "../support/consistency.ts";
import { type RunningProduct, startProduct } from "../support/product.ts";
import { Contract } from "./contract.ts";
import { brief, type Findings } from "./findings.ts";
import { tryLists } from "./lists.ts";
import { neededScopes, operations, otherOperations } from "./operations/index.ts";
import { publicRoutes } from "./public-routes.ts";
import { pages, tryPages } from "./pages.ts";
import { personaNames } from "./rules.ts";
import { tryAllowed, tryRefused } from "./run.ts";
import { tryOther } from "./run-others.ts";
import { tryStorage } from "./storage.ts";
import { tryScopes } from "./try-scopes.ts";
import { Wire } from "../support/wire.ts";
import { makeWorld } from "./world/make.ts";
import { pooled } from "./world/rows.ts";
import type { World } from "./world/world.ts";

const root = path.resolve(import.meta.dirname, "../..");

let product: RunningProduct;
let database: Awaited<ReturnType<typeof pooled>>;
let world: World;
let wire: Wire;
let contract: Contract;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ dataDir: await mkdtemp(path.join(tmpdir(), "sheaf-matrix-")) });
  // the first person is a system admin; the world has its own
  await newPerson(product.url, "First Person");
  wire = new Wire(product.url, 12);
  contract = await Contract.read(wire);
  database = await pooled(product);
  world = await makeWorld(database);
  await whenQuiet(product);
});

test.afterAll(async () => {
  wire?.close();
  await database?.end();
  await product?.stop();
  if (product) await rm(product.dataDir, { recursive: true, force: true });
});

async function tryAll(findings: (() => Promise<Findings>)[]): Promise<string[]> {
  const started = performance.now();
  let [cells, compared] = [0, 0];
  const faults: string[] = [];
  for (const find of findings) {
    const found = await find();
    cells += found.cells;
    compared += found.compared;
    faults.push(...found.faults);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${cells} cells, ${compared} of them held byte for byte against what is missing, ${seconds} s`);
  return faults;
}

test("every route of the program has its cells", () => {
  const exported = globSync("app/**/route.ts", { cwd: root }).flatMap((file) => {
    const address = path
      .dirname(file)
      .replace(/^app/, "")
      .replaceAll(/\/\([^)]+\)/g, "");
    const text = readFileSync(path.join(root, file), "utf8");
    const methods = new Set(text.match(/(?<=export [^;]*?\b)(GET|POST|PATCH|PUT|DELETE)\b(?!:)/g));
    return [...methods].map((method) => `${method} ${address.replaceAll(/\[(\w+)\]/g, "{$1}")}`);
  });
  const decided = new Set([
    ...[...operations, ...otherOperations].map(({ route }) => route),
    ...Object.keys(publicRoutes),
  ]);
  expect(exported.length).toBeGreaterThan(80);
  expect(
    exported.filter((route) => !decided.has(route)),
    "routes nobody decided about",
  ).toEqual([]);
  expect(
    [...decided].filter((route) => !exported.includes(route)),
    "routes that are gone",
  ).toEqual([]);
});

test("the described routes are those", () => {
  const decided = new Set([...operations, ...otherOperations].map(({ route }) => route));
  expect(contract.routes().toSorted()).toEqual([...decided].toSorted());
  expect(Object.keys(neededScopes).toSorted()).toEqual([...decided].toSorted());
});

for (const of of ["collection", "document"] as const) {
  test(`what is refused on a ${of} is answered as what is missing, and changes nothing`, async () => {
    const some = operations.filter((operation) => operation.of === of);
    expect(await tryAll(some.map((operation) => () => tryRefused(world, wire, contract, operation)))).toEqual(
      [],
    );
  });
}

test("what is refused elsewhere is answered as what is missing, and changes nothing", async () => {
  const finds = otherOperations.map(
    (operation) => () => tryOther(world, wire, contract, operation, "refused"),
  );
  expect(await tryAll(finds)).toEqual([]);
});

test("no token does what is beyond its scope, however the address is written", async () => {
  expect(await tryAll([() => tryScopes(world, wire)])).toEqual([]);
});

test("lists hold what may be seen", async () => {
  expect(await tryAll([() => tryLists(world, wire)])).toEqual([]);
});

test("stored bytes open by a signature for them alone", async () => {
  expect(await tryAll([() => tryStorage(world, wire)])).toEqual([]);
});

test("no page tells what its reader may not see, however it is asked for", async () => {
  const folders = globSync("app/**/page.tsx", { cwd: root }).map((file) =>
    path.dirname(file).replace(/^app\//, ""),
  );
  expect(pages.map(({ folder }) => folder).toSorted()).toEqual(folders.toSorted());
  expect(await tryAll([() => tryPages(world, wire)])).toEqual([]);
});

test("what is for all is the same for all", async () => {
  const faults: string[] = [];
  for (const [route, asked] of Object.entries(publicRoutes)) {
    for (const { path: address, status, body } of asked) {
      await Promise.all(
        personaNames.map(async (who) => {
          const method = route.split(" ")[0]!;
          const reply = await wire.ask({ method, path: address, headers: world.headers[who], body });
          if (reply.status !== status)
            faults.push(`${method} ${address} · ${who}: not ${status} but ${brief(reply)}`);
        }),
      );
    }
  }
  expect(faults).toEqual([]);
});

test("what is allowed is done", async () => {
  const faults = await tryAll([
    ...operations.map((operation) => () => tryAllowed(world, wire, contract, operation)),
    ...otherOperations.map((operation) => () => tryOther(world, wire, contract, operation, "allowed")),
  ]);
  expect(faults).toEqual([]);
  await whenQuiet(product);
  // the world's documents were never uploaded, but for their bytes
  const contradictions = (await findContradictions(product)).filter((what) =>
    /counter|blob counts/.test(what),
  );
  expect(contradictions).toEqual([]);
});

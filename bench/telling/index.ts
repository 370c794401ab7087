import { randomBytes } from "node:crypto";
import path from "node:path";
import pg from "pg";
import { ownerUrl } from "#e2e/support/product.ts";
import type { Bench, BenchContext } from "../bench.ts";
import { type Account, openAccount } from "../http/account.ts";
import { startProduct } from "../product.ts";
import { atEnd, scratchFolder } from "../scratch.ts";
import { median } from "../statistics.ts";
import { figure, ratio, table } from "../table.ts";

const TARGET = 0.55;
/** Of each kind of address, for each request. */
const SAMPLES = 1000;
const WARM_UP = 50;

/** Whether the time of an answer tells if an address has an account. */
export const telling: Bench = {
  name: "telling",
  summary: "whether the time of an answer tells if an address has an account",
  isDefault: false,
  async run({ root, progress }: BenchContext) {
    const dataDir = path.join(await scratchFolder(), "data");
    progress("starting");
    const product = await startProduct({
      root,
      dataDir,
      env: {
        RATE_LIMIT_FACTOR: "0",
        FREE_COLLECTIONS: "1000000",
        FREE_COLLABORATORS_PER_COLLECTION: "1000000",
      },
    });
    const account = await openAccount(product.origin);
    const database = new pg.Client({ connectionString: await ownerUrl(dataDir) });
    await database.connect();
    atEnd(() => database.end());
    const post = (address: string, body: unknown, { headers }: Pick<Account, "headers">) =>
      timed(product.origin + address, body, headers);
    const results: Result[] = [];
    for (const { name, send } of await requests(account, post)) {
      const known = await seed(database, SAMPLES + WARM_UP);
      const unknown = known.map(() => newAddress());
      progress(name);
      const times = { known: [] as number[], unknown: [] as number[] };
      for (let n = 0; n < known.length; n += 1) {
        const kinds = n % 2 === 0 ? (["known", "unknown"] as const) : (["unknown", "known"] as const);
        for (const kind of kinds) {
          const ms = await send({ known, unknown }[kind][n]!, n);
          if (n >= WARM_UP) times[kind].push(ms);
        }
      }
      results.push({ name, ...times, auc: areaUnderCurve(times.known, times.unknown) });
    }
    await product.stop();
    return report(results);
  },
};

interface Result {
  name: string;
  known: number[];
  unknown: number[];
  auc: number;
}

type Post = (address: string, body: unknown, account: Pick<Account, "headers">) => Promise<number>;

async function requests(account: Account, post: Post) {
  const nobody = { headers: {} };
  const collections: string[] = [];
  for (let n = 0; n < 50; n += 1)
    collections.push((await account.call<{ id: string }>("POST", "/collections", { name: `Bench ${n}` })).id);
  return [
    {
      name: "invite",
      send: (email: string, n: number) =>
        post(
          `/api/v1/collections/${collections[n % collections.length]}/collaborators`,
          { email, role: "viewer" },
          account,
        ),
    },
    {
      name: "register",
      send: (email: string) =>
        post("/api/v1/auth/register", { email, name: "Somebody", password: "a long enough one" }, nobody),
    },
    {
      name: "reset",
      send: (email: string) => post("/api/v1/auth/password-reset", { email }, nobody),
    },
    {
      name: "magic link",
      send: (email: string) => post("/api/v1/auth/magic-link", { email }, nobody),
    },
  ];
}

async function timed(url: string, body: unknown, headers: Record<string, string>): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  const ms = performance.now() - startedAt;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return ms;
}

const newAddress = () => `${randomBytes(8).toString("hex")}@example.org`;

/** People of other workspaces than the one who asks. */
async function seed(database: pg.Client, people: number): Promise<string[]> {
  const addresses = Array.from({ length: people }, newAddress);
  await database.query(
    `WITH w AS (INSERT INTO workspaces (name) VALUES ('Others') RETURNING id)
     INSERT INTO users (workspace_id, workspace_role, email, email_normalized, name, email_verified_at)
       SELECT w.id, 'member', a, a, 'Somebody', now() FROM w, unnest($1::text[]) a`,
    [addresses],
  );
  return addresses;
}

/** How often a time of the one kind is above one of the other, ties counting half: 0.5 tells nothing. At least 0.5. */
export function areaUnderCurve(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((ms) => ({ ms, isOne: true })), ...other.map((ms) => ({ ms, isOne: false }))].sort(
    (a, b) => a.ms - b.ms,
  );
  let sum = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]!.ms === all[from]!.ms) to += 1;
    for (let at = from; at < to; at += 1) if (all[at]!.isOne) sum += (from + 1 + to) / 2;
    from = to;
  }
  const area = (sum - (one.length * (one.length + 1)) / 2) / (one.length * other.length);
  return Math.max(area, 1 - area);
}

function report(results: Result[]) {
  const rows = results.map(({ name, known, unknown, auc }) => [
    name,
    `${figure(median(known))} ms`,
    `${figure(median(unknown))} ms`,
    ratio(auc),
    auc <= TARGET ? "met" : "missed",
  ]);
  const text = [
    table([[`${2 * SAMPLES} samples each`, "known", "unknown", "AUC", `target ${TARGET}`], ...rows]),
    "",
    "  AUC: how well the time alone tells the one from the other; 0.5 is not at all.",
  ].join("\n");
  return { text, data: results.map(({ name, auc }) => ({ name, auc })) };
}

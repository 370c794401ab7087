import type pg from "pg";
import type { UserActor } from "#lib/authz/actor.ts";
import { listDocuments } from "#lib/documents/index.ts";
import { beginAs } from "#lib/db/context.ts";
import { byHand, forms } from "../db/by-hand.ts";
import { isWork, record } from "../db/recorder.ts";
import { median } from "../statistics.ts";
import { type Loop, makeLoop, type Role, timeInTurns, type Timing, timingOf } from "./loops.ts";
import type { World } from "./worlds.ts";

export const columns = `d.id, d.collection_id, d.name, d.content_type, d.size_bytes, d.status, d.page_count, d.access_mode,
  d.owner_id, d.version, d.created_at, d.updated_at`;
const live = "d.deleted_at IS NULL AND d.status <> 'pending'";
const PAGE = 50;
/** Counts end here: "50+". */
const COUNTED = PAGE + 1;

const asked = {
  "newest 50 of all": `SELECT ${columns} FROM documents d WHERE ${live} ORDER BY d.id DESC LIMIT ${PAGE}`,
  "count of all, to 51": `SELECT count(*) FROM (SELECT FROM documents d WHERE ${live} LIMIT ${COUNTED}) c`,
  "newest 50 of a collection": `SELECT ${columns} FROM documents d WHERE d.collection_id = $1 AND ${live} ORDER BY d.id DESC LIMIT ${PAGE}`,
  "count of a collection, to 51": `SELECT count(*) FROM (SELECT FROM documents d WHERE d.collection_id = $1 AND ${live} LIMIT ${COUNTED}) c`,
};

export interface ReadLine {
  who: string;
  /** The share of all live documents that they may view. */
  visible: number;
  what: string;
  rls: Timing;
  byHand: Timing;
}
/** The product's own statement for a page of everything shared with a person. */
export interface PageLine {
  who: string;
  rows: number;
  page: Timing;
}
export interface Reads {
  lines: ReadLine[];
  pages: PageLine[];
  points: PointLine[];
}
/** One document by id: as a named statement over a connection with its answer, and executed in the server alone. */
export interface PointLine {
  who: string;
  asked: { rls: Timing; unrestricted: Timing };
  executed: { rls: Timing; unrestricted: Timing };
}

interface Clients {
  app: pg.Client;
  owner: pg.Client;
  /**
   * Switches between both roles. Both sides of a comparison run in one process of the server, because one of two processes
   * is faster for minutes by chance.
   */
  both: pg.Client;
}

/** Lists, counts and point reads under the policies, compared with the rule in the query and with no rule. */
export async function measureReads(
  { people }: World,
  clients: Clients,
  { rounds, progress }: { rounds: number; progress(line: string): void },
): Promise<Reads> {
  const { app, owner, both } = clients;
  const readers = {
    nested: people.nested,
    direct: people.direct,
    colleague: people.colleague,
    guest: people.guest,
  };
  const lines: ReadLine[] = [];
  const pages: PageLine[] = [];
  const total = await seen(
    owner,
    people.nested,
    `SELECT count(*)::int AS value FROM documents d WHERE ${live}`,
  );
  for (const [who, actor] of Object.entries(readers)) {
    progress(`lists of ${who}`);
    const visible = await seen(app, actor, `SELECT count(*)::int AS value FROM documents d WHERE ${live}`);
    const args = await collectionsOf(app, actor);
    for (const [what, text] of Object.entries(asked)) {
      const rls = await makeLoop(owner, both, text, actor, "sheaf_app");
      const written = await faster(clients, text, actor, args);
      const timed = await timeInTurns({ rls: { loop: rls, args }, byHand: { loop: written, args } }, rounds);
      lines.push({ who, visible: visible / total, what, ...timed });
    }
    pages.push({ who, ...(await pageOf(clients, actor, rounds)) });
  }
  const points: PointLine[] = [];
  for (const [who, actor] of Object.entries({ nested: people.nested, colleague: people.colleague })) {
    progress(`single documents of ${who}`);
    points.push({ who, ...(await pointsOf(clients, actor, rounds)) });
  }
  return { lines, pages, points };
}

async function pointsOf({ app, owner, both }: Clients, actor: UserActor, rounds: number) {
  const text = `SELECT ${columns} FROM documents d WHERE d.id = $1`;
  const args = await documentsOf(app, actor);
  const executed = await timeInTurns(
    {
      rls: { loop: await makeLoop(owner, both, text, actor, "sheaf_app"), args },
      unrestricted: { loop: await makeLoop(owner, both, text, actor, "sheaf_owner"), args },
    },
    rounds,
  );
  const asking = { rls: [] as number[][], unrestricted: [] as number[][] };
  const sides = [
    ["rls", "sheaf_app"],
    ["unrestricted", "sheaf_owner"],
  ] as const;
  // the first turns warm up this process, which takes longer than warming up the server
  for (let turn = -6; turn < rounds * 6; turn++)
    for (const [name, role] of turn % 2 ? sides : sides.toReversed()) {
      const samples = await askEach(both, role, actor, text, args);
      if (turn >= 0) asking[name].push(samples);
    }
  return { executed, asked: { rls: timingOf(asking.rls), unrestricted: timingOf(asking.unrestricted) } };
}

/** Runs a named statement for each argument in the product's transaction. Microseconds each. */
async function askEach(
  client: pg.Client,
  role: Role,
  actor: UserActor,
  text: string,
  args: string[],
): Promise<number[]> {
  const samples: number[] = [];
  await client.query(beginAs(actor));
  await client.query(`SET LOCAL ROLE ${role}`);
  for (const id of args) {
    const at = performance.now();
    await client.query({ name: `point_as_${role}`, text, values: [id], rowMode: "array" });
    samples.push((performance.now() - at) * 1000);
  }
  await client.query("COMMIT");
  return samples;
}

/** The form of the rule by hand that is faster for this statement. */
async function faster(
  { owner, both }: Clients,
  text: string,
  actor: UserActor,
  args: string[],
): Promise<Loop> {
  const found: { loop: Loop; us: number }[] = [];
  for (const form of forms) {
    const loop = await makeLoop(owner, both, byHand(form, text, "$2"), actor, "sheaf_owner");
    await loop.run(args, Math.ceil(8 / args.length));
    found.push({ loop, us: median(await loop.run(args, 2)) });
  }
  return found.toSorted((a, b) => a.us - b.us)[0]!.loop;
}

async function pageOf({ app, owner }: Clients, actor: UserActor, rounds: number) {
  const text = await pageStatement(owner, actor);
  const loop = await makeLoop(owner, app, text, actor);
  const { page } = await timeInTurns({ page: { loop, args: [actor.id] } }, rounds);
  return { page, rows: await seen(app, actor, `SELECT count(*)::int AS value FROM (${text}) q`) };
}

/** The product's statement for a page of "shared with me", with its values written in. */
export async function pageStatement(client: pg.Client, actor: UserActor): Promise<string> {
  const sent = await record(() => listDocuments(actor, { scope: "shared" }));
  const { text, values } = sent.findLast(isWork)!;
  return text.replaceAll(/\$(\d+)/g, (_, number: string) => {
    const value = values[Number(number) - 1];
    return value === null || value === undefined ? "NULL" : client.escapeLiteral(String(value));
  });
}

async function ask<Row extends object>(client: pg.Client, actor: UserActor, text: string): Promise<Row[]> {
  await client.query(beginAs(actor));
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.query("COMMIT");
  }
}
const seen = async (client: pg.Client, actor: UserActor, text: string) =>
  (await ask<{ value: number }>(client, actor, text))[0]!.value;

/** Collections of ordinary size with documents that somebody sees. */
const collectionsOf = async (app: pg.Client, actor: UserActor) =>
  (
    await ask<{ id: string }>(
      app,
      actor,
      `SELECT d.collection_id AS id FROM (SELECT * FROM documents d WHERE ${live} ORDER BY d.id DESC LIMIT 1000) d GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 20`,
    )
  ).map(({ id }) => id);
/** Documents spread over everything that somebody sees. */
export const documentsOf = async (app: pg.Client, actor: UserActor) =>
  (
    await ask<{ id: string }>(
      app,
      actor,
      `SELECT id FROM (SELECT d.id, row_number() OVER (ORDER BY md5(d.id::text)) AS n FROM documents d WHERE ${live}) d WHERE n <= 200`,
    )
  ).map(({ id }) => id);

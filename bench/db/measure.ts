import type pg from "pg";
import { beginAs } from "#lib/db/context.ts";
import { median, percentile } from "../statistics.ts";
import { byHand, type Form, forms } from "./by-hand.ts";
import { explainPrepared, type PlanView } from "./plan.ts";
import { isWork, record, type Sent } from "./recorder.ts";
import type { Asked } from "./verbs.ts";

/** PostgreSQL settles on a named statement's plan after five executions; connections also warm their caches. */
const WARM_UP = 12;
/** How long each variant is repeated in each round. */
const ROUND_MS = 120;
const MOST_PER_ROUND = 200;
const LEAST_PER_ROUND = 3;

export interface Timing {
  /** The fastest tenth takes at most this. Nearly undisturbed, because other load only adds time. */
  p10Ms: number;
  p50Ms: number;
  p95Ms: number;
  samples: number;
}

export interface Measured {
  label: string;
  rows: number;
  /** Messages to the database for one call, with those that begin and end the transaction. Each is a round trip. */
  roundTrips: number;
  /** The whole verb: transaction, all its statements, mapping. */
  verb: Timing;
  /** Its main statement alone, as `sheaf_app` under the policies. */
  query: Timing;
  /** For verbs that call a function: the same as a statement over the tables, filtered by the policies. */
  plain?: Timing;
  /** The plain statement as the tables' owner, with the faster form of the rule written into it. */
  byHand: Timing;
  /** Time by hand divided by the product's, each at its p10. 1 is as fast; above 1 the product is faster. */
  byHandToQuery: number;
  plans?: { query: PlanView; byHand: PlanView };
}

interface Prepared {
  asked: Asked;
  begin: string;
  roundTrips: number;
  rows: number;
  query: Statement;
  plain?: Statement;
  byHand: Statement;
}
interface Statement {
  client: pg.Client;
  name: string;
  text: string;
  values: unknown[];
}

const ways = ["verb", "query", "plain", "byHand"] as const;
type Way = (typeof ways)[number];

/** Times every verb in these variants, alternately, so that other load hits them alike. */
export async function measure(
  verbs: Asked[],
  clients: { app: pg.Client; owner: pg.Client },
  options: { rounds: number; plans: boolean; progress(line: string): void },
): Promise<Measured[]> {
  const prepared: Prepared[] = [];
  for (const asked of verbs) prepared.push(await prepare(asked, prepared.length, clients));
  const times = prepared.map(
    () => ({ verb: [], query: [], plain: [], byHand: [] }) as Record<Way, number[][]>,
  );
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`round ${round} of ${options.rounds}`);
    for (const [i, each] of prepared.entries())
      for (const way of ways.filter((one) => one === "verb" || each[one]))
        times[i]![way].push(await repeat(() => timeOnce(each, way)));
  }
  const results: Measured[] = [];
  for (const [i, each] of prepared.entries()) {
    const own = times[i]!;
    const timing = (way: Way): Timing => ({
      p10Ms: percentile(own[way].flat(), 0.1),
      p50Ms: percentile(own[way].flat(), 0.5),
      p95Ms: percentile(own[way].flat(), 0.95),
      samples: own[way].flat().length,
    });
    const [query, written] = [timing("query"), timing("byHand")];
    results.push({
      label: each.asked.label,
      rows: each.rows,
      roundTrips: each.roundTrips,
      verb: timing("verb"),
      query,
      ...(each.plain && { plain: timing("plain") }),
      byHand: written,
      byHandToQuery: written.p10Ms / query.p10Ms,
      ...(options.plans && {
        plans: { query: await explain(each, "query"), byHand: await explain(each, "byHand") },
      }),
    });
  }
  return results;
}

async function prepare(
  asked: Asked,
  number: number,
  { app, owner }: { app: pg.Client; owner: pg.Client },
): Promise<Prepared> {
  const sent = await record(asked.call);
  const main = mainStatement(sent, asked.label);
  const begin = beginAs(asked.actor);
  const query = { client: app, name: `query_${number}`, ...main };
  const plain = asked.plain && { client: app, name: `plain_${number}`, ...asked.plain };
  const rival = asked.plain ?? main;
  const written = forms.map((form) => ({
    client: owner,
    name: `by_hand_${number}_${form}`,
    text: byHand(form, rival.text, `$${rival.values.length + 1}::uuid`),
    values: [...rival.values, asked.actor.id],
    form,
  }));
  for (let i = 0; i < WARM_UP; i++) {
    await asked.call();
    for (const statement of [query, ...(plain ? [plain] : []), ...written]) await ask(statement, begin);
  }
  const { rows } = await ask(query, begin);
  const typicalMs = new Map<Form, number>();
  for (const statement of written) {
    const answers = [];
    for (let i = 0; i < WARM_UP; i++) answers.push(await ask(statement, begin));
    if (answers[0]!.rows !== rows)
      throw new Error(`${asked.label}: ${rows} rows, and ${answers[0]!.rows} by hand`);
    typicalMs.set(statement.form, median(answers.map(({ ms }) => ms)));
  }
  const best = written.toSorted((a, b) => typicalMs.get(a.form)! - typicalMs.get(b.form)!)[0]!;
  return { asked, begin, roundTrips: sent.length, rows, query, ...(plain && { plain }), byHand: best };
}

/** The statement that lists or reads. Those before it decide whether it is sent. */
function mainStatement(sent: Sent[], label: string): Sent {
  const found = sent.findLast(
    (one) =>
      isWork(one) &&
      /\b(FROM|JOIN)\s+(documents d|collections c|app\.(list|read|collection)_\w+)/.test(one.text),
  );
  if (!found)
    throw new Error(`${label}: no statement to measure among\n${sent.map(({ text }) => text).join("\n")}`);
  return found;
}

/** Runs one statement in the product's transaction and times that statement with its round trip. */
async function ask(
  { client, name, text, values }: Statement,
  begin: string,
): Promise<{ ms: number; rows: number }> {
  await client.query(begin);
  const at = performance.now();
  const result = await client.query({ name, text, values, rowMode: "array" });
  const ms = performance.now() - at;
  await client.query("COMMIT");
  return { ms, rows: result.rows.length };
}

async function timeOnce(each: Prepared, way: Way): Promise<number> {
  if (way !== "verb") return (await ask(each[way]!, each.begin)).ms;
  const at = performance.now();
  await each.asked.call();
  return performance.now() - at;
}

async function repeat(once: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  const deadline = performance.now() + ROUND_MS;
  while (
    samples.length < LEAST_PER_ROUND ||
    (samples.length < MOST_PER_ROUND && performance.now() < deadline)
  )
    samples.push(await once());
  return samples;
}

async function explain({ begin, ...each }: Prepared, way: "query" | "byHand"): Promise<PlanView> {
  const { client, name, values } = each[way];
  await client.query(begin);
  try {
    return await explainPrepared(client, name, values);
  } finally {
    await client.query("COMMIT");
  }
}

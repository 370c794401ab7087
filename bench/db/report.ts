import type { BenchResult } from "../bench.ts";
import { count, figure, ratio, table } from "../table.ts";
import type { Measured } from "./measure.ts";
import type { PlanView } from "./plan.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { WorldSize } from "./world.ts";

/** The most that a list should take in the database. */
const SLOW_MS = 5;

interface Found {
  size: WorldSize;
  counts: Record<string, number>;
  seedSeconds: number;
  rounds: number;
  measured: Measured[];
  roundTrips: RoundTrips[];
}

export function report(found: Found): BenchResult {
  const { counts, seedSeconds, measured, roundTrips, rounds } = found;
  const size = Object.entries(counts).map(([name, number]) => `${count(number)} ${name}`);
  const rows = measured.map(({ label, rows, roundTrips, verb, query, plain, byHand, byHandToQuery }) => [
    label,
    String(rows),
    figure(verb.p10Ms),
    figure(query.p10Ms),
    figure(query.p50Ms),
    figure(query.p95Ms),
    plain ? figure(plain.p10Ms) : "",
    figure(byHand.p10Ms),
    ratio(byHandToQuery),
    String(roundTrips),
    query.p10Ms > SLOW_MS ? "slow" : "",
  ]);
  const header = [
    "",
    "rows",
    "verb ms",
    "query ms",
    "p50",
    "p95",
    "plain ms",
    "by hand ms",
    "by hand ÷ query",
    "round trips",
    "",
  ];
  const slow = measured.filter(({ query }) => query.p10Ms > SLOW_MS).map(({ label }) => label);
  const text = [
    `  ${size.join(", ")}; seeded in ${seedSeconds.toFixed(0)} s.`,
    "",
    table([header, ...rows]),
    "",
    "  query: the verb's main statement as sheaf_app under the policies; plain: where that asks a function, the same page as a",
    "  statement over the tables under the policies; by hand: that one as the owner, with the rule of who may view written",
    "  into it in its faster form. The times are the 10th percentile, which a busy machine disturbs",
    `  least, beside the query's median and p95, of ${rounds} rounds in turns; one connection each, named statements.`,
    slow.length > 0
      ? `  Slower than ${SLOW_MS} ms in the database: ${slow.join("; ")}.`
      : `  No query takes longer than ${SLOW_MS} ms in the database.`,
    "",
    table([["round trips of one call", "messages", "transactions"], ...roundTrips.map(tripRow)]),
    "",
    "  Messages count those that begin and end a transaction. Over HTTP comes one more, which tells who is calling.",
    ...measured.flatMap(({ label, plans }) => (plans ? ["", `  ${label}`, ...planLines(plans)] : [])),
  ].join("\n");
  return { text, data: found };
}

const tripRow = ({ verb, messages, transactions }: RoundTrips) => [
  verb,
  String(messages),
  String(transactions),
];

const planLines = (plans: { query: PlanView; byHand: PlanView }) =>
  (["query", "byHand"] as const).flatMap((way) => {
    const { executionMs, planningMs, buffers, highlights } = plans[way];
    const name = way === "query" ? "query" : "by hand";
    return [
      `    ${name}: ${figure(executionMs)} ms, planned in ${figure(planningMs)} ms, ${count(buffers)} buffers`,
      ...highlights.map((line) => `      ${line}`),
    ];
  });

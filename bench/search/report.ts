import type { BenchResult } from "../bench.ts";
import { median, percentile } from "../statistics.ts";
import { count, figure, ratio, table } from "../table.ts";

export interface Question {
  label: string;
  queries: string[];
}

/** The goals, decided before anything was measured. */
const goals = { p95Ms: 30, memberToOwner: 1.5 };
const who = ["owner", "member", "guest"];
const met = (isMet: boolean) => (isMet ? "met" : "MISSED");

export function report(measured: {
  documents: number;
  seedSeconds: number;
  sizes: Record<"index" | "table", number>;
  questions: Question[];
  /** Milliseconds of each search, by round. */
  taken: Map<string, number[][]>;
  /** What the first query of each kind finds on its page. */
  found: Record<string, number>;
}): BenchResult {
  const { documents, seedSeconds, sizes, questions, taken, found } = measured;
  const lines = questions.flatMap(({ label }) => {
    const of = (person: string) => taken.get(`${label} ${person}`)!;
    // within each round, so that a slow moment of the machine slows both
    const times = median(of("member").map((round, i) => median(round) / median(of("owner")[i]!)));
    return who.map((person) => {
      const all = of(person).flat();
      const p95Ms = percentile(all, 0.95);
      return {
        ...{ label, person, hits: found[`${label} ${person}`]!, p10Ms: percentile(all, 0.1) },
        ...{ p50Ms: median(all), p95Ms, timesOwner: person === "member" ? times : null },
      };
    });
  });
  return {
    text: [
      `${count(documents)} documents, seeded in ${count(seedSeconds)} s; the index has ${count(sizes.index)} MB, the entries ${count(sizes.table)} MB`,
      table([
        [
          "the first page of",
          "by",
          "found",
          "p10 ms",
          "p50 ms",
          "p95 ms",
          `≤ ${goals.p95Ms}`,
          "× owner",
          `≤ ${goals.memberToOwner}`,
        ],
        ...lines.map(({ label, person, hits, p10Ms, p50Ms, p95Ms, timesOwner }) => [
          ...[
            person === "owner" ? label : "",
            person,
            String(hits),
            figure(p10Ms),
            figure(p50Ms),
            figure(p95Ms),
          ],
          met(p95Ms <= goals.p95Ms),
          ...(timesOwner === null ? ["", ""] : [ratio(timesOwner), met(timesOwner <= goals.memberToOwner)]),
        ]),
      ]),
    ].join("\n\n"),
    data: { documents, seedSeconds, sizes, lines },
  };
}

import type { BenchResult } from "../bench.ts";
import { median, percentile, range } from "../statistics.ts";
import { count, figure, ratio, table } from "../table.ts";

const labels = {
  empty: "empty handler (GET /api/health/live)",
  document: "GET /documents/{id}",
  collections: "GET /collections",
  rename: "PATCH /documents/{id} (rename)",
  grant: "POST …/collaborators (grant)",
  revoke: "DELETE …/collaborators/{id} (revoke)",
  upload: "upload-url + confirm",
  announce: "  upload-url alone",
  confirm: "  confirm alone",
  put: "  PUT between them (not counted)",
};
type Name = keyof typeof labels;

/** One kind of request in one round. */
export interface RoundSample {
  name: Name;
  elapsedMs: number;
  /** Of all the product's processes, its database among them; null where the system does not tell. */
  cpuMs: number | null;
  latenciesMs: Float64Array;
}

interface Figures {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of all cores, per request; NaN where the system does not tell. */
  cpuMs: number;
}

/** One kind of request: medians of its rounds, and of its ratios to the empty handler of the same round. */
interface Line extends Figures {
  name: Name;
  requests: number;
  ratios: Figures;
  /** The least and the most of the rounds' ratios of requests per second. */
  perSecondRatioRange: [least: number, most: number];
}

const figuresOf = ({ elapsedMs, cpuMs, latenciesMs }: RoundSample): Figures => ({
  perSecond: (latenciesMs.length / elapsedMs) * 1000,
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
  cpuMs: cpuMs === null ? NaN : cpuMs / latenciesMs.length,
});

function lineOf(name: Name, rounds: RoundSample[][]): Line {
  const samples = rounds.map((round) => round.find((sample) => sample.name === name)!);
  const own = samples.map(figuresOf);
  const empty = rounds.map((round) => figuresOf(round.find((sample) => sample.name === "empty")!));
  const middle = (figure: keyof Figures) => median(own.map((round) => round[figure]));
  const ratios = (figure: keyof Figures) => own.map((round, i) => round[figure] / empty[i]![figure]);
  return {
    name,
    requests: samples.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0),
    perSecond: middle("perSecond"),
    p50Ms: middle("p50Ms"),
    p99Ms: middle("p99Ms"),
    cpuMs: middle("cpuMs"),
    ratios: {
      perSecond: median(ratios("perSecond")),
      p50Ms: median(ratios("p50Ms")),
      p99Ms: median(ratios("p99Ms")),
      cpuMs: median(ratios("cpuMs")),
    },
    perSecondRatioRange: range(ratios("perSecond")),
  };
}

export function report(
  rounds: RoundSample[][],
  setting: { concurrency: number; uploadBytes: number; collections: number },
): BenchResult {
  const lines = (Object.keys(labels) as Name[]).map((name) => lineOf(name, rounds));
  const rows = lines.map((line) => [
    labels[line.name],
    figure(line.perSecond),
    figure(line.p50Ms),
    figure(line.p99Ms),
    figure(line.cpuMs),
    ratio(line.ratios.perSecond),
    line.perSecondRatioRange.map(ratio).join("–"),
    ratio(line.ratios.p50Ms),
    ratio(line.ratios.p99Ms),
    ratio(line.ratios.cpuMs),
    count(line.requests),
  ]);
  const header = [
    "",
    "per s",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "per s ×",
    "of rounds",
    "p50 ×",
    "p99 ×",
    "CPU ×",
    "samples",
  ];
  const text = [
    table([header, ...rows]),
    "",
    `  × is the ratio to the empty handler of the same round; figures are medians of ${rounds.length} rounds in turns.`,
    `  ${setting.concurrency} clients on open connections, each waiting for its answer; one app process; a personal access token.`,
    `  The person has ${setting.collections} collections; an upload is two calls, with ${count(setting.uploadBytes)} bytes sent between them.`,
    "  CPU is the time that the app, its launcher and its database used of all cores for one, whatever else the machine did.",
    "  Documents are not processed meanwhile, and rates are not limited.",
  ].join("\n");
  return { text, data: { ...setting, rounds: rounds.length, lines } };
}

/** What a run was asked for. */
export interface BenchOptions {
  /** Clients that wait for one answer before they send the next request (http). */
  concurrency: number;
  /** Rounds; what is printed are medians over them. */
  rounds: number;
  /** How long each read is loaded in each round (http). */
  seconds: number;
  /** Documents in the seeded database (db). */
  documents: number;
  /** Print what the query plans spend their time on (db). */
  plans: boolean;
  /** Install with an empty npm cache, as on a machine that never saw these packages (start). */
  coldCache: boolean;
}

export interface BenchContext {
  /** The project's folder. */
  root: string;
  options: BenchOptions;
  /** Tells the person who waits what goes on; not part of the result. */
  progress(line: string): void;
}

export interface BenchResult {
  /** For people: a few lines and tables. */
  text: string;
  /** The same, and the figures behind it, for machines. */
  data: unknown;
}

/** One thing that can be measured by name: `npm run bench -- <name>`. */
export interface Bench {
  name: string;
  summary: string;
  /** Whether it runs when none is named. */
  isDefault: boolean;
  run(context: BenchContext): Promise<BenchResult>;
}

/** The options of a run. */
export interface BenchOptions {
  /** Clients that wait for one answer before they send the next request (http). */
  concurrency: number;
  /** Rounds. Printed figures are medians over them. */
  rounds: number;
  /** How long each read is loaded in each round (http). */
  seconds: number;
  /** Documents in the seeded database (db). */
  documents: number;
  /** Streams that are open at the same time (live). */
  clients: number;
  /** Print where query plans spend their time (db). */
  plans: boolean;
  /** Install with an empty npm cache (start). */
  coldCache: boolean;
}

export interface BenchContext {
  /** The project's folder. */
  root: string;
  options: BenchOptions;
  /** Prints progress; not part of the result. */
  progress(line: string): void;
}

export interface BenchResult {
  /** A few lines and tables for people. */
  text: string;
  /** The same with all figures, for machines. */
  data: unknown;
}

/** One benchmark: `npm run bench -- <name>`. */
export interface Bench {
  name: string;
  summary: string;
  /** Whether it runs without a name on the command line. */
  isDefault: boolean;
  run(context: BenchContext): Promise<BenchResult>;
}

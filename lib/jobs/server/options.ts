/** The part of a structured logger that the job server uses; pino fits. */
export interface JobLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface JobServerOptions {
  /** A role that may create the schema `jobs`; requests of the application never use it. */
  databaseUrl: string;
  /** The application's Inngest endpoint, for example `http://127.0.0.1:3000/api/inngest`. */
  appUrl: string;
  /** Address to listen on for events. Default: loopback only. */
  host?: string;
  /** 0 picks a free port. */
  port: number;
  eventKey: string;
  signingKey: string;
  log?: JobLog;
  /** How many calls to the application may run at once. Default 8. */
  parallel?: number;
  tuning?: Partial<JobTuning>;
}

/** Bounds that only tests and unusual installations change. */
export interface JobTuning {
  /** A claim that was not renewed for this long may be claimed again. Renewed three times as often. */
  leaseMs: number;
  /** The longest time until work that another process stored is noticed. */
  pollMs: number;
  /** How often the application is asked for its functions while it answers. */
  syncMs: number;
  /** Waiting time in seconds after the first, second, … failed attempt; the last one repeats. Inngest's own table. */
  backoffSeconds: readonly number[];
  /** How long finished runs and handled events are kept. An event sent again within that time is recognised. */
  keepDays: number;
  pruneEveryMs: number;
  pruneBatch: number;
  /** How long `stop()` waits for running calls before it returns their claims. */
  stopMs: number;
  /** A step fails after this many claims that ended without an outcome, because their process died. */
  maxLostClaims: number;
}

export const defaultTuning: JobTuning = {
  leaseMs: 15_000,
  pollMs: 1_000,
  syncMs: 15_000,
  backoffSeconds: [15, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200],
  keepDays: 14,
  pruneEveryMs: 60 * 60 * 1_000,
  pruneBatch: 1_000,
  stopMs: 10_000,
  maxLostClaims: 5,
};

export const silentLog: JobLog = { info() {}, warn() {}, error() {} };

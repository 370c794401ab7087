import { type SafeMail } from "../message.ts";

/** A mail that must not go out twice. */
export interface Claim {
  key: string;
  /** Since when somebody tries to send it. */
  at: Date;
  /** To be waited for before the last byte leaves, by a transport that knows no keys. Throws when it must not leave. */
  handOver: () => Promise<void>;
}

/** A way to hand mails over. */
export interface Transport {
  /** Whether sending again with the same key does nothing more: then an attempt whose end nobody saw is repeated. */
  knowsKeys: boolean;
  /** Throws `MailError` when the mail was not taken, or when that is not known. */
  send(mail: SafeMail, claim?: Claim): Promise<void>;
}

/** Why a mail was not taken. */
export class MailError extends Error {
  override name = "MailError";
  /** refused: never will be. unavailable: not now. unknown: it may have been taken. */
  readonly outcome: "refused" | "unavailable" | "unknown";
  readonly retryAfterSeconds: number | undefined;
  constructor(outcome: MailError["outcome"], cause: unknown, retryAfterSeconds?: number) {
    super(`Mail ${outcome}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.outcome = outcome;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

import { type TokenScope } from "./scopes.ts";

/**
 * What a request came with, while only its earlier use says whose it is. Nothing is done for the actor before the
 * database has confirmed it for this request: a read does so in its own message, everything else before it begins.
 */
export class Proof {
  readonly kind: "session" | "token";
  /** What the token may, as it was found before; null for a session. */
  readonly scope: TokenScope | null;
  // private, so that no log and no payload can carry it
  readonly #secret: string | Buffer;
  /** Confirmed for this request. */
  isHeld = false;

  constructor(kind: "session" | "token", secret: string | Buffer, scope: TokenScope | null) {
    this.kind = kind;
    this.scope = scope;
    this.#secret = secret;
  }

  /** What the database knows it by: a session's id, a token's hash. */
  secret(): string | Buffer {
    return this.#secret;
  }
}

import { Agent, type ClientRequest, request } from "node:http";

/** Streams that are open, and when each next event arrives. */
export class Clients {
  readonly #open: ClientRequest[] = [];
  readonly #agent = new Agent({ maxSockets: Infinity });
  #arrived: number[] = [];
  #wanted = 0;
  #done: (times: number[]) => void = () => undefined;

  get count(): number {
    return this.#open.length;
  }

  /** Opens one stream; ends when it has begun. */
  open(origin: string, headers: Record<string, string>): Promise<void> {
    return new Promise((resolve, reject) => {
      const req = request(`${origin}/api/v1/events`, { agent: this.#agent, headers }, (res) => {
        if (res.statusCode !== 200) return reject(new Error(`A stream was answered ${res.statusCode}`));
        this.#open.push(req);
        res.setEncoding("latin1").on("data", (text: string) => {
          if (text.includes('data: {"name":"bench"')) this.#arrive();
        });
        res.on("error", () => undefined);
        resolve();
      });
      req.on("error", reject);
      req.end();
    });
  }

  /** When the next event has arrived at each of them, in milliseconds of `performance.now()`. */
  next(): Promise<number[]> {
    this.#arrived = [];
    this.#wanted = this.#open.length;
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`Only ${this.#arrived.length} of ${this.#wanted} streams heard of an event.`)),
        30_000,
      );
      this.#done = (times) => {
        clearTimeout(late);
        resolve(times);
      };
    });
  }

  close(): void {
    for (const req of this.#open) req.destroy();
  }

  #arrive(): void {
    this.#arrived.push(performance.now());
    if (this.#arrived.length === this.#wanted) this.#done(this.#arrived);
  }
}

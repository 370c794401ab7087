import pg from "pg";

/** One message to the database, as the product sent it. */
export interface Sent {
  text: string;
  values: unknown[];
}

let recording: Sent[] | undefined;

// Before any connection is made: connections remember the method they had.
const prototype = pg.Client.prototype as unknown as { query(...args: unknown[]): unknown };
const send = prototype.query;
prototype.query = function (this: unknown, ...args: unknown[]) {
  if (recording) {
    const [first, second] = args as [string | Partial<Sent>, unknown];
    const text = typeof first === "string" ? first : (first.text ?? "");
    const values = (typeof first === "object" ? first.values : undefined) ?? second;
    recording.push({ text, values: Array.isArray(values) ? values : [] });
  }
  return send.apply(this, args);
};

/** What `work` sends. One at a time. */
export async function record(work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = (recording = []);
  try {
    await work();
  } finally {
    recording = undefined;
  }
  return sent;
}

/** Whether a message asks for something, rather than begins or ends a transaction. */
export const isWork = ({ text }: Sent): boolean => !/^(BEGIN|COMMIT|ROLLBACK)\b/.test(text);

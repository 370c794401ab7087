import pg from "pg";

/** One message of the product to the database. */
export interface Sent {
  text: string;
  values: unknown[];
}

let recording: Sent[] | undefined;

// Loaded before any connection is made, because connections keep the method that they were made with.
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

/** The messages that `work` sends. Only one recording at a time. */
export async function record(work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = (recording = []);
  try {
    await work();
  } finally {
    recording = undefined;
  }
  return sent;
}

/** Whether a message does more than begin or end a transaction. */
export const isWork = ({ text }: Sent): boolean => !/^(BEGIN|COMMIT|ROLLBACK)\b/.test(text);

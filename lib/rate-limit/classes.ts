export interface Limit {
  /** Calls per window. */
  most: number;
  windowSeconds: number;
  /** What is counted: the person (or the address, when not signed in), or always the address. */
  per: "actor" | "address";
  /** Shared by all instances; otherwise each instance counts for itself. */
  isShared: boolean;
}

/**
 * Every route belongs to one of these. The figures leave room for people and stop scripts that guess or flood;
 * `RATE_LIMITS` sets others.
 */
export const rateClasses = {
  read: { most: 3000, windowSeconds: 60, per: "actor", isShared: false },
  write: { most: 600, windowSeconds: 60, per: "actor", isShared: false },
  // as one types, and there are two for each letter when results end short
  search: { most: 600, windowSeconds: 60, per: "actor", isShared: false },
  stream: { most: 120, windowSeconds: 60, per: "actor", isShared: false },
  poll: { most: 6000, windowSeconds: 60, per: "actor", isShared: false },
  signIn: { most: 100, windowSeconds: 300, per: "address", isShared: true },
  register: { most: 100, windowSeconds: 3600, per: "address", isShared: true },
  passwordReset: { most: 10, windowSeconds: 3600, per: "address", isShared: true },
  createCollection: { most: 120, windowSeconds: 3600, per: "actor", isShared: true },
  share: { most: 50, windowSeconds: 3600, per: "actor", isShared: true },
  ask: { most: 20, windowSeconds: 3600, per: "actor", isShared: true },
  // four pages are drawn at a time, in a second or two of a processor
  picture: { most: 400, windowSeconds: 60, per: "address", isShared: false },
  link: { most: 100, windowSeconds: 3600, per: "actor", isShared: true },
  unlock: { most: 300, windowSeconds: 900, per: "address", isShared: true },
  upload: { most: 6000, windowSeconds: 3600, per: "actor", isShared: false },
  export: { most: 30, windowSeconds: 3600, per: "actor", isShared: true },
} as const satisfies Record<string, Limit>;
export type RateClass = keyof typeof rateClasses;

const isRateClass = (name: string): name is RateClass => Object.hasOwn(rateClasses, name);

/**
 * Reads `RATE_LIMITS`, such as `share=100/3600, read=6000/60`: calls per seconds, by class. Throws a sentence for what is
 * none of these.
 */
export function limitsIn(text: string): Partial<Record<RateClass, Pick<Limit, "most" | "windowSeconds">>> {
  const entries = text.split(/[\s,]+/).filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => {
      const [, name = "", most, seconds] = /^(\w+)=(\d{1,9})\/(\d{1,6})$/.exec(entry) ?? [];
      if (!isRateClass(name) || Number(most) < 1 || Number(seconds) < 1)
        throw new Error(
          `"${entry}" is not "class=calls/seconds"; classes are ${Object.keys(rateClasses).join(", ")}`,
        );
      return [name, { most: Number(most), windowSeconds: Number(seconds) }];
    }),
  );
}

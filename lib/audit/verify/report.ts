/** What is wrong with a log, at the first place where it is. */
export interface Fault {
  /**
   * changed: says something else than what was sealed. removed: was sealed and is gone. reordered: stands in another's
   * place. cut: the end is missing. added: was never sealed. unsigned: a checkpoint that none of the keys signed.
   * unreadable: no line of an export.
   */
  kind: "changed" | "removed" | "reordered" | "cut" | "added" | "unsigned" | "unreadable";
  chainId: string | null;
  /** The number of the first broken entry in its chain. */
  seq: number | null;
  eventId: string | null;
  detail: string;
}

export interface Report {
  /** Entries that were looked at, and those of them that a code or a proof covers. */
  entries: number;
  proven: number;
  chains: number;
  /** Checkpoints that the log agrees with. */
  checkpoints: number;
  /** What a reader should know beside. */
  notes: string[];
  /** At most one for each chain, and each checkpoint that is not signed. */
  faults: Fault[];
}

export const emptyReport = (): Report => ({
  entries: 0,
  proven: 0,
  chains: 0,
  checkpoints: 0,
  notes: [],
  faults: [],
});

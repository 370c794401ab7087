import { chainIdOf, type ReadCheckpoint, readCheckpoints } from "../seal/checkpoint.ts";
import { type KeyRing } from "../seal/keys.ts";
import { leafOf, type Part, parts, type SealableEvent } from "../seal/leaf.ts";
import { rootFromPath } from "../seal/merkle.ts";
import { ChainVerifier, changedParts, type FoundEntry } from "./chain.ts";
import { type ExportedEntry, exportLineSchema } from "./format.ts";
import { emptyReport, type Fault, type Report } from "./report.ts";

interface Given {
  /** Texts with checkpoints from elsewhere: mails, copies in the object store. */
  checkpoints?: string[];
  /** What they are verified with. The export names keys itself, but whoever forged it would name theirs. */
  verifierKeys?: string[];
  /** Where they are known, codes are checked, too. */
  keys?: KeyRing | null;
}

/**
 * Verifies an export as JSON Lines, away from the server that made it: that each entry is what was signed, and, where it
 * is all of a chain, that none is missing, moved or cut off. Checkpoints from elsewhere tell whether what was signed later
 * still agrees with what was signed then.
 */
export async function verifyFile(
  lines: AsyncIterable<string>,
  { checkpoints: texts = [], verifierKeys, keys = null }: Given = {},
): Promise<Report> {
  const report = emptyReport();
  const selected = new Selection(report);
  let chain: ChainVerifier | null = null;
  let verifiers = verifierKeys ?? [];
  const signed: ReadCheckpoint[] = [];
  let number = 0;
  let ended: number | null = null;
  /** The chain that this is all of; its first checkpoint comes before its first entry. */
  let whole: { chainId: string } | null = null;
  const admit = (text: string, exportedAt = ""): void => {
    for (const checkpoint of readCheckpoints(text, verifiers))
      if (!checkpoint.isSigned) report.faults.push(unsigned(checkpoint));
      else if (exportedAt && checkpoint.time && checkpoint.time > exportedAt)
        report.notes.push(
          `The checkpoint of ${checkpoint.time} is newer than this export, of ${exportedAt}.`,
        );
      else signed.push(checkpoint);
  };
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    const line = exportLineSchema.safeParse(parsed(text)).data;
    if (!line || (number === 1) !== (line.type === "header") || ended !== null) {
      report.faults.push(unreadable(number));
      continue;
    }
    if (line.type === "header") {
      if (!verifierKeys) {
        verifiers = line.verifierKeys;
        report.notes.push("The keys are those that the file names itself; give the ones you know by --key.");
      }
      for (const given of texts) admit(given, line.exportedAt);
      whole = line.chainId === null ? null : { chainId: line.chainId };
      if (!whole) report.notes.push("This is a selection: what is missing from it is not found.");
    } else if (line.type === "checkpoint") admit(line.note);
    else if (line.type === "end") ended = line.count;
    else {
      report.entries += 1;
      if (whole) {
        chain ??= new ChainVerifier(whole.chainId, { keys, checkpoints: ofChain(signed, whole.chainId) });
        const found = line.proof?.chainId === whole.chainId ? foundEntry(line) : null;
        if (found) chain.add(found);
        else report.faults.push(unreadable(number));
      } else selected.add(line, signed);
    }
  }
  if (ended === null || ended !== report.entries)
    report.faults.push({
      ...{ kind: "cut", chainId: whole?.chainId ?? null, seq: report.entries + 1, eventId: null },
      detail:
        ended === null
          ? `The file ends after ${report.entries} entries, without its last line`
          : `The file says that it has ${ended} entries, ${report.entries} are there`,
    });
  if (whole) {
    chain ??= new ChainVerifier(whole.chainId, { keys, checkpoints: ofChain(signed, whole.chainId) });
    const fault = chain.end();
    if (fault) report.faults.unshift(fault);
    report.proven = chain.provenCount;
    report.chains = 1;
    report.checkpoints = chain.agreedCheckpoints;
    if (report.checkpoints === 0) report.notes.push("No checkpoint covers this chain.");
  } else selected.end();
  return report;
}

const ofChain = (checkpoints: ReadCheckpoint[], chainId: string) =>
  checkpoints.filter((checkpoint) => chainIdOf(checkpoint) === chainId);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Entries of any chains in any order: each is looked at by itself. */
class Selection {
  readonly #report: Report;
  readonly #broken = new Set<string>();
  readonly #chains = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  add(line: ExportedEntry, signed: ReadCheckpoint[]): void {
    const { proof } = line;
    if (!proof) return;
    this.#chains.add(proof.chainId);
    const kind = faultOf(line, proof, ofChain(signed, proof.chainId));
    if (!kind) this.#report.proven += 1;
    else if (!this.#broken.has(proof.chainId)) {
      this.#broken.add(proof.chainId);
      this.#report.faults.push({ chainId: proof.chainId, seq: proof.seq, eventId: line.id, ...kind });
    }
  }

  end(): void {
    const { entries, proven, notes } = this.#report;
    this.#report.chains = this.#chains.size;
    if (entries > proven && this.#broken.size === 0)
      notes.push(`${entries - proven} entries were not sealed yet when this was exported.`);
  }
}

function faultOf(
  line: ExportedEntry,
  proof: NonNullable<ExportedEntry["proof"]>,
  signed: ReadCheckpoint[],
): Pick<Fault, "kind" | "detail"> | null {
  const found = foundEntry(line)!;
  const event = found.event!;
  const changed = changedParts(found, event);
  if (changed.length > 0)
    return { kind: "changed", detail: `Other than what was sealed: ${changed.join(", ")}` };
  const checkpoint = signed.find(({ size }) => size === proof.size);
  if (!checkpoint) return { kind: "unsigned", detail: `No signed checkpoint over ${proof.size} entries` };
  const leaf = leafOf(event, { ...proof, commitments: found.commitments });
  const root = rootFromPath(leaf, proof.seq - 1, proof.size, found.proof!.path);
  return root?.equals(checkpoint.root) ? null : { kind: "changed", detail: "It is not what was signed" };
}

const bytes = (hex: string) => Buffer.from(hex, "hex");

function foundEntry(line: ExportedEntry): FoundEntry | null {
  const { proof } = line;
  if (!proof) return null;
  const { salts, commitments } = proof;
  return {
    seq: proof.seq,
    eventId: line.id,
    event: eventOf(line, proof.isApart),
    commitments: Buffer.concat(parts.map((part) => bytes(commitments[part]))),
    salts: Object.fromEntries(
      parts.map((part) => [part, salts[part] === undefined ? null : bytes(salts[part])]),
    ) as Record<Part, Uint8Array | null>,
    keyId: proof.keyId,
    mac: bytes(proof.mac),
    proof: { size: proof.size, path: proof.path.map(bytes) },
  };
}

const eventOf = (line: ExportedEntry, isApart: boolean): SealableEvent => ({
  id: line.id,
  action: line.action,
  actorKind: line.actor.kind,
  actorId: line.actor.id,
  actorEmail: line.actor.email,
  subjectType: line.subject?.type ?? null,
  subjectId: line.subject?.id ?? null,
  subjectEmail: line.subject?.email ?? null,
  resourceType: line.resource?.type ?? null,
  resourceId: line.resource?.id ?? null,
  resourceName: line.resource?.name ?? null,
  collectionId: line.collection?.id ?? null,
  isApart,
  metadata: line.metadata,
  ip: line.ip,
  requestId: line.requestId,
  timestamp: line.timestamp,
});

const unsigned = (checkpoint: ReadCheckpoint): Fault => ({
  ...{ kind: "unsigned", chainId: chainIdOf(checkpoint), seq: null, eventId: null },
  detail: `The checkpoint over ${checkpoint.size} entries is signed by none of the keys`,
});

const unreadable = (number: number): Fault => ({
  ...{ kind: "unreadable", chainId: null, seq: null, eventId: null },
  detail: `Line ${number} is no line of an export`,
});

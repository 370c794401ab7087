import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowingChain } from "../seal/chain.ts";
import { readCheckpoints, type ReadCheckpoint, signCheckpoint, verifierKey } from "../seal/checkpoint.ts";
import { KeyRing } from "../seal/keys.ts";
import { commitmentIn, leafOf, type Part, parts, saltOf, type SealableEvent } from "../seal/leaf.ts";
import { BLOCK_LEAVES, Frontier, Prover } from "../seal/merkle.ts";
import { ChainVerifier, type FoundEntry } from "./chain.ts";
import { verifyFile } from "./file.ts";
import { exportLine, type ExportedEntry } from "./format.ts";

const keys = new KeyRing(`2:${"b".repeat(43)},1:${"a".repeat(43)}`);
const name = "sheaf.example/audit";
const verifiers = keys.keys.map(({ publicKey }) => verifierKey(name, publicKey));

const eventArbitrary: fc.Arbitrary<SealableEvent> = fc.record({
  id: fc.uuid(),
  action: fc.constantFrom("permission.granted", "document.renamed", "link.opened"),
  actorKind: fc.constantFrom("user", "visitor", "system"),
  actorId: fc.option(fc.uuid()),
  actorEmail: fc.option(fc.string({ unit: "grapheme" })),
  subjectType: fc.option(fc.constantFrom("user", "link")),
  subjectId: fc.option(fc.uuid()),
  subjectEmail: fc.option(fc.string()),
  resourceType: fc.option(fc.constantFrom("collection", "document")),
  resourceId: fc.option(fc.uuid()),
  resourceName: fc.option(fc.string({ unit: "grapheme" })),
  collectionId: fc.option(fc.uuid()),
  isApart: fc.boolean(),
  // the names in it are the program's own
  metadata: fc.dictionary(
    fc.constantFrom("role", "previous", "new", "name"),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  ),
  ip: fc.option(fc.ipV4()),
  requestId: fc.option(fc.uuid()),
  timestamp: fc
    .date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
});
const historyArbitrary = fc.array(eventArbitrary, { minLength: 3, maxLength: 16 });

/** A chain of events, with a checkpoint at its end and perhaps others on the way; the key changes in the middle. */
function sealed(events: SealableEvent[], signedAt: number[] = []) {
  const chainId = randomUUID();
  const chain = new GrowingChain(chainId);
  const leaves: Buffer[] = [];
  const notes: string[] = [];
  const entries = events.map((event, i): FoundEntry => {
    const key = keys.keys[i * 2 < events.length ? 1 : 0]!;
    const { seq, salts, commitments, leaf, mac } = chain.seal(event, key);
    leaves.push(leaf);
    if (signedAt.includes(seq) || seq === events.length)
      notes.push(
        signCheckpoint(
          {
            origin: `${name}/${chainId}`,
            size: seq,
            root: chain.tree.root(),
            time: "2026-11-30T07:00:00.000Z",
          },
          name,
          [key],
        ),
      );
    return {
      ...{ seq, eventId: event.id, event, commitments, keyId: key.id, mac, proof: null },
      salts: Object.fromEntries(parts.map((part) => [part, saltOf(salts, part)])) as FoundEntry["salts"],
    };
  });
  const source = {
    leaves: (block: number) =>
      Promise.resolve(leaves.slice(block * BLOCK_LEAVES, (block + 1) * BLOCK_LEAVES)),
    blocks: () => Promise.resolve([]),
  };
  return { chainId, entries, notes, prover: new Prover(source, events.length) };
}
type Sealed = ReturnType<typeof sealed>;

const faultIn = (
  { chainId }: Pick<Sealed, "chainId">,
  entries: FoundEntry[],
  {
    checkpoints = [],
    size,
    isKeyed = true,
  }: { checkpoints?: ReadCheckpoint[]; size?: number; isKeyed?: boolean } = {},
) => {
  const verifier = new ChainVerifier(chainId, { keys: isKeyed ? keys : null, checkpoints });
  for (const entry of entries) verifier.add(entry);
  return verifier.end(size);
};

type Tampering = (
  entries: FoundEntry[],
  at: number,
  other: number,
) => { kind: string; seq: number; entries: FoundEntry[] };
const renumbered = (entries: FoundEntry[]) => entries.map((entry, i) => ({ ...entry, seq: i + 1 }));
const changedBy =
  (change: (event: SealableEvent) => Partial<SealableEvent>): Tampering =>
  (entries, at) => ({
    ...{ kind: "changed", seq: at + 1 },
    entries: entries.with(at, {
      ...entries[at]!,
      event: { ...entries[at]!.event!, ...change(entries[at]!.event!) },
    }),
  });
const swapped = (entries: FoundEntry[], a: number, b: number) =>
  entries.with(a, entries[b]!).with(b, entries[a]!);

/** What somebody with the database, or the file, and without the keys can do. */
const tamperings: Record<string, Tampering> = {
  "another action": changedBy(({ action }) => ({ action: `${action}!` })),
  "another actor": changedBy(() => ({ actorId: randomUUID() })),
  "another address": changedBy(({ actorEmail }) => ({ actorEmail: `${actorEmail}x` })),
  "another subject": changedBy(({ subjectEmail }) => ({ subjectEmail: `${subjectEmail}x` })),
  "another name": changedBy(({ resourceName }) => ({ resourceName: `${resourceName}x` })),
  "other details": changedBy(({ metadata }) => ({ metadata: { ...(metadata as object), added: 1 } })),
  "another network": changedBy(({ ip }) => ({ ip: `${ip}1` })),
  "another time": changedBy(() => ({ timestamp: "2031-01-01T00:00:00.000Z" })),
  "another collection": changedBy(() => ({ collectionId: randomUUID() })),
  "closed or not": changedBy(({ isApart }) => ({ isApart: !isApart })),
  "an entry that is gone, its seal still there": (entries, at) => ({
    ...{ kind: "removed", seq: at + 1 },
    entries: entries.with(at, { ...entries[at]!, event: null }),
  }),
  "an entry taken out": (entries, at) => ({
    ...{ kind: at === entries.length - 1 ? "cut" : "removed", seq: at + 1 },
    entries: entries.toSpliced(at, 1),
  }),
  "an entry taken out, the rest numbered anew": (entries, at) => ({
    ...{ kind: at === entries.length - 1 ? "cut" : "removed", seq: at + 1 },
    entries: renumbered(entries.toSpliced(at, 1)),
  }),
  "two in each other's place": (entries, at, other) => ({
    ...{ kind: "reordered", seq: Math.min(at, other) + 1 },
    entries: swapped(entries, at, other),
  }),
  "two in each other's place, numbered anew": (entries, at, other) => ({
    ...{ kind: "reordered", seq: Math.min(at, other) + 1 },
    entries: renumbered(swapped(entries, at, other)),
  }),
  "the end cut off": (entries, at) => ({
    ...{ kind: "cut", seq: Math.max(1, at) + 1 },
    entries: entries.slice(0, Math.max(1, at)),
  }),
};

/** Of a chain as it is, and changed at random places. */
const anyTampering = (
  tamper: Tampering,
  check: (chain: Sealed, tampered: ReturnType<Tampering>) => void | Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(historyArbitrary, fc.nat(), fc.nat(), async (events, a, b) => {
      const chain = sealed(events);
      const at = a % events.length;
      const other = (at + 1 + (b % (events.length - 1))) % events.length;
      await check(chain, tamper(chain.entries, at, other));
    }),
    { numRuns: 20 },
  );

describe("a chain in the database, with the keys", () => {
  it("is whole when nothing was done to it, across a change of keys", () => {
    fc.assert(
      fc.property(historyArbitrary, (events) => {
        const chain = sealed(events, [1, 2]);
        const checkpoints = chain.notes.flatMap((note) => readCheckpoints(note, verifiers));
        expect(checkpoints.every(({ isSigned }) => isSigned)).toBe(true);
        expect(faultIn(chain, chain.entries, { checkpoints })).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it.each(Object.keys(tamperings))("is found out: %s", (name) =>
    anyTampering(tamperings[name]!, (chain, { kind, seq, entries }) => {
      expect(faultIn(chain, entries, { size: chain.entries.length })).toMatchObject({ kind, seq });
    }),
  );

  it("is found out when the commitments were made anew as well", () =>
    anyTampering(tamperings["another name"]!, (chain, { seq, entries }) => {
      const forged = entries.map((entry) =>
        entry.seq === seq ? { ...entry, salts: { ...entry.salts, name: null } } : entry,
      );
      // without its salt the name could be anything: the rest still has to fit
      expect(faultIn(chain, forged)).toBeNull();
      const commitments = Buffer.from(forged[seq - 1]!.commitments);
      commitments[70]! ^= 1;
      expect(faultIn(chain, forged.with(seq - 1, { ...forged[seq - 1]!, commitments }))).toMatchObject({
        kind: "changed",
        seq,
      });
    }));

  it("is whole with people erased from it", () => {
    fc.assert(
      fc.property(historyArbitrary, fc.infiniteStream(fc.subarray([...parts])), (events, erasures) => {
        const chain = sealed(events);
        const erased = chain.entries.map((entry): FoundEntry => {
          const gone = erasures.next().value as Part[];
          const { actorEmail, ip, subjectEmail, resourceName, metadata } = entry.event!;
          return {
            ...entry,
            salts: { ...entry.salts, ...Object.fromEntries(gone.map((part) => [part, null])) },
            event: {
              ...entry.event!,
              ...(gone.includes("actor") ? { actorEmail: null, ip: null } : { actorEmail, ip }),
              subjectEmail: gone.includes("subject") ? null : subjectEmail,
              resourceName: gone.includes("name") ? null : resourceName,
              metadata: gone.includes("details") ? {} : metadata,
            },
          };
        });
        expect(faultIn(chain, erased)).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it("is found out when whoever has the keys wrote all of it anew, by a checkpoint from before", () => {
    fc.assert(
      fc.property(historyArbitrary, fc.nat(), (events, a) => {
        const at = a % events.length;
        const before = sealed(events, [events.length - 1]);
        const chain = new GrowingChain(before.chainId);
        const anew = events.map((event, i): FoundEntry => {
          const told = i === at ? { ...event, action: "something.else" } : event;
          const { seq, salts, commitments, mac } = chain.seal(told, keys.newest);
          return {
            ...{ seq, eventId: event.id, event: told, commitments, keyId: 2, mac, proof: null },
            salts: Object.fromEntries(
              parts.map((part) => [part, saltOf(salts, part)]),
            ) as FoundEntry["salts"],
          };
        });
        expect(faultIn(before, anew)).toBeNull();
        const checkpoints = before.notes.flatMap((note) => readCheckpoints(note, verifiers));
        expect(faultIn(before, anew, { checkpoints })).toMatchObject({ kind: "changed", seq: 1 });
        const short = anew.slice(0, -2);
        expect(faultIn(before, short, { checkpoints })?.kind).toMatch(/cut|changed/);
      }),
      { numRuns: 20 },
    );
  });
});

async function fileOf(
  { chainId, notes, prover }: Sealed,
  entries: FoundEntry[],
  { isWhole = true, path }: { isWhole?: boolean; path?: (entry: FoundEntry) => Promise<Buffer[]> } = {},
): Promise<string[]> {
  const lines = [
    exportLine({
      ...{ type: "header", format: "sheaf-audit-1", exportedAt: "2026-11-30T08:00:00.000Z", scope: {} },
      ...{ chainId: isWhole ? chainId : null, verifierKeys: verifiers },
    }),
    exportLine({ type: "checkpoint", note: notes.at(-1)! }),
  ];
  for (const entry of entries) {
    const { event } = entry;
    if (!event) continue;
    lines.push(
      exportLine({
        ...{ type: "entry", id: event.id, timestamp: event.timestamp, action: event.action },
        actor: {
          ...{ kind: event.actorKind as "user", id: event.actorId, email: event.actorEmail, name: "Anna" },
        },
        subject:
          event.subjectType === null
            ? null
            : { type: event.subjectType, id: event.subjectId, email: event.subjectEmail, name: null },
        resource:
          event.resourceType === null
            ? null
            : { type: event.resourceType, id: event.resourceId, name: event.resourceName },
        collection: event.collectionId === null ? null : { id: event.collectionId, name: null },
        metadata: event.metadata as object as ExportedEntry["metadata"],
        ...{ ip: event.ip, requestId: event.requestId, isHidden: false, seq: entry.seq },
        proof: {
          ...{ chainId, seq: entry.seq, size: Number(notes.at(-1)!.split("\n")[1]), keyId: entry.keyId },
          ...{ isApart: event.isApart, mac: Buffer.from(entry.mac).toString("hex") },
          commitments: Object.fromEntries(
            parts.map((part) => [part, Buffer.from(commitmentIn(entry.commitments, part)).toString("hex")]),
          ) as Record<Part, string>,
          salts: Object.fromEntries(
            parts.flatMap((part) => {
              const salt = entry.salts[part];
              return salt ? [[part, Buffer.from(salt).toString("hex")]] : [];
            }),
          ),
          path: (await (path?.(entry) ?? pathOf(prover, entry))).map((hash) => hash.toString("hex")),
        },
      }),
    );
  }
  lines.push(exportLine({ type: "end", count: lines.length - 2 }));
  return lines;
}
/** As it was exported: entries carry their paths along wherever they are moved. */
const paths = new WeakMap<object, Promise<Buffer[]>>();
const pathOf = (prover: Prover, { mac, seq }: FoundEntry) => {
  const known = paths.get(mac) ?? prover.path(seq - 1);
  paths.set(mac, known);
  return known;
};
async function* each<Item>(items: Item[]): AsyncGenerator<Item> {
  yield* items;
}
const inAFile = (event: SealableEvent): SealableEvent => ({
  ...event,
  // what has no type is not in a file, nor in the log
  subjectId: event.subjectType && event.subjectId,
  subjectEmail: event.subjectType && event.subjectEmail,
  resourceId: event.resourceType && event.resourceId,
  resourceName: event.resourceType && event.resourceName,
});

describe("an export, without the server", () => {
  it("is whole when nothing was done to it", () =>
    fc.assert(
      fc.asyncProperty(historyArbitrary, async (events) => {
        const chain = sealed(events.map(inAFile));
        const lines = await fileOf(chain, chain.entries);
        const report = await verifyFile(each(lines), { verifierKeys: verifiers });
        expect(report).toMatchObject({
          faults: [],
          entries: events.length,
          proven: events.length,
          checkpoints: 1,
        });
        const selection = await fileOf(chain, chain.entries.toReversed(), { isWhole: false });
        expect(await verifyFile(each(selection), { verifierKeys: verifiers })).toMatchObject({
          faults: [],
          proven: events.length,
        });
      }),
      { numRuns: 12 },
    ));

  it.each(Object.keys(tamperings).filter((name) => !name.includes("seal still")))(
    "is found out: %s",
    (tampering) =>
      fc.assert(
        fc.asyncProperty(historyArbitrary, fc.nat(), fc.nat(), async (events, a, b) => {
          const typed = events.map((event) =>
            inAFile({ ...event, subjectType: "user", resourceType: "document" }),
          );
          const chain = sealed(typed);
          await Promise.all(chain.entries.map((entry) => pathOf(chain.prover, entry)));
          const at = a % events.length;
          const other = (at + 1 + (b % (events.length - 1))) % events.length;
          const { kind, seq, entries } = tamperings[tampering]!(chain.entries, at, other);
          const report = await verifyFile(each(await fileOf(chain, entries)), { verifierKeys: verifiers });
          expect(report.faults[0]).toMatchObject({ kind, seq });
        }),
        { numRuns: 12 },
      ),
  );

  it("is found out when it was made anew with another key, or against a checkpoint from before", async () => {
    const events = fc.sample(eventArbitrary, 9).map(inAFile);
    const chain = sealed(events, [5]);
    const other = verifierKey(name, new KeyRing(`3:${"c".repeat(43)}`).newest.publicKey);
    const lines = await fileOf(chain, chain.entries);
    expect((await verifyFile(each(lines), { verifierKeys: [other] })).faults[0]?.kind).toBe("unsigned");
    // by whoever has the keys: another third entry, and everything after it
    const anew = sealed(events.with(2, { ...events[2]!, action: "something.else" }));
    const forged = (await fileOf(anew, anew.entries)).map((line) =>
      line.replaceAll(anew.chainId, chain.chainId),
    );
    const resigned = forged.map((line) => line);
    expect(
      (await verifyFile(each(resigned), { verifierKeys: verifiers, checkpoints: [chain.notes[0]!] }))
        .faults[0],
    ).toBeDefined();
  });

  it("is found out when its last line or its checkpoint is gone, or a line is none", async () => {
    const chain = sealed(fc.sample(eventArbitrary, 5).map(inAFile));
    const lines = await fileOf(chain, chain.entries);
    const kinds = async (changed: string[]) =>
      (await verifyFile(each(changed), { verifierKeys: verifiers })).faults.map(({ kind }) => kind);
    expect(await kinds(lines.slice(0, -1))).toEqual(["cut"]);
    expect(await kinds(lines.toSpliced(1, 1))).toEqual(["unsigned"]);
    expect(await kinds(lines.with(3, "{}"))).toContain("unreadable");
    expect(await kinds(["nonsense"])).toContain("unreadable");
    expect(await kinds([])).toContain("cut");
  });
});

it("roots are over the entries' leaves", () => {
  const [event] = fc.sample(eventArbitrary, 1) as [SealableEvent];
  const { chainId, entries, notes } = sealed([event]);
  const tree = new Frontier();
  tree.append(leafOf(event, { chainId, seq: 1, commitments: entries[0]!.commitments }));
  expect(readCheckpoints(notes[0]!, verifiers)[0]!.root).toEqual(tree.root());
});

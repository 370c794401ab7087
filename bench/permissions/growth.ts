import type pg from "pg";
import { makeShareLoop } from "./changes.ts";
import { makeLoop, type Timing, timingOf } from "./loops.ts";
import { columns, documentsOf, pageStatement } from "./reads.ts";
import type { World, Worlds } from "./worlds.ts";

const asked = ["a page of what is shared", "a document", "check", "grant", "revoke"] as const;
type Asked = (typeof asked)[number];

export interface GrowthLine {
  what: Asked;
  small: Timing;
  large: Timing;
}

/** Microseconds of each time something was asked in one turn. */
type Samplers = Record<Asked, () => Promise<number[]>>;

/** The same questions of the same person in a world of a thousand grants and in one of a million, in turns. */
export async function measureGrowth(
  worlds: Worlds,
  clients: Record<keyof Worlds, { app: pg.Client; owner: pg.Client }>,
  { rounds, progress }: { rounds: number; progress(line: string): void },
): Promise<GrowthLine[]> {
  progress("growth");
  const names = ["small", "large"] as const;
  const page = await pageStatement(clients.large.owner, worlds.large.people.ordinary);
  const ask: Record<keyof Worlds, Samplers> = {
    small: await samplers(
      worlds.small,
      clients.small,
      page.replaceAll(worlds.large.people.ordinary.id, worlds.small.people.ordinary.id),
    ),
    large: await samplers(worlds.large, clients.large, page),
  };
  const lines: GrowthLine[] = [];
  for (const what of asked) {
    const turns: Record<keyof Worlds, number[][]> = { small: [], large: [] };
    for (let turn = -2; turn < rounds * 4; turn++)
      for (const name of turn % 2 ? names : names.toReversed()) {
        const taken = await ask[name][what]();
        if (turn >= 0) turns[name].push(taken);
      }
    lines.push({ what, small: timingOf(turns.small), large: timingOf(turns.large) });
  }
  return lines;
}

async function samplers(
  world: World,
  clients: { app: pg.Client; owner: pg.Client },
  page: string,
): Promise<Samplers> {
  const { app, owner } = clients;
  const { ordinary } = world.people;
  const documents = await documentsOf(app, ordinary);
  const loop = (text: string) => makeLoop(owner, app, text, ordinary);
  const list = await loop(page);
  const read = await loop(`SELECT ${columns} FROM documents d WHERE d.id = $1`);
  const check = await loop("SELECT rights FROM app.access_place(NULL, $1) WHERE NOT is_trashed");
  const shares = await makeShareLoop(clients, world);
  return {
    "a page of what is shared": () => list.run([ordinary.id], 40),
    "a document": () => read.run(documents, 1),
    check: () => check.run(documents, 1),
    grant: async () => (await shares.share()).given,
    revoke: async () => (await shares.share()).taken,
  };
}

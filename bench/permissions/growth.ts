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

type Sample = () => Promise<Partial<Record<Asked, number[]>>>;

/** The same questions of the same person in a world of a thousand grants and in one of a million, in turns. */
export async function measureGrowth(
  worlds: Worlds,
  clients: Record<keyof Worlds, { app: pg.Client; owner: pg.Client }>,
  { rounds, progress }: { rounds: number; progress(line: string): void },
): Promise<GrowthLine[]> {
  progress("growth");
  const names = ["small", "large"] as const;
  const page = await pageStatement(clients.large.owner, worlds.large.people.ordinary);
  const sample: Record<keyof Worlds, Sample> = {
    small: await sampler(
      worlds.small,
      clients.small,
      page.replaceAll(worlds.large.people.ordinary.id, worlds.small.people.ordinary.id),
    ),
    large: await sampler(worlds.large, clients.large, page),
  };
  const samples = { small: {} as Record<Asked, number[]>, large: {} as Record<Asked, number[]> };
  for (let round = -2; round < rounds * 2; round++)
    for (const name of names)
      for (const [what, taken] of Object.entries(await sample[name]()) as [Asked, number[]][])
        if (round >= 0) (samples[name][what] ??= []).push(...taken);
  return asked.map((what) => ({
    what,
    small: timingOf(samples.small[what]),
    large: timingOf(samples.large[what]),
  }));
}

async function sampler(
  world: World,
  clients: { app: pg.Client; owner: pg.Client },
  page: string,
): Promise<Sample> {
  const { app, owner } = clients;
  const { ordinary } = world.people;
  const documents = await documentsOf(app, ordinary);
  const loop = (text: string) => makeLoop(owner, app, text, ordinary);
  const list = await loop(page);
  const read = await loop(`SELECT ${columns} FROM documents d WHERE d.id = $1`);
  const check = await loop("SELECT rights FROM app.access_place(NULL, $1) WHERE NOT is_trashed");
  const shares = await makeShareLoop(clients, world);
  return async () => {
    const shared = await shares.share();
    return {
      "a page of what is shared": await list.run([ordinary.id], 20),
      "a document": await read.run(documents, 2),
      check: await check.run(documents, 1),
      grant: shared.given,
      revoke: shared.taken,
    };
  };
}

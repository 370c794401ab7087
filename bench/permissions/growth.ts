import { withClient } from "../db/world.ts";
import { type Clients, makeShareLoop } from "./changes.ts";
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

/** Microseconds of each call in one turn. */
type Samplers = Record<Asked, () => Promise<number[]>>;

/**
 * Calls the same for one person in a world of a thousand grants and in one of a million, alternately. The worlds are two
 * databases and so two processes of the server, and one process may be faster by chance as long as it lives. So each
 * round opens new connections.
 */
export async function measureGrowth(
  worlds: Worlds,
  { rounds, progress }: { rounds: number; progress(line: string): void },
): Promise<GrowthLine[]> {
  const names = ["small", "large"] as const;
  const page = await withClient(worlds.large.ownerUrl, (owner) =>
    pageStatement(owner, worlds.large.people.ordinary),
  );
  const found = asked.map((what) => ({ what, small: [] as number[][], large: [] as number[][] }));
  for (let round = 1; round <= rounds; round++) {
    progress(`growth, round ${round} of ${rounds}`);
    await withBoth(worlds, async (clients) => {
      const ask: Record<keyof Worlds, Samplers> = {
        small: await samplers(
          worlds.small,
          clients.small,
          page.replaceAll(worlds.large.people.ordinary.id, worlds.small.people.ordinary.id),
        ),
        large: await samplers(worlds.large, clients.large, page),
      };
      for (const { what, ...turns } of found)
        for (let turn = -2; turn < 4; turn++)
          for (const name of turn % 2 ? names : names.toReversed()) {
            const taken = await ask[name][what]();
            if (turn >= 0) turns[name].push(taken);
          }
    });
  }
  return found.map(({ what, small, large }) => ({ what, small: timingOf(small), large: timingOf(large) }));
}

const withWorld = <Result>({ appUrl, ownerUrl }: World, work: (clients: Clients) => Promise<Result>) =>
  withClient(appUrl, (app) => withClient(ownerUrl, (owner) => work({ app, owner })));
const withBoth = (
  { small, large }: Worlds,
  work: (clients: Record<keyof Worlds, Clients>) => Promise<void>,
): Promise<void> =>
  withWorld(small, (smallOnes) =>
    withWorld(large, (largeOnes) => work({ small: smallOnes, large: largeOnes })),
  );

async function samplers(world: World, clients: Clients, page: string): Promise<Samplers> {
  const { app, owner } = clients;
  const { ordinary } = world.people;
  const documents = await documentsOf(app, ordinary);
  const loop = (text: string) => makeLoop(owner, app, text, ordinary);
  const list = await loop(page);
  const read = await loop(`SELECT ${columns} FROM documents d WHERE d.id = $1`);
  const check = await loop("SELECT rights FROM app.find_resource(NULL, $1) WHERE NOT is_trashed");
  const shares = await makeShareLoop(clients, world);
  return {
    "a page of what is shared": () => list.run([ordinary.id], 40),
    "a document": () => read.run(documents, 1),
    check: () => check.run(documents, 1),
    grant: async () => (await shares.share()).given,
    revoke: async () => (await shares.share()).taken,
  };
}

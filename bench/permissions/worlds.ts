import type { EmbeddedPostgres } from "../../scripts/launcher/postgres.ts";
import { superuserUrl, withClient } from "../db/world.ts";
import { addPeople, type People } from "./people.ts";
import { fill, seed, type Size, withoutIndexes } from "./seed.ts";

/** A seeded database and its people. */
export interface World extends Size {
  /** As `sheaf_app`. */
  appUrl: string;
  /** As the tables' owner, whom no policy filters. */
  ownerUrl: string;
  people: People;
}
export interface Worlds {
  small: World;
  large: World;
}

const sizes: Record<keyof Worlds, Size> = {
  // on average as many documents in a collection as in the large world
  small: { grants: 1000, documents: 5000, collections: 100 },
  large: { grants: 1_000_000, documents: 400_000, collections: 8000 },
};

/** Two databases of one server: the existing one, and a copy that is made while it is empty. */
export async function makeWorlds(
  server: EmbeddedPostgres,
  progress: (line: string) => void,
): Promise<Worlds> {
  const copy = "sheaf_small";
  const template = new URL(server.ownerUrl).pathname.slice(1);
  await withClient(server.superuserUrl, async (client) => {
    await client.query(`CREATE DATABASE ${copy} TEMPLATE ${template} OWNER sheaf_owner`);
    await client.query(`GRANT CONNECT ON DATABASE ${copy} TO sheaf_app`);
  });
  const named = (url: string) => Object.assign(new URL(url), { pathname: `/${copy}` }).href;
  const beside = { ...server, ownerUrl: named(server.ownerUrl), appUrl: named(server.appUrl) };
  return {
    small: await makeWorld(beside, sizes.small, progress),
    large: await makeWorld(server, sizes.large, progress),
  };
}

async function makeWorld(
  server: EmbeddedPostgres,
  size: Size,
  progress: (line: string) => void,
): Promise<World> {
  progress(`seeding ${size.grants} grants on ${size.documents} documents`);
  const people = await withClient(superuserUrl(server), async (client) => {
    const indexAgain = await withoutIndexes(client);
    await seed(client, size);
    const added = await addPeople(client, size.collections);
    await fill(client, size);
    await indexAgain();
    await client.query("VACUUM ANALYZE");
    await client.query("CHECKPOINT");
    return added;
  });
  return { ...size, appUrl: server.appUrl, ownerUrl: server.ownerUrl, people };
}

import pg from "pg";
import { expect, it, vi } from "vitest";
import { asOwner, type Person } from "#prisma/factories.ts";
import { type AppError } from "#lib/errors/index.ts";
import { addMembers, createGroup, deleteGroup, nestGroup, removeMembers, unnestGroup } from "./index.ts";
import { compareWithTruth, makeWorkspace, pick, word } from "./test-support.ts";

// as many connections as clients, so that they meet in the database and not in the pool's queue
vi.hoisted(() => {
  process.env.DATABASE_POOL_SIZE = "32";
});

const CLIENTS = 32;
const times = <Result>(count: number, make: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const some = <Item>(items: readonly Item[]) => [...new Set([pick(items), pick(items), pick(items)])];

/** Counts outcomes of calls: "ok", or the reason of the refusal. */
function tally() {
  const counts: Record<string, number> = {};
  return {
    counts,
    count: (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    },
  };
}

it(
  "keeps principals exact under a storm of statements, without one deadlock",
  { timeout: 90_000 },
  async () => {
    const here = await makeWorkspace();
    const there = await makeWorkspace();
    const people = (await times(24, () => here.member())).map(({ id }) => id);
    const groups = (await times(14, () => here.group())).map(({ id }) => id);
    const away = (await there.group()).id;
    const home = here.admin.workspaceId;

    const operations: [number, (client: pg.Client) => Promise<unknown>][] = [
      [
        30,
        (client) =>
          client.query(
            "INSERT INTO group_memberships (group_id, user_id) SELECT $1, u FROM unnest($2::uuid[]) u ORDER BY u ON CONFLICT DO NOTHING",
            [pick([...groups, away]), some(people)],
          ),
      ],
      [
        20,
        (client) =>
          client.query("DELETE FROM group_memberships WHERE group_id = $1 AND user_id = ANY ($2)", [
            pick(groups),
            some(people),
          ]),
      ],
      [
        14,
        (client) =>
          client.query(
            "INSERT INTO group_nestings (parent_id, child_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            [pick(groups), pick(groups)],
          ),
      ],
      [10, (client) => client.query("DELETE FROM group_nestings WHERE parent_id = ANY ($1)", [some(groups)])],
      [
        14,
        (client) =>
          client.query(
            "UPDATE users SET suspended_at = CASE WHEN suspended_at IS NULL THEN now() END WHERE id = $1",
            [pick(people)],
          ),
      ],
      [
        6,
        (client) =>
          client.query("UPDATE users SET is_external = NOT is_external WHERE id = $1", [pick(people)]),
      ],
      [
        6,
        (client) =>
          client.query("UPDATE users SET workspace_id = $2 WHERE id = $1", [
            pick(people),
            pick([home, home, there.admin.workspaceId]),
          ]),
      ],
      [
        4,
        (client) =>
          client.query(
            "UPDATE groups SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END WHERE id = $1",
            [pick(groups)],
          ),
      ],
      [
        2,
        async (client) => {
          const { rows } = await client.query<{ id: string }>(
            "INSERT INTO groups (workspace_id, name) VALUES ($1, $2) RETURNING id",
            [home, word()],
          );
          groups[Math.floor(Math.random() * groups.length)] = rows[0]!.id;
        },
      ],
      [2, (client) => client.query("DELETE FROM groups WHERE id = $1", [pick(groups)])],
      [
        2,
        async (client) => {
          const { rows } = await client.query<{ id: string }>(
            "INSERT INTO users (workspace_id, email, email_normalized, name) VALUES ($1, $2, $2, 'New') RETURNING id",
            [home, word() + word()],
          );
          const index = Math.floor(Math.random() * people.length);
          const old = people[index]!;
          people[index] = rows[0]!.id;
          await client.query("DELETE FROM users WHERE id = $1", [old]);
        },
      ],
    ];
    const bag = operations.flatMap(([weight, run]) => Array<typeof run>(weight).fill(run));

    const { counts, count } = tally();
    await times(CLIENTS, async () => {
      // neither pool nor retries, so that a deadlock shows
      const client = new pg.Client({ connectionString: process.env.DATABASE_OWNER_URL });
      await client.connect();
      try {
        for (let turn = 0; turn < 50; turn++)
          await pick(bag)(client).then(
            () => count("ok"),
            (error: { code: string }) => count(error.code),
          );
      } finally {
        await client.end();
      }
    });
    const { size, missing, extra } = await compareWithTruth();
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    expect(size).toBeGreaterThan(people.length);
    // only cycles, a group in itself, and rows that others deleted; no deadlock (40P01)
    const { ok, SH004: cycles = 0, "23514": selves = 0, "23503": gone = 0, ...unexpected } = counts;
    expect(unexpected).toEqual({});
    expect(ok! + cycles + selves + gone).toBe(CLIENTS * 50);
    expect(ok).toBeGreaterThan(CLIENTS * 30);
  },
);

it(
  "keeps principals exact under a storm of calls, and no caller hears of a deadlock",
  { timeout: 90_000 },
  async () => {
    const { admin, member, group } = await makeWorkspace();
    const people: Person[] = await times(24, () => member());
    const groups = (await times(14, () => group())).map(({ id }) => id);
    const ids = people.map(({ id }) => id);
    const emails = people.map(({ email }) => email);

    const operations: [number, () => Promise<unknown>][] = [
      [8, () => addMembers(admin, pick(groups), { userIds: some(ids), emails: some(emails) })],
      [6, () => removeMembers(admin, pick(groups), { userIds: some(ids), emails: [] })],
      [5, () => nestGroup(admin, pick(groups), pick(groups))],
      [4, () => unnestGroup(admin, pick(groups), pick(groups))],
      [
        1,
        async () => {
          const index = Math.floor(Math.random() * groups.length);
          const old = groups[index]!;
          groups[index] = (await createGroup(admin, { name: word(), description: "" })).id;
          await deleteGroup(admin, old);
        },
      ],
      [
        4,
        () =>
          asOwner(
            "UPDATE users SET suspended_at = CASE WHEN suspended_at IS NULL THEN now() END WHERE id = $1",
            [pick(ids)],
          ),
      ],
    ];
    const bag = operations.flatMap(([weight, run]) => Array<typeof run>(weight).fill(run));

    const { counts, count } = tally();
    await times(CLIENTS, async () => {
      for (let turn = 0; turn < 20; turn++)
        await pick(bag)().then(
          () => count("ok"),
          (error: AppError) => count(error.reason ?? error.message),
        );
    });
    const { size, missing, extra } = await compareWithTruth();
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    expect(size).toBeGreaterThan(people.length);
    // only cycles, and groups that another client had just deleted
    const { ok, group_cycle: cycles = 0, group: gone = 0, ...unexpected } = counts;
    expect(unexpected).toEqual({});
    expect(ok! + cycles + gone).toBe(CLIENTS * 20);
    expect(ok).toBeGreaterThan(CLIENTS * 12);
  },
);

it("never lets a cycle in from both ends at once", { timeout: 60_000 }, async () => {
  const { admin, group } = await makeWorkspace();
  for (let round = 0; round < 12; round++) {
    const ring = (await times(4, () => group())).map(({ id }) => id);
    // each group into the next and the last into the first: one must be refused
    const outcomes = await times(4, (index) =>
      nestGroup(admin, ring[index]!, ring[(index + 1) % 4]!).then(
        () => "ok",
        (error: AppError) => `${error.code} ${error.reason}`,
      ),
    );
    expect(outcomes.toSorted()).toEqual(["conflict group_cycle", "ok", "ok", "ok"]);
  }
});

it("lets parallel bulk calls for the same people all succeed, whatever order they name them in", async () => {
  const { admin, member, group } = await makeWorkspace();
  const { id } = await group();
  const ids = (await times(12, () => member())).map((person) => person.id);
  const answers = await times(16, () =>
    addMembers(admin, id, { userIds: ids.toSorted(() => Math.random() - 0.5), emails: [] }),
  );
  expect(answers.flatMap(({ changed }) => changed).toSorted()).toEqual(ids.toSorted());
  expect(answers.every(({ changed, unchanged }) => changed.length + unchanged.length === 12)).toBe(true);
});

it("nests a large group in a time that grows with it, not with its square", async () => {
  const { admin, group } = await makeWorkspace();
  const fastestMs = async (size: number) => {
    const [outer, inner] = [await group(), await group()];
    await asOwner(
      `WITH made AS (INSERT INTO users (workspace_id, email, email_normalized, name)
         SELECT $1, x, x, 'Person' FROM (SELECT n || '.' || $2 FROM generate_series(1, $3::int) n) a (x) RETURNING id)
       INSERT INTO group_memberships (group_id, user_id) SELECT $4, id FROM made`,
      [admin.workspaceId, word(), size, inner.id],
    );
    let fastest = Infinity;
    for (let round = 0; round < 3; round++) {
      const started = performance.now();
      await nestGroup(admin, outer.id, inner.id);
      fastest = Math.min(fastest, performance.now() - started);
      await unnestGroup(admin, outer.id, inner.id);
    }
    return fastest;
  };
  const [few, many] = [await fastestMs(300), await fastestMs(3000)];
  // ten times as many people; quadratic time would take a hundred times as long
  expect(many / few).toBeLessThan(35);
});

import { randomBytes } from "node:crypto";
import type { Account } from "./account.ts";
import type { LoadPhase, LoadRequest, LoadResult } from "./load.ts";
import type { RoundSample } from "./report.ts";

/** More changes than any machine makes in a second of load. */
const CHANGES_PER_SECOND = 3000;

interface Setting<Result extends LoadResult> {
  origin: string;
  account: Account;
  concurrency: number;
  seconds: number;
  load: { run(phase: LoadPhase): Promise<Result> };
}
type Measured = LoadResult & { cpuMs: number | null };

const json = (account: Account) => ({ ...account.headers, "content-type": "application/json" });

/** Grants to addresses that nobody else has, and takes them back. Each half for half as long as a read. */
export async function grantAndRevoke(
  { origin, account, load, concurrency, seconds }: Setting<Measured>,
  collections: string[],
): Promise<RoundSample[]> {
  const placeOf = (i: number) => `/api/v1/collections/${collections[i % collections.length]}/collaborators`;
  const grants = Array.from({ length: Math.ceil(seconds * CHANGES_PER_SECOND) }, (_, i): LoadRequest => ({
    method: "POST",
    path: placeOf(i),
    headers: json(account),
    body: JSON.stringify({ email: `${randomBytes(8).toString("hex")}@example.org`, role: "viewer" }),
  }));
  const durationMs = (seconds * 1000) / 2;
  const phase = { origin, concurrency, isOnce: true };
  const granted = await load.run({ ...phase, requests: grants, durationMs, status: 201, keepBodies: true });
  const revokes = granted.bodies.map((body, i): LoadRequest => {
    const { id } = JSON.parse(body) as { id: string };
    return { method: "DELETE", path: `${placeOf(i)}/${id}`, headers: account.headers };
  });
  const revoked = await load.run({ ...phase, requests: revokes, status: 204 });
  return [
    { name: "grant", ...granted },
    { name: "revoke", ...revoked },
  ];
}

/** Renames documents in turns, each by the version it has. Keeps what versions they have then. */
export async function rename(
  { origin, account, load, concurrency, seconds }: Setting<Measured>,
  versions: Map<string, number>,
): Promise<RoundSample> {
  const ids = [...versions.keys()];
  const requests = Array.from({ length: Math.ceil(seconds * CHANGES_PER_SECOND) }, (_, i): LoadRequest => {
    const [id, turn] = [ids[i % ids.length]!, Math.floor(i / ids.length)];
    return {
      method: "PATCH",
      path: `/api/v1/documents/${id}`,
      headers: json(account),
      body: JSON.stringify({ version: versions.get(id)! + turn, name: `Notes ${i}.txt` }),
    };
  });
  const durationMs = seconds * 1000;
  const options = { origin, concurrency, isOnce: true, durationMs, status: 200, keepBodies: true };
  const renamed = await load.run({ ...options, requests });
  for (const body of renamed.bodies) {
    const { id, version } = JSON.parse(body) as { id: string; version: number };
    versions.set(id, Math.max(version, versions.get(id) ?? 0));
  }
  return { name: "rename", ...renamed };
}

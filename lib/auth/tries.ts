import { addressBlock, clientAddress } from "#lib/http/request.ts";
import { countCall, demandRoom } from "#lib/rate-limit/index.ts";

/** As many as anybody may read without signing in. */
const failures = {
  name: "credential",
  limit: { most: 3000, windowSeconds: 60, per: "address", isShared: false },
} as const;

/**
 * Runs what finds out about a credential that was not met before. Each one that turns out to be nobody's counts against
 * the caller's address; beyond the limit nothing is looked up for that address (`rate_limited`). Whoever has a good one
 * spends nothing.
 */
export async function tried<Found>(
  headers: Headers,
  find: () => Promise<Found | null>,
): Promise<Found | null> {
  const who = addressBlock(clientAddress(headers));
  demandRoom(failures, who);
  const found = await find();
  if (found === null) await countCall(failures, who);
  return found;
}

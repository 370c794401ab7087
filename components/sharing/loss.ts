import type { Permission } from "#lib/authz/permissions.ts";
import type { SimulationView } from "#lib/sharing/access-schema.ts";
import type { GrantView } from "#lib/sharing/schema.ts";

/** What taking a grant away, or giving a lesser role instead, does to the people it reaches. */
export interface Loss {
  /** People who could not open the thing any more. */
  closedOut: number;
  /** People who could still open it, but do less. */
  weakened: number;
  /** People the grant reaches who lose nothing, because they have as much by another way. */
  unchanged: number;
  /** Whether everybody was looked at; else the figures are "at least". */
  isComplete: boolean;
  /** Nobody is closed out by the removal: whoever it reaches still gets in by another way. */
  isStillIn: boolean;
}

/** Works out a loss from a simulated removal; `next` are the permissions given instead. */
export function lossOf(
  { people, isComplete }: SimulationView,
  grant: Pick<GrantView, "group">,
  next: readonly Permission[] = [],
): Loss {
  const lost = people
    .map((person) => person.lost.filter((permission) => !next.includes(permission)))
    .filter((permissions) => permissions.length > 0);
  const closedOut = lost.filter((permissions) => permissions.includes("view_documents")).length;
  const reached = grant.group ? grant.group.memberCount : 1;
  return {
    closedOut,
    weakened: lost.length - closedOut,
    unchanged: Math.max(0, reached - lost.length),
    isComplete,
    isStillIn: closedOut === 0 && next.length === 0,
  };
}

/** Whether to ask before: more than one person is affected, or somebody keeps what was to be taken. */
export const needsAsking = ({ closedOut, weakened, unchanged, isStillIn }: Loss): boolean =>
  closedOut + weakened > 1 || unchanged > 0 || (isStillIn && weakened > 0);

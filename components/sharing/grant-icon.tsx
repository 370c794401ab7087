import { CircleUserRound, UsersRound } from "lucide-react";
import { Avatar } from "#components/ui/avatar.tsx";
import type { GrantView } from "#lib/sharing/schema.ts";
import { grantName } from "./grant-name.ts";
import { IconCircle } from "./icon-circle.tsx";

/** The picture of whoever has a grant: a person, a group, or an address that is waited for. */
export function GrantIcon({ grant }: { grant: GrantView }) {
  if (grant.group)
    return (
      <IconCircle>
        <UsersRound />
      </IconCircle>
    );
  if (!grant.isPending) return <Avatar id={grant.userId ?? grant.email ?? ""} name={grantName(grant)} />;
  return (
    <span
      aria-hidden
      className="border-line-strong text-ink-faint grid size-7 shrink-0 place-items-center rounded-full border border-dashed"
    >
      <CircleUserRound className="size-4" />
    </span>
  );
}

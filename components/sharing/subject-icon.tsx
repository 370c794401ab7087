import { UsersRound } from "lucide-react";
import { Avatar } from "#components/ui/avatar.tsx";
import { IconCircle } from "./icon-circle.tsx";
import type { Suggestion } from "./use-suggestions.ts";

/** A person's picture, or the sign of groups. */
export const subjectIcon = ({ personId, label }: Suggestion) =>
  personId ? (
    <Avatar id={personId} name={label} />
  ) : (
    <IconCircle>
      <UsersRound />
    </IconCircle>
  );

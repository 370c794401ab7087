"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { explanationQuery } from "#components/access/queries.ts";
import type { Permission } from "#lib/authz/permissions.ts";
import type { AccessMode } from "#lib/documents/schema.ts";
import type { AccessPathView, SimulateInput } from "#lib/sharing/access-schema.ts";
import type { GrantView } from "#lib/sharing/schema.ts";
import { grantName } from "./grant-name.ts";
import { type Loss, lossOf, needsAsking } from "./loss.ts";
import { readAccess, simulationQuery } from "./queries.ts";
import type { RoleChoice } from "./role-choice.ts";
import type { SharedThing } from "./shared-thing.ts";

/** What is about to happen, in sentences to agree to. */
export interface Question {
  title: string;
  lines: string[];
  confirmLabel: string;
  /** The reader gives up the last thing that lets them in. */
  isLeaving?: boolean;
}

/**
 * Asks the server what a removal, or a lesser role, would do. Answers with what is to be agreed to first, or null where
 * it can be done at once.
 */
export function useLoss(thing: SharedThing) {
  const t = useTranslations("share.loss");
  const client = useQueryClient();

  /** By which other ways the one person of a grant still has a permission. */
  async function waysLeft(grant: GrantView, permission: Permission): Promise<string[]> {
    const whose = grant.userId ? { userId: grant.userId } : { email: grant.email! };
    const { permissions } = await client.fetchQuery({ ...explanationQuery(thing, whose), staleTime: 0 });
    const paths = permissions.find((entry) => entry.permission === permission)?.paths ?? [];
    const others = paths.filter(({ state, grantId }) => state === "active" && grantId !== grant.id);
    return [...new Set(others.map(wayOf))];
  }
  function wayOf({ via, group, resource }: AccessPathView): string {
    if (via === "group") return t("ways.group", { name: group?.name ?? "" });
    if (via === "direct") return t("ways.direct", { resource });
    return t(`ways.${via}`, thing.workspace);
  }

  async function askFor(grant: GrantView, role?: RoleChoice): Promise<Question | null> {
    const name = grantName(grant);
    const simulation = await client.fetchQuery(simulationQuery(thing, { grantId: grant.id }));
    const loss = lossOf(simulation, grant, role?.permissions);
    if (grant.isYou)
      return { ...yourself(role), lines: ownLines(loss), isLeaving: !role && loss.closedOut > 0 };
    if (!needsAsking(loss)) return null;
    const title = role ? t("changeTitle", { name, role: role.label }) : t("removeTitle", { name });
    const confirmLabel = role ? t("change") : t("remove");
    if (grant.group) return { title, confirmLabel, lines: groupLines(loss, grant.group.memberCount) };
    const lost = role
      ? grant.permissions.find((permission) => !role.permissions.includes(permission))!
      : "view_documents";
    const ways = await waysLeft(grant, lost);
    const key = role ? "stillCan" : loss.weakened > 0 ? "stillOpens" : "keepsAll";
    return { title, confirmLabel, lines: [t(key, { name, ways: ways.join(", ") || t("ways.another") })] };
  }
  /** Null where no more than one person would lose something. */
  async function askForAll(
    input: SimulateInput,
    title: string,
    confirmLabel: string,
  ): Promise<Question | null> {
    const loss = lossOf(await client.fetchQuery(simulationQuery(thing, input)), { group: null });
    if (loss.closedOut + loss.weakened <= 1) return null;
    return { title, confirmLabel, lines: groupLines({ ...loss, unchanged: 0 }, 0) };
  }
  const askForMode = (accessMode: AccessMode) =>
    askForAll({ accessMode }, t("modeTitle", { name: thing.name }), t("limit"));
  async function askForClosing(): Promise<Question | null> {
    const { general } = await readAccess(thing);
    const open = general.find(({ via }) => via === "workspace");
    if (!open?.grantId) return null;
    return askForAll({ grantId: open.grantId }, t("closeTitle", { name: thing.name }), t("close"));
  }
  function yourself(role: RoleChoice | undefined) {
    return role
      ? { title: t("ownChangeTitle", { role: role.label }), confirmLabel: t("change") }
      : { title: t("leaveTitle", { name: thing.name }), confirmLabel: t("leave") };
  }
  const ownLines = ({ isStillIn, closedOut }: Loss): string[] => [
    t(closedOut > 0 ? "ownLost" : isStillIn ? "ownStillIn" : "ownLess"),
  ];
  function groupLines({ closedOut, weakened, unchanged, isComplete }: Loss, memberCount: number): string[] {
    const count = (value: number) => ({ count: value, atLeast: isComplete ? "no" : "yes" });
    return [
      closedOut > 0 && t("closedOut", count(closedOut)),
      weakened > 0 && t("weakened", count(weakened)),
      unchanged > 0 && (unchanged === memberCount ? t("nobodyLoses") : t("unchanged", { count: unchanged })),
    ].filter((line) => line !== false);
  }
  return {
    askFor,
    /** As `askFor`, of another access mode of a document. */
    askForMode,
    /** As `askFor`, of a collection that is to be open to its workspace no longer. */
    askForClosing,
    /** Begins to find out, so that the answer is there when it is needed. */
    prepare: (grant: GrantView) => void client.prefetchQuery(simulationQuery(thing, { grantId: grant.id })),
  };
}

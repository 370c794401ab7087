"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { itemsOf } from "#components/list-pages.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { builtInRoleNames, isBuiltInRole } from "#lib/authz/permissions.ts";
import type { GroupDetailView, ReachView } from "#lib/groups/schema.ts";
import { groupReachQuery, useDeleteGroup } from "./queries.ts";
import { useReachTexts } from "./use-reach-texts.ts";

/** What is lost is told by its first few; the rest stands on the page behind. */
const TOLD = 6;

/** Asks before a group is ended, and says what its people lose by it. */
export function DeleteGroupDialog({ group, onClose }: { group: GroupDetailView; onClose: () => void }) {
  const t = useTranslations("groups");
  const textOf = useErrorText();
  const router = useRouter();
  const reach = useInfiniteQuery(groupReachQuery(group.id));
  const { nameOf, roleOf } = useReachTexts();
  const remove = useDeleteGroup(group.id);
  const lost = byPlace(itemsOf(reach.data));

  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess() {
        notify.done(t("deleted", { name: group.name }));
        router.push("/settings/groups");
      },
    });
  return (
    <AlertDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("deleteTitle", { name: group.name })}
      description={
        reach.data && lost.length === 0
          ? t("deleteNothing")
          : t("deleteLoses", { count: group.effectiveCount })
      }
      confirmLabel={t("delete")}
      isBusy={remove.isPending || remove.isSuccess}
      onConfirm={confirm}
    >
      {reach.isPending && <Skeleton className="h-4 w-60" />}
      {lost.length > 0 && group.effectiveCount > 0 && (
        <ul className="border-line divide-line divide-y rounded-md border px-3">
          {lost.slice(0, TOLD).map(({ place, roles }) => (
            <li key={place.id} className="flex items-baseline justify-between gap-4 py-1.5">
              <span className="min-w-0 wrap-anywhere">{nameOf(place)}</span>
              <span className="text-ink-muted max-w-1/2 shrink-0 text-right text-sm wrap-anywhere">
                {roles.map(roleOf).join(", ")}
              </span>
            </li>
          ))}
          {lost.length > TOLD && <li className="text-ink-muted py-1.5 text-sm">{t("deleteMore")}</li>}
        </ul>
      )}
      <p className="text-ink-muted">
        {group.nested.length > 0 && `${t("deleteNested", { count: group.nested.length })} `}
        {t("deleteFinal")}
      </p>
      {remove.error && (
        <p role="alert" className="text-danger-ink text-sm">
          {textOf(remove.error)}
        </p>
      )}
    </AlertDialog>
  );
}

/**
 * What is reached through several groups is told once, with the strongest role there. Roles of the workspace's own are
 * not comparable by name and stand beside it.
 */
function byPlace(reach: readonly ReachView[]): { place: ReachView; roles: string[] }[] {
  const places = Map.groupBy(reach, ({ document, collection }) => document?.id ?? collection.id);
  return [...places.values()].map((grants) => {
    const roles = new Set(grants.map(({ role }) => role));
    const strongest = builtInRoleNames.find((name) => roles.has(name));
    const isWeaker = (name: string) => isBuiltInRole(name) && name !== strongest;
    return { place: grants[0]!, roles: [...roles].filter((name) => !isWeaker(name)) };
  });
}

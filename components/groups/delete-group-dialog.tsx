"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { itemsOf } from "#components/list-pages.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { GroupDetailView } from "#lib/groups/schema.ts";
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
  const lost = itemsOf(reach.data);

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
          {lost.slice(0, TOLD).map((item) => (
            <li key={item.id} className="flex items-baseline justify-between gap-4 py-1.5">
              <span className="min-w-0 truncate">{nameOf(item)}</span>
              <span className="text-ink-muted shrink-0 text-sm">{roleOf(item)}</span>
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

"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { MemberView, RemovalView } from "#lib/workspaces/schema.ts";
import { removalQuery, useRemovePerson } from "./queries.ts";

interface RemovalDialogProps {
  person: MemberView;
  workspaceName: string;
  onClose: () => void;
  /** After it is done; the line with the focus is gone. */
  onDone: () => void;
  /** What can be done instead; missing where it can't. */
  onSuspend?: () => void;
}

/** Looks first at what somebody would lose by going, and what stands in the way. */
export function RemovalDialog({ person, workspaceName, onClose, onDone, onSuspend }: RemovalDialogProps) {
  const t = useTranslations("people.removal");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const router = useRouter();
  const query = useQuery(removalQuery(person.id));
  const remove = useRemovePerson();
  const { name, isYou } = person;
  const title = isYou ? t("titleLeave", { workspace: workspaceName }) : t("title", { name });
  const dialog = { isOpen: true, onOpenChange: (isOpen: boolean) => !isOpen && onClose(), title };

  if (!query.data || query.data.obstacle) {
    return (
      <Dialog
        {...dialog}
        title={query.data?.obstacle ? (isYou ? t("blockedTitleLeave") : t("blockedTitle", { name })) : title}
        size="sm"
        footer={
          <>
            <Button onClick={onClose}>{common("close")}</Button>
            {query.data?.obstacle === "owns_collections" && onSuspend && (
              <Button variant="primary" onClick={onSuspend}>
                {t("suspendInstead")}
              </Button>
            )}
          </>
        }
      >
        {query.isPending && (
          <div aria-busy className="flex flex-col gap-2">
            <Skeleton className="h-4 w-72 max-w-full" />
            <Skeleton className="h-4 w-52" />
          </div>
        )}
        {query.isError && (
          <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
        )}
        {query.data && <Obstacle removal={query.data} person={person} canSuspend={Boolean(onSuspend)} />}
      </Dialog>
    );
  }
  const { groups, grants, documents } = query.data;
  const losses = [
    t("workspace"),
    groups > 0 && t("groups", { count: groups }),
    grants > 0 && t("grants", { count: grants }),
  ].filter((loss) => loss !== false);
  const confirm = () =>
    remove.mutate(person.id, {
      onSuccess() {
        onClose();
        onDone();
        if (!isYou) return notify.done(t("removed", { name }));
        router.push("/");
        router.refresh();
      },
    });
  return (
    <AlertDialog
      {...dialog}
      description={isYou ? t("textLeave") : t("text", { name })}
      confirmLabel={t(isYou ? "confirmLeave" : "confirm")}
      isBusy={remove.isPending}
      onConfirm={confirm}
    >
      <ul className="border-line divide-line divide-y rounded-md border px-3">
        {losses.map((loss) => (
          <li key={loss} className="py-1.5">
            {loss}
          </li>
        ))}
      </ul>
      {documents > 0 && (
        <p className="text-ink-muted">{t(isYou ? "documentsLeave" : "documents", { count: documents })}</p>
      )}
      {remove.error && (
        <p role="alert" className="text-danger-ink text-sm">
          {textOf(remove.error)}
        </p>
      )}
    </AlertDialog>
  );
}

function Obstacle({
  removal: { obstacle, collections, trashedCollections },
  person: { name, isYou },
  canSuspend,
}: {
  removal: RemovalView;
  person: MemberView;
  canSuspend: boolean;
}) {
  const t = useTranslations("people.removal.blocked");
  if (obstacle !== "owns_collections") return <p>{obstacle && t(obstacle)}</p>;
  const count = collections + trashedCollections;
  return (
    <div className="flex flex-col gap-2">
      <p>
        {isYou ? t("owns_collections_leave", { count }) : t("owns_collections", { name, count })}{" "}
        {trashedCollections > 0 && t("trashed", { count: trashedCollections })}
      </p>
      {isYou && <p className="text-ink-muted">{t("whatToDoLeave")}</p>}
      {!isYou && canSuspend && <p className="text-ink-muted">{t("whatToDo", { name })}</p>}
    </div>
  );
}

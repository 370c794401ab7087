"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { RowsSkeleton } from "#components/groups/group-rows.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { MemberView, UpdateMemberInput } from "#lib/workspaces/schema.ts";
import { MemberRow } from "./member-row.tsx";
import { peopleQuery, useUpdateMember } from "./queries.ts";
import { RemovalDialog } from "./removal-dialog.tsx";

interface MembersListProps {
  q: string;
  workspaceName: string;
  canManage: boolean;
}

type Asked = { what: "suspend" | "remove"; person: MemberView };

/** The members, and what can be done about each. */
export function MembersList({ q, workspaceName, canManage }: MembersListProps) {
  const t = useTranslations("people");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const query = useInfiniteQuery(peopleQuery(q));
  const members = itemsOf(query.data);
  const list = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [said, setSaid] = useState("");
  const { mutateAsync: update, isPending } = useUpdateMember();

  async function change(person: MemberView, input: UpdateMemberInput): Promise<boolean> {
    try {
      await update({ person, change: input });
      return true;
    } catch (error) {
      notify.failed(t("saveFailed", { reason: textOf(error) }));
      return false;
    }
  }
  async function changeRole(person: MemberView, role: MemberView["role"]) {
    if (await change(person, { role }))
      setSaid(t(role === "admin" ? "nowAdmin" : "nowMember", { name: person.name }));
  }
  async function reactivate(person: MemberView) {
    if (await change(person, { isSuspended: false })) setSaid(t("isBack", { name: person.name }));
  }
  async function suspend(person: MemberView) {
    const isDone = await change(person, { isSuspended: true });
    setAsked(null);
    if (!isDone) return;
    notify.done(t("isSuspended", { name: person.name }), {
      undo: { label: common("undo"), onUndo: () => void reactivate(person) },
    });
  }
  return (
    <>
      <Card className="px-5 py-1">
        <div ref={list} tabIndex={-1} className="rounded-md">
          {query.isPending ? (
            <RowsSkeleton count={4} />
          ) : query.isError && !query.data ? (
            <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
          ) : members.length === 0 ? (
            <EmptyState icon={<Search />} title={t("noMatch")} text={t("noMatchText")} />
          ) : (
            <ul aria-label={t("members")} className="divide-line divide-y">
              {members.map((person) => (
                <li key={person.id}>
                  <MemberRow
                    person={person}
                    canManage={canManage}
                    isAlone={q === "" && members.length === 1}
                    onRole={(role) => void changeRole(person, role)}
                    onSuspend={() => setAsked({ what: "suspend", person })}
                    onReactivate={() => void reactivate(person)}
                    onRemove={() => setAsked({ what: "remove", person })}
                  />
                </li>
              ))}
            </ul>
          )}
          {canManage && q === "" && members.length === 1 && (
            <p className="text-ink-muted border-line border-t py-4">{t("alone")}</p>
          )}
        </div>
      </Card>
      <p role="status" className="sr-only">
        {said}
      </p>
      <LoadMore query={query} list={list} className="mt-4 text-center" />
      {asked?.what === "suspend" && (
        <AlertDialog
          isOpen
          onOpenChange={(isOpen) => !isOpen && setAsked(null)}
          title={t("suspendTitle", { name: asked.person.name })}
          description={t("suspendText")}
          confirmLabel={t("suspend")}
          isBusy={isPending}
          onConfirm={() => void suspend(asked.person)}
        />
      )}
      {asked?.what === "remove" && (
        <RemovalDialog
          person={asked.person}
          workspaceName={workspaceName}
          onClose={() => setAsked(null)}
          onDone={() => list.current?.focus()}
          onSuspend={
            asked.person.isSuspended || asked.person.isYou
              ? undefined
              : () => setAsked({ what: "suspend", person: asked.person })
          }
        />
      )}
    </>
  );
}

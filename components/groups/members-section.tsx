"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef } from "react";
import { itemsOf } from "#components/list-pages.ts";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { GroupMemberView } from "#lib/groups/schema.ts";
import { AddMembersForm } from "./add-members-form.tsx";
import { Row, RowsSkeleton } from "./group-rows.tsx";
import { groupMembersQuery, useRemoveMember, useRestoreMember } from "./queries.ts";

/** The people who are in a group themselves. */
export function MembersSection({ id, canEdit }: { id: string; canEdit: boolean }) {
  const t = useTranslations("groups.members");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const query = useInfiniteQuery(groupMembersQuery(id));
  const { mutateAsync: remove } = useRemoveMember(id);
  const { mutateAsync: restore } = useRestoreMember(id);
  const list = useRef<HTMLDivElement>(null);
  const members = itemsOf(query.data);

  const failed = (error: unknown) => notify.failed(textOf(error));
  async function onRemove(person: GroupMemberView) {
    // the button that had the focus goes with its line
    list.current?.focus();
    try {
      await remove(person);
      notify.done(t("removed", { name: person.name }), {
        undo: { label: common("undo"), onUndo: () => void restore(person).catch(failed) },
      });
    } catch (error) {
      failed(error);
    }
  }
  return (
    <CardSection title={t("title")} description={t("description")}>
      {canEdit && <AddMembersForm id={id} />}
      <div ref={list} tabIndex={-1} className="-my-2 rounded-md">
        {query.isPending ? (
          <RowsSkeleton />
        ) : query.isError && !query.data ? (
          <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
        ) : members.length === 0 ? (
          <p className="text-ink-muted py-2">{t("empty")}</p>
        ) : (
          <ul aria-label={t("title")} className="divide-line divide-y">
            {members.map((person) => (
              <li key={person.id}>
                <Row
                  icon={<Avatar id={person.id} name={person.name} />}
                  title={person.name}
                  badge={person.isSuspended && <Badge tone="warning">{t("suspended")}</Badge>}
                  facts={person.email}
                  action={
                    canEdit && (
                      <IconButton
                        label={t("removeOf", { name: person.name })}
                        icon={<UserMinus />}
                        onClick={() => void onRemove(person)}
                      />
                    )
                  }
                />
              </li>
            ))}
          </ul>
        )}
      </div>
      {query.hasNextPage && (
        <div className="mt-5 text-center">
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {common("loadMore")}
          </Button>
        </div>
      )}
    </CardSection>
  );
}

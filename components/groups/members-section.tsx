"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useTranslations } from "next-intl";
import { type RefObject, useDeferredValue, useRef, useState } from "react";
import { useSelection } from "#components/documents/use-selection.ts";
import { itemsOf } from "#components/list-pages.ts";
import { AlertDialog } from "#components/ui/alert-dialog.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { GroupDetailView, GroupMemberView } from "#lib/groups/schema.ts";
import { AddPeopleForm } from "./add-people-form.tsx";
import { Row, RowsSkeleton } from "./group-rows.tsx";
import { groupMembersQuery, useRemoveMembers, useRestoreMembers } from "./queries.ts";

/** More people than one page holds are searched in. */
const SEARCHED_FROM = 50;

/** The people who are in a group themselves. */
export function MembersSection({ group }: { group: GroupDetailView }) {
  const { id, name } = group;
  const { canEdit } = group.abilities;
  const t = useTranslations("groups.members");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const query = useInfiniteQuery(groupMembersQuery(id, q));
  const isSearching = q !== "";
  const { mutateAsync: remove } = useRemoveMembers(id);
  const { mutateAsync: restore } = useRestoreMembers(id);
  const list = useRef<HTMLDivElement>(null);
  const members = itemsOf(query.data);
  const canSelect = canEdit && (members.length > 1 || (isSearching && members.length > 0));
  const selection = useSelection(members);
  const { chosen } = selection;
  const [isAsking, setAsking] = useState(false);
  const removal = useRef<HTMLButtonElement>(null);

  const failed = (error: unknown) => notify.failed(textOf(error));
  async function onRemove(people: GroupMemberView[]) {
    // the button that had the focus goes with its line
    list.current?.focus();
    selection.clear();
    try {
      await remove(people);
      const [only] = people;
      const text =
        people.length === 1 ? t("removed", { name: only!.name }) : t("removedMany", { count: people.length });
      notify.done(text, {
        undo: { label: common("undo"), onUndo: () => void restore(people).catch(failed) },
      });
    } catch (error) {
      failed(error);
    }
  }
  return (
    <CardSection title={t("title")} description={t("description")}>
      {canEdit && <AddPeopleForm id={id} />}
      {(group.memberCount > SEARCHED_FROM || typed !== "") && (
        <SearchField label={t("find")} value={typed} onChange={setTyped} className="mb-4" />
      )}
      {canSelect && (
        <SelectionLine
          chosenCount={chosen.length}
          isAll={chosen.length === members.length}
          onAll={() => (chosen.length === members.length ? selection.clear() : selection.selectAll())}
          onRemove={() => (chosen.length > 1 ? setAsking(true) : void onRemove(chosen))}
          removal={removal}
        />
      )}
      <div ref={list} tabIndex={-1} className="-my-2 rounded-md">
        {query.isPending ? (
          <RowsSkeleton />
        ) : query.isError && !query.data ? (
          <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
        ) : members.length === 0 ? (
          <p className="text-ink-muted py-2">{t(isSearching ? "noMatch" : "empty")}</p>
        ) : (
          <ul aria-label={t("title")} className="divide-line divide-y">
            {members.map((person) => (
              <li key={person.id}>
                <Row
                  icon={
                    <>
                      {canSelect && (
                        <Checkbox
                          aria-label={t("select", { name: person.name })}
                          checked={selection.has(person.id)}
                          onClick={(event) => selection.toggle(person.id, event.shiftKey)}
                        />
                      )}
                      <Avatar id={person.id} name={person.name} />
                    </>
                  }
                  title={person.name}
                  badge={person.isSuspended && <Badge tone="warning">{t("suspended")}</Badge>}
                  facts={person.email}
                  action={
                    canEdit && (
                      <IconButton
                        label={t("removeOf", { name: person.name })}
                        icon={<UserMinus />}
                        onClick={() => void onRemove([person])}
                      />
                    )
                  }
                />
              </li>
            ))}
          </ul>
        )}
      </div>
      <LoadMore query={query} list={list} className="mt-5 text-center" />
      <AlertDialog
        isOpen={isAsking}
        onOpenChange={(isOpen) => {
          setAsking(isOpen);
          if (!isOpen) focusLater(removal);
        }}
        title={t("removeTitle", { count: chosen.length, name })}
        description={t("removeLoses")}
        confirmLabel={t("remove")}
        onConfirm={() => {
          setAsking(false);
          void onRemove(chosen);
          focusLater(list);
        }}
      />
    </CardSection>
  );
}

/** Once the question has closed: it keeps the focus in itself until then. */
const focusLater = (target: RefObject<HTMLElement | null>) => setTimeout(() => target.current?.focus());

interface SelectionLineProps {
  chosenCount: number;
  isAll: boolean;
  onAll: () => void;
  onRemove: () => void;
  /** Where the focus returns when the question is declined. */
  removal: RefObject<HTMLButtonElement | null>;
}

/** Above the list: everybody shown, and what can be done with those who are chosen. Keeps its height, and stays while the list scrolls. */
function SelectionLine({ chosenCount, isAll, onAll, onRemove, removal }: SelectionLineProps) {
  const t = useTranslations("groups.members");
  return (
    <div className="bg-surface top-topbar sticky z-10 -mx-5 -mt-2 mb-2 flex min-h-12 items-center gap-3 px-5">
      <Checkbox
        aria-label={t("selectAll")}
        checked={isAll ? true : chosenCount > 0 ? "indeterminate" : false}
        onClick={onAll}
      />
      <span aria-live="polite" className="text-ink-muted flex-1 text-sm">
        {chosenCount > 0 ? t("selected", { count: chosenCount }) : t("selectAll")}
      </span>
      {chosenCount > 0 && (
        <Button ref={removal} size="sm" onClick={onRemove}>
          <UserMinus aria-hidden />
          {t("removeSelected")}
        </Button>
      )}
    </div>
  );
}

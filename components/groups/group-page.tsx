"use client";
import { useQuery } from "@tanstack/react-query";
import { Trash2, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Fragment, useState } from "react";
import { isRefusal } from "#components/api-error.ts";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { InlineEdit } from "#components/ui/inline-edit.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { GroupDetailView } from "#lib/groups/schema.ts";
import { DeleteGroupDialog } from "./delete-group-dialog.tsx";
import { GroupCounts } from "./group-counts.tsx";
import { RowsSkeleton } from "./group-rows.tsx";
import { MembersSection } from "./members-section.tsx";
import { NestedSection } from "./nested-section.tsx";
import { groupQuery, useUpdateGroup } from "./queries.ts";
import { ReachSection } from "./reach-section.tsx";

/** One group: what it is called, who and which groups are in it, and what that opens. */
export function GroupPage({ id }: { id: string }) {
  const t = useTranslations("groups");
  const query = useQuery(groupQuery(id));
  const [isDeleting, setDeleting] = useState(false);
  // what was read before does not stay open once it is refused
  const group = isRefusal(query.error) ? undefined : query.data;
  const canEdit = group?.abilities.canEdit ?? false;
  return (
    <SettingsFrame
      crumbs={[{ label: t("title"), href: "/settings/groups" }, { label: group?.name ?? "…" }]}
      actions={
        canEdit && (
          <Button onClick={() => setDeleting(true)}>
            <Trash2 aria-hidden />
            {t("delete")}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-6">
        {query.isPending && <PageSkeleton />}
        {query.isError && !group && <Refused error={query.error} onRetry={() => void query.refetch()} />}
        {group && (
          <>
            <Header group={group} />
            <MembersSection group={group} />
            <NestedSection group={group} />
            <ReachSection id={id} canEdit={canEdit} />
          </>
        )}
      </div>
      {isDeleting && group && <DeleteGroupDialog group={group} onClose={() => setDeleting(false)} />}
    </SettingsFrame>
  );
}

function Header({ group }: { group: GroupDetailView }) {
  const t = useTranslations("groups");
  const { mutateAsync: save } = useUpdateGroup(group.id);
  const { canEdit } = group.abilities;
  return (
    <header>
      <h1 className="font-serif text-xl font-medium">
        {canEdit ? (
          <InlineEdit
            value={group.name}
            label={t("nameLabel")}
            maxLength={80}
            isRequired
            onSave={(name) => save({ name })}
          />
        ) : (
          <span className="wrap-anywhere">{group.name}</span>
        )}
      </h1>
      {(canEdit || group.description) && (
        <div className="text-ink-muted mt-1">
          {canEdit ? (
            <InlineEdit
              value={group.description}
              label={t("descriptionLabel")}
              placeholder={t("descriptionPlaceholder")}
              maxLength={500}
              isMultiline
              onSave={(description) => save({ description })}
            />
          ) : (
            <p className="wrap-anywhere whitespace-pre-wrap">{group.description}</p>
          )}
        </div>
      )}
      <p className="text-ink-muted mt-2 text-sm">
        <GroupCounts group={group} />
      </p>
      {group.parents.length > 0 && (
        <p className="text-ink-muted mt-1 text-sm wrap-anywhere">
          {t("parents")}{" "}
          {group.parents.map((parent, index) => (
            <Fragment key={parent.id}>
              {index > 0 && ", "}
              <Link
                href={`/settings/groups/${parent.id}`}
                className="text-accent-ink rounded-sm underline underline-offset-2"
              >
                {parent.name}
              </Link>
            </Fragment>
          ))}
        </p>
      )}
    </header>
  );
}

/** A group that is gone, or was never one of this workspace: nobody is told which. */
function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTranslations("groups");
  const textOf = useErrorText();
  if (!isRefusal(error)) return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <div role="alert">
      <EmptyState
        icon={<UsersRound />}
        isPage
        title={t("refusedTitle")}
        text={textOf(error)}
        action={
          <Link href="/settings/groups" className={buttonClass()}>
            {t("toGroups")}
          </Link>
        }
      />
    </div>
  );
}

function PageSkeleton() {
  return (
    <>
      <div aria-busy>
        <Skeleton className="my-1.5 h-7 w-56 max-w-full" />
        <Skeleton className="mt-3 h-4 w-80 max-w-full" />
        <Skeleton className="mt-3 h-3.5 w-32" />
      </div>
      <Card className="px-5 py-3">
        <RowsSkeleton />
      </Card>
    </>
  );
}

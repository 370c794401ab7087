"use client";
import { Plus, UsersRound, X } from "lucide-react";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import type { GroupDetailView, GroupView } from "#lib/groups/schema.ts";
import { AddNestedDialog } from "./add-nested-dialog.tsx";
import { GroupCounts } from "./group-counts.tsx";
import { Row, RowIcon } from "./group-rows.tsx";
import { useNestGroup, useUnnestGroup } from "./queries.ts";

/** The groups in a group. */
export function NestedSection({ group }: { group: GroupDetailView }) {
  const t = useTranslations("groups.nested");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const [isAdding, setAdding] = useState(false);
  const { mutateAsync: remove } = useUnnestGroup(group.id);
  const { mutateAsync: restore } = useNestGroup(group.id);
  const list = useRef<HTMLDivElement>(null);
  const { canEdit } = group.abilities;

  const failed = (error: unknown) => notify.failed(textOf(error));
  async function onRemove(nested: GroupView) {
    // the button that had the focus goes with its line
    list.current?.focus();
    try {
      await remove(nested);
      notify.done(t("removed", { name: nested.name }), {
        undo: { label: common("undo"), onUndo: () => void restore(nested).catch(failed) },
      });
    } catch (error) {
      failed(error);
    }
  }
  return (
    <CardSection
      title={t("title")}
      description={t("description")}
      action={
        canEdit && (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            {t("add")}
          </Button>
        )
      }
    >
      <div ref={list} tabIndex={-1} className="-my-2 rounded-md">
        {group.nested.length === 0 ? (
          <p className="text-ink-muted py-2">{t("empty")}</p>
        ) : (
          <ul aria-label={t("title")} className="divide-line divide-y">
            {group.nested.map((nested) => (
              <li key={nested.id}>
                <Row
                  icon={
                    <RowIcon>
                      <UsersRound />
                    </RowIcon>
                  }
                  title={
                    <Link
                      href={`/settings/groups/${nested.id}`}
                      className="rounded-sm underline-offset-2 hover:underline"
                    >
                      {nested.name}
                    </Link>
                  }
                  facts={<GroupCounts group={nested} />}
                  action={
                    canEdit && (
                      <IconButton
                        label={t("removeOf", { name: nested.name })}
                        icon={<X />}
                        onClick={() => void onRemove(nested)}
                      />
                    )
                  }
                />
              </li>
            ))}
          </ul>
        )}
      </div>
      {isAdding && <AddNestedDialog group={group} onClose={() => setAdding(false)} />}
    </CardSection>
  );
}

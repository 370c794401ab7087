"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ApiError } from "#components/api-error.ts";
import { call } from "#components/call.ts";
import { lazyPart } from "#components/lazy-part.tsx";
import { AvatarStack } from "#components/ui/avatar-stack.tsx";
import { InlineEdit, type Seen } from "#components/ui/inline-edit.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { getCollection } from "#lib/collections/api.ts";
import type { CollectionView } from "#lib/collections/schema.ts";
import { showCollection, useUpdateCollection } from "./queries.ts";
import { VisibilityChip } from "./visibility-chip.tsx";

const ConflictDialog = lazyPart(() =>
  import("#components/ui/conflict-dialog.tsx").then((module) => module.ConflictDialog),
);

type Field = "name" | "description";
/** One text as it is to be, and as it was when its editing began. */
interface Change {
  field: Field;
  text: string;
  seen: Seen;
}

/** Name, description, visibility and people; name and description are edited where they stand. */
export function CollectionHeader({
  collection,
  onPeople,
}: {
  collection: CollectionView;
  /** Opens the share dialog. */
  onPeople: () => void;
}) {
  const t = useTranslations("collection");
  const textOf = useErrorText();
  const update = useUpdateCollection(collection.id);
  const [conflict, setConflict] = useState<{ change: Change; theirs: CollectionView } | null>(null);
  /** What the reader typed, shown until the server has answered or a conflict is settled. */
  const [pending, setPending] = useState<Partial<Record<Field, string>>>({});
  const shown = { ...collection, ...pending };
  /** Text to go on editing after a conflict was looked at; counted, so that the field starts afresh. */
  const [reopened, setReopened] = useState<{ change: Change | null; count: number }>({
    change: null,
    count: 0,
  });
  const client = useQueryClient();

  /** Ends a conflict with the other version in place. */
  function takeTheirs(theirs: CollectionView) {
    setPending({});
    setConflict(null);
    showCollection(client, theirs);
  }

  /** Ends when the change is saved, or people have to decide. */
  async function save(change: Change): Promise<void> {
    const { field, text, seen } = change;
    setPending({ [field]: text });
    try {
      await update.mutateAsync({ version: seen.version, [field]: text });
    } catch (error) {
      if (!isConflict(error)) {
        setPending({});
        throw error;
      }
      const theirs = await call(getCollection, { params: { id: collection.id } });
      // something else changed, or they wrote the same: nothing for people to decide
      if (theirs[field] === seen.value || theirs[field] === text) return save(over(change, theirs));
      return setConflict({ change, theirs });
    }
    setPending({});
    setConflict(null);
  }
  /** What an editor of one of the texts is given. */
  const editing = (field: Field) => ({
    value: shown[field],
    version: collection.version,
    startWith: reopened.change?.field === field ? reopened.change : undefined,
    onSave: (text: string, seen: Seen) => save({ field, text, seen }),
  });
  return (
    <header className="mb-6">
      {collection.abilities.canEdit ? (
        <>
          <h1 className="font-serif">
            <InlineEdit
              key={reopened.count}
              {...editing("name")}
              label={t("editName")}
              isRequired
              maxLength={120}
              className="font-serif text-xl font-medium tracking-[-0.011em]"
            />
          </h1>
          <InlineEdit
            key={reopened.count}
            {...editing("description")}
            label={t("editDescription")}
            placeholder={t("addDescription")}
            isMultiline
            maxLength={2000}
            className="text-ink-muted max-w-180!"
          />
        </>
      ) : (
        <>
          <h1 className="font-serif text-xl font-medium break-words">{collection.name}</h1>
          {collection.description && (
            <p className="text-ink-muted mt-1 max-w-180 break-words whitespace-pre-wrap">
              {collection.description}
            </p>
          )}
        </>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <VisibilityChip collection={collection} />
        <button type="button" aria-label={t("showPeople")} onClick={onPeople} className="rounded-full">
          <AvatarStack people={collection.people} max={4} />
        </button>
        {collection.role !== "owner" && (
          <span className="text-ink-muted text-sm">{t("ownedBy", { name: collection.owner.name })}</span>
        )}
      </div>
      {conflict && (
        <ConflictDialog
          fields={[
            {
              label: t(`fields.${conflict.change.field}`),
              mine: conflict.change.text,
              theirs: conflict.theirs[conflict.change.field],
            },
          ]}
          isBusy={update.isPending}
          error={update.error && !isConflict(update.error) ? textOf(update.error) : null}
          // what goes wrong is said in the dialog
          onOverwrite={() => void save(over(conflict.change, conflict.theirs)).catch(() => undefined)}
          onKeepTheirs={() => takeTheirs(conflict.theirs)}
          onReview={() => {
            const change = over(conflict.change, conflict.theirs);
            setReopened(({ count }) => ({ change, count: count + 1 }));
            takeTheirs(conflict.theirs);
          }}
        />
      )}
    </header>
  );
}

const isConflict = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === "conflict";

/** The same text, by somebody who has seen what was saved meanwhile. */
const over = (change: Change, theirs: CollectionView): Change => ({
  ...change,
  seen: { value: theirs[change.field], version: theirs.version },
});

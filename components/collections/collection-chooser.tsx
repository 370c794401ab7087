"use client";
import { useQuery } from "@tanstack/react-query";
import { useCombobox } from "downshift";
import { BookMarked } from "lucide-react";
import { useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CollectionView } from "#lib/collections/schema.ts";
import { writableQuery } from "./queries.ts";

interface CollectionChooserProps {
  /** Shown, but not to be chosen, and why in a word. */
  taken: { id: string; label: string } | null;
  onChoose: (collection: CollectionView) => void;
}

/** Collections that documents may be put into, narrowed by a part of the name: arrow keys move, Enter chooses. */
export function CollectionChooser({ taken, onChoose }: CollectionChooserProps) {
  const t = useTranslations("collection.choose");
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const { data, isPending, isError, error, refetch } = useQuery(writableQuery(wanted));
  const items = data?.items ?? [];
  const isTaken = ({ id }: CollectionView) => id === taken?.id;
  const first = items.findIndex((item) => !isTaken(item));
  const [moved, setMoved] = useState<number | null>(null);
  const current = moved !== null && moved < items.length ? moved : first;
  const { getInputProps, getItemProps, getMenuProps } = useCombobox<CollectionView>({
    ...{ items, inputValue: text, isOpen: true, selectedItem: null, highlightedIndex: current },
    isItemDisabled: isTaken,
    itemToString: (item) => item?.name ?? "",
    onHighlightedIndexChange: ({ highlightedIndex }) =>
      setMoved(highlightedIndex < 0 ? null : highlightedIndex),
    onSelectedItemChange: ({ selectedItem }) => selectedItem && onChoose(selectedItem),
    // neither a choice nor Escape writes into the text
    stateReducer: (state, { type, changes }) =>
      type === useCombobox.stateChangeTypes.InputChange
        ? changes
        : { ...changes, inputValue: state.inputValue },
  });
  return (
    <div className="flex flex-col gap-2 pt-0.5">
      <Input
        {...getInputProps({
          onChange: ({ currentTarget }) => {
            setText(currentTarget.value);
            setMoved(null);
          },
          onKeyDown: (event) => {
            // it closes the dialog
            if (event.key === "Escape") Object.assign(event.nativeEvent, { preventDownshiftDefault: true });
          },
        })}
        aria-labelledby={undefined}
        aria-label={t("search")}
        placeholder={t("search")}
        maxLength={120}
        autoComplete="off"
        data-autofocus
      />
      <ul
        {...getMenuProps({ "aria-label": t("list") }, { suppressRefError: true })}
        aria-labelledby={undefined}
        aria-busy={isPending}
        className="-mx-2 h-[min(18rem,40dvh)] overflow-y-auto px-1"
      >
        {items.map((item, index) => (
          <li
            key={item.id}
            {...getItemProps({ item, index })}
            className={cn(
              "flex min-h-9 cursor-default items-center gap-2.5 rounded-sm px-2 py-1 select-none pointer-coarse:min-h-11",
              index === current && "bg-hover",
              isTaken(item) && "text-ink-muted",
            )}
          >
            <BookMarked aria-hidden className="text-ink-muted size-4 shrink-0" />
            <span className="min-w-0 flex-1 truncate">{item.name}</span>
            <span className="text-ink-muted max-w-2/5 shrink-0 truncate text-sm">
              {isTaken(item) ? taken?.label : item.role === "owner" ? null : item.owner.name}
            </span>
          </li>
        ))}
        {isPending &&
          ["w-1/2", "w-2/3", "w-2/5"].map((width) => (
            <li key={width} aria-hidden className="flex h-9 items-center px-2">
              <Skeleton className={`h-4 ${width}`} />
            </li>
          ))}
      </ul>
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      <p role="status" className="text-ink-muted -mt-2 min-h-5 text-sm">
        {data && items.length === 0 && (wanted ? t("noneFound", { text: wanted }) : t("none"))}
      </p>
    </div>
  );
}

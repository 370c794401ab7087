"use client";
import { type RefObject, useRef } from "react";
import { useHotkeys } from "#components/use-hotkeys.ts";
import type { DocumentView } from "#lib/documents/schema.ts";
import type { Selection } from "./use-selection.ts";

interface ItemKeysOptions {
  /** The element around the items, each of which has `data-position` and holds a `[data-item]` link. */
  root: RefObject<HTMLElement | null>;
  items: readonly DocumentView[];
  columns: number;
  selection: Selection<DocumentView>;
  onDetails: (document: DocumentView) => void;
  onRename: (document: DocumentView) => void;
  onMove: (documents: DocumentView[]) => void;
  onTrash: (documents: DocumentView[]) => void;
  onEscape: () => void;
}

/** Arrows and j/k move, x selects, Enter opens, `.` shows details and hides them, F2 renames, m moves, Delete moves to the trash. */
export function useItemKeys({
  root,
  items,
  columns,
  selection,
  onDetails,
  onRename,
  onMove,
  onTrash,
  onEscape,
}: ItemKeysOptions) {
  const last = useRef(-1);
  /** Set by a virtualised list, which must bring an item into existence before it can be focused. */
  const scrollRef = useRef<((index: number) => void) | null>(null);

  const indexOfFocus = (): number => {
    const element = document.activeElement?.closest<HTMLElement>("[data-position]");
    return element && root.current?.contains(element) ? Number(element.dataset.position) : -1;
  };
  const focus = (index: number): void => {
    const item = root.current?.querySelector<HTMLElement>(`[data-position="${index}"] [data-item]`);
    item?.focus({ preventScroll: false });
  };
  const move = (by: number) => (event: KeyboardEvent) => {
    if (items.length === 0) return;
    const focused = indexOfFocus();
    // arrows scroll the page until an item has the focus; j and k begin by themselves
    if (focused < 0 && event.key.startsWith("Arrow") && document.activeElement !== document.body) return;
    event.preventDefault();
    const from = focused >= 0 ? focused : last.current;
    const next = from < 0 ? 0 : Math.min(items.length - 1, Math.max(0, from + by));
    last.current = next;
    scrollRef.current?.(next);
    if (root.current?.querySelector(`[data-position="${next}"]`)) focus(next);
    else requestAnimationFrame(() => requestAnimationFrame(() => focus(next)));
    if (event.shiftKey && items[next]) selection.toggle(items[next].id, true);
  };
  const current = (): DocumentView | undefined => items[indexOfFocus()];
  const onCurrent = (act: (document: DocumentView) => void) => (event: KeyboardEvent) => {
    const item = current();
    if (!item) return;
    event.preventDefault();
    act(item);
  };
  /** On all that are selected, else on the one with the focus. */
  const onChosen = (act: (documents: DocumentView[]) => void) => (event: KeyboardEvent) => {
    const item = current();
    const chosen = selection.chosen.length > 0 ? selection.chosen : item ? [item] : [];
    if (chosen.length === 0) return;
    event.preventDefault();
    act(chosen);
  };
  useHotkeys({
    j: move(1),
    k: move(-1),
    ArrowRight: move(1),
    ArrowLeft: move(-1),
    ArrowDown: move(columns),
    ArrowUp: move(-columns),
    Home: move(-items.length),
    End: move(items.length),
    x: onCurrent((item) => selection.toggle(item.id)),
    X: onCurrent((item) => selection.toggle(item.id, true)),
    ".": onCurrent(onDetails),
    F2: onCurrent(onRename),
    m: onChosen(onMove),
    Delete: onChosen(onTrash),
    "mod+a": (event) => {
      if (items.length === 0) return;
      event.preventDefault();
      selection.selectAll();
    },
    Escape: onEscape,
  });
  return { scrollRef };
}

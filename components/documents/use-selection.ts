"use client";
import { useCallback, useMemo, useRef, useState } from "react";

export interface Selection<Item> {
  /** The chosen items that are still in the list, in its order. */
  chosen: Item[];
  has: (id: string) => boolean;
  /** Chooses or releases one; as a range, everything from the last one touched. */
  toggle: (id: string, isRange?: boolean) => void;
  selectAll: () => void;
  clear: () => void;
}

/** Which items of a list are chosen. */
export function useSelection<Item extends { id: string }>(items: readonly Item[]): Selection<Item> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const chosen = useMemo(() => items.filter(({ id }) => ids.has(id)), [items, ids]);
  const toggle = useCallback(
    (id: string, isRange = false) => {
      const from = isRange ? items.findIndex((item) => item.id === anchor.current) : -1;
      const to = items.findIndex((item) => item.id === id);
      anchor.current = id;
      setIds((current) => {
        const next = new Set(current);
        if (from >= 0) {
          for (const item of items.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(item.id);
        } else if (!next.delete(id)) {
          next.add(id);
        }
        return next;
      });
    },
    [items],
  );
  return {
    chosen,
    has: (id) => ids.has(id),
    toggle,
    selectAll: () => setIds(new Set(items.map(({ id }) => id))),
    clear: () => setIds(new Set()),
  };
}

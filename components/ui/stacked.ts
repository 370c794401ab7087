"use client";
import { useEffect, useLayoutEffect, useRef } from "react";

interface Layer {
  close: () => void;
}

/** The open dialogs and sheets, the one in front last. */
const open: Layer[] = [];

/**
 * For `onOpenChange` of a dialog or a sheet: what would close one that another covers closes the one in front. Radix
 * learns of a new layer only after it was painted, and an Escape that came before would close what lies below.
 */
export function useStacked(
  isOpen: boolean,
  onOpenChange: (isOpen: boolean) => void,
): (isOpen: boolean) => void {
  const latest = useRef(onOpenChange);
  const own = useRef<Layer>(null);
  useEffect(() => {
    latest.current = onOpenChange;
  });
  useLayoutEffect(() => {
    if (!isOpen) return;
    const layer: Layer = { close: () => latest.current(false) };
    own.current = layer;
    open.push(layer);
    return () => {
      own.current = null;
      open.splice(open.indexOf(layer), 1);
    };
  }, [isOpen]);
  return (next) => {
    const front = open.at(-1);
    if (next || !front || front === own.current) onOpenChange(next);
    else front.close();
  };
}

"use client";
import { createContext, type RefObject, use, useEffect, useLayoutEffect, useRef } from "react";

/** Ends something inside a dialog; answers whether there was anything to end. */
type Step = () => boolean;

/** What Escape ends before it closes the dialog around, the latest last. */
export const EscapeSteps = createContext<RefObject<Step[]> | null>(null);

/** Within a dialog: Escape ends this, and the next one what is around it. */
export function useEscapeStep(box: RefObject<HTMLElement | null>, onEscape: () => void): void {
  const steps = use(EscapeSteps);
  const latest = useRef(onEscape);
  useEffect(() => {
    latest.current = onEscape;
  });
  useLayoutEffect(() => {
    const all = steps?.current;
    if (!all) return;
    const step: Step = () => {
      // what another view hides is not meant
      if (!box.current?.checkVisibility()) return false;
      latest.current();
      return true;
    };
    all.push(step);
    return () => void all.splice(all.indexOf(step), 1);
  }, [steps, box]);
}

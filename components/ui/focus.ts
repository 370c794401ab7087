"use client";
import { type FocusEvent, type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** The control that opened a menu, or a list of options (`data-control`). */
function controlOf(layer: HTMLElement): HTMLElement | null {
  return document.getElementById(layer.dataset.control ?? layer.getAttribute("aria-labelledby") ?? "");
}

/** A control that has the focus; an item of a menu or a list stands for the control behind which that is. */
function controlAt(focused: Element | null): HTMLElement | null {
  const layers = "[role=menu], [role=listbox]";
  const nextOf = (element: Element | null | undefined) => element?.closest<HTMLElement>(layers);
  let found = focused;
  for (let layer = nextOf(found); layer; layer = nextOf(found)) found = controlOf(layer);
  // a dialog has the focus itself while what had it in there goes
  if (found === document.body || found?.matches("[role=dialog], [role=alertdialog]")) return null;
  return found instanceof HTMLElement ? found : null;
}

/** The control that had the focus last: where a menu or a list closes slowly, nothing has it for a while. */
let last: HTMLElement | null = null;
if (typeof document !== "undefined") {
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof Element) last = controlAt(event.target) ?? last;
  });
}

/** What has the focus, as it goes. */
function focusedNow(): HTMLElement | null {
  return controlAt(document.activeElement) ?? (last?.isConnected ? last : null);
}

/**
 * For `onCloseAutoFocus` of a layer with a trigger: what was chosen in it may have moved the focus on, and then it
 * stays there, however long the layer takes to fade.
 */
export function keepMovedFocus(event: Event): void {
  const { activeElement, body } = document;
  if (activeElement && activeElement !== body) event.preventDefault();
}

/**
 * For `onFocus` of a menu: it takes the focus as the pointer leaves an item, also while it fades. What its choice moved the
 * focus to keeps it then.
 */
export function leaveFocusWhileFading({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void {
  if (currentTarget.dataset.state !== "closed" || !(relatedTarget instanceof HTMLElement)) return;
  if (!currentTarget.contains(relatedTarget)) relatedTarget.focus();
}

/**
 * Remembers what had the focus when a layer opened. Answers with what gives it back, for `onCloseAutoFocus`: without a
 * trigger of its own, Radix would leave the focus nowhere.
 */
export function useOpener(isOpen: boolean): (event: Event) => void {
  const opener = useRef<HTMLElement>(null);
  // before the content is there: neither `autoFocus` in it nor a menu that closes has moved the focus yet
  useLayoutEffect(() => {
    if (isOpen) opener.current = focusedNow();
  }, [isOpen]);
  return (event) => {
    keepMovedFocus(event);
    if (event.defaultPrevented || !opener.current?.isConnected) return;
    event.preventDefault();
    opener.current.focus();
  };
}

/**
 * For what stands within a page or a dialog and takes the focus while it is there: it goes to what is marked with
 * `data-autofocus`, and back to what had it before.
 */
export function useFocusWithin(box: RefObject<HTMLElement | null>): void {
  const opener = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    opener.current = focusedNow();
    return () => {
      if (element?.contains(document.activeElement) && opener.current?.isConnected) opener.current.focus();
    };
  }, [box]);
  // a menu that closes with the same choice holds the focus until it has done so
  useEffect(() => {
    const timer = setTimeout(() => {
      box.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus({ preventScroll: true });
      box.current?.scrollIntoView({ block: "nearest" });
    });
    return () => clearTimeout(timer);
  }, [box]);
}

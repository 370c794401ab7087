"use client";
import { useLayoutEffect, useRef } from "react";

/** What has the focus; an item of a menu stands for the button behind which the menu is, as the menu goes. */
function focusedNow(): HTMLElement | null {
  let found = document.activeElement;
  for (let menu = found?.closest("[role=menu]"); menu; menu = found?.closest("[role=menu]"))
    found = document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
  return found instanceof HTMLElement ? found : null;
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

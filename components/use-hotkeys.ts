"use client";
import { useEffect, useEffectEvent } from "react";

const openLayer = ["dialog", "alertdialog", "menu", "listbox"]
  .map((role) => `[role="${role}"][data-state="open"]`)
  .join(",");

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));

/**
 * Single keys that act wherever the focus is, by `KeyboardEvent.key` ("c", "ArrowDown", "?"); `mod+a` is Ctrl or ⌘.
 * They rest while somebody types and while a dialog or menu is open. With `yields` they come after those of the page, for
 * keys that some pages give a meaning of their own.
 */
export function useHotkeys(
  keys: Record<string, (event: KeyboardEvent) => void>,
  isEnabled = true,
  { yields = false } = {},
): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.isComposing || isTyping(event.target)) return;
    const name = event.ctrlKey || event.metaKey ? `mod+${event.key}` : event.key;
    const act = keys[name];
    if (!act || document.querySelector(openLayer)) return;
    act(event);
  });
  useEffect(() => {
    if (!isEnabled) return;
    const listen = (event: Event) => event instanceof KeyboardEvent && onKeyDown(event);
    const target: EventTarget = yields ? window : document;
    target.addEventListener("keydown", listen);
    return () => target.removeEventListener("keydown", listen);
  }, [isEnabled, yields]);
}

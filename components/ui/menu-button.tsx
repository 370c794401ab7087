"use client";
import {
  cloneElement,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";

interface MenuButtonProps {
  /** One button; it gets aria-haspopup and aria-expanded. */
  trigger: ReactElement<ComponentProps<"button">>;
  /** Loads the menu. */
  load: () => Promise<unknown>;
  /** The menu around its trigger, once it is loaded. */
  children: (trigger: ReactElement) => ReactNode;
}

const openingKeys = ["Enter", " ", "ArrowDown"];

/**
 * A button whose menu is loaded when it is first wanted. Until then it is nothing but a button, which is what pages with
 * dozens of them draw; the press that loads the menu opens it, too.
 */
export function MenuButton({ trigger, load, children }: MenuButtonProps) {
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const [isLoaded, setLoaded] = useState(false);
  /** What the menu is to be told once it is there; no longer when the focus has gone elsewhere meanwhile. */
  const press = useRef<(() => Event) | null>(null);
  const loadAfter = (event: () => Event) => {
    press.current = event;
    load().then(
      () => setLoaded(true),
      () => undefined,
    );
  };
  useEffect(() => {
    if (!isLoaded || !press.current || !button?.isConnected) return;
    const event = press.current();
    press.current = null;
    // the button was put in place anew
    button.focus();
    button.dispatchEvent(event);
  }, [isLoaded, button]);
  if (isLoaded) return children(cloneElement(trigger, { ref: setButton }));
  // what reads the ref are the handlers, not this call
  // eslint-disable-next-line react-hooks/refs
  return cloneElement(trigger, {
    ref: setButton,
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: () => void load().catch(() => undefined),
    onFocus: () => void load().catch(() => undefined),
    onPointerDown: ({ button: pressed, ctrlKey, pointerType }) => {
      if (pressed !== 0 || ctrlKey) return;
      loadAfter(
        () => new PointerEvent("pointerdown", { bubbles: true, cancelable: true, button: 0, pointerType }),
      );
    },
    onKeyDown: (event) => {
      const { key } = event;
      if (!openingKeys.includes(key)) return;
      // it would be a click on the menu's own button
      event.preventDefault();
      loadAfter(() => new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key }));
    },
  });
}

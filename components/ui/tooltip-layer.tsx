"use client";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** From pointing at something until its tooltip; after the first, the next ones come at once for a moment. */
const delayMs = 400;
const skipMs = 300;
/** Between a tooltip and what it is about, and the window's edge. */
const gapPixels = 6;
const edgePixels = 8;

const anchorOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>("[data-tooltip]") : null;

/** The tooltips of all elements with `data-tooltip`: one layer for the page, so that each costs no more than a name. */
export function TooltipLayer() {
  const anchor = useAnchor();
  return anchor && <Bubble key={anchor.dataset.tooltip} anchor={anchor} />;
}

/** What is pointed at or focused by keyboard, once its tooltip is due. */
function useAnchor(): HTMLElement | null {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pointed: HTMLElement | null = null;
    let shown: HTMLElement | null = null;
    let shownUntil = 0;
    const set = (next: HTMLElement | null) => {
      if (shown && !next) shownUntil = Date.now();
      shown = next;
      setAnchor(next);
    };
    const hide = () => {
      clearTimeout(timer);
      set(null);
    };
    const show = (next: HTMLElement, waitMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => set(next.isConnected ? next : null), waitMs);
    };
    const listen = <Type extends keyof DocumentEventMap>(
      type: Type,
      act: (event: DocumentEventMap[Type]) => void,
    ) => document.addEventListener(type, act, { signal: abort.signal, capture: true, passive: true });
    listen("pointerover", ({ target, pointerType }) => {
      const next = pointerType === "touch" ? null : anchorOf(target);
      if (next === pointed) return;
      pointed = next;
      hide();
      if (next) show(next, Date.now() - shownUntil < skipMs ? 0 : delayMs);
    });
    listen("focusin", ({ target }) => {
      const next = anchorOf(target);
      if (next && target instanceof Element && target.matches(":focus-visible")) show(next, 0);
      else hide();
    });
    listen("focusout", hide);
    listen("pointerdown", hide);
    listen("scroll", hide);
    listen("keydown", ({ key }) => key === "Escape" && hide());
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, []);
  return anchor;
}

function Bubble({ anchor }: { anchor: HTMLElement }) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = bubble;
    if (!current) return;
    // over everything, dialogs included
    current.showPopover();
    const { top, bottom, left, width } = anchor.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = current;
    const above = top - gapPixels - offsetHeight;
    const below = bottom + gapPixels;
    const hasRoomBelow = below + offsetHeight <= innerHeight - edgePixels;
    const isAbove = above >= edgePixels && (anchor.dataset.tooltipSide === "top" || !hasRoomBelow);
    const middle = left + width / 2 - offsetWidth / 2;
    current.style.top = `${isAbove ? above : below}px`;
    current.style.left = `${Math.max(edgePixels, Math.min(middle, innerWidth - offsetWidth - edgePixels))}px`;
  }, [anchor]);
  return (
    <div
      ref={bubble}
      popover="manual"
      role="tooltip"
      className="animate-fade-in bg-ink text-paper shadow-float pointer-events-none inset-auto m-0 max-w-64 rounded-sm px-2 py-1 text-xs font-medium"
    >
      {anchor.dataset.tooltip}
    </div>
  );
}

"use client";
import { useEffect } from "react";

/**
 * Tells layers at the bottom edge how much of the window an on-screen keyboard covers, as `--keyboard`. Browsers that make
 * the window itself smaller (`interactive-widget`) leave nothing to tell.
 */
export function useKeyboardRoom(isOpen: boolean): void {
  useEffect(() => {
    const visual = window.visualViewport;
    if (!isOpen || !visual) return;
    const { style } = document.documentElement;
    const measure = () => {
      // who zooms in sees less of the window, and has no keyboard for that
      const covered = visual.scale > 1 ? 0 : window.innerHeight - visual.height - visual.offsetTop;
      style.setProperty("--keyboard", `${Math.max(0, Math.round(covered))}px`);
    };
    measure();
    visual.addEventListener("resize", measure);
    visual.addEventListener("scroll", measure);
    return () => {
      visual.removeEventListener("resize", measure);
      visual.removeEventListener("scroll", measure);
      style.removeProperty("--keyboard");
    };
  }, [isOpen]);
}

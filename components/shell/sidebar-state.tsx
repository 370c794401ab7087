"use client";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { setCookie } from "#components/cookies.ts";
import { openButtonId, closeButtonId, sidebarCookie } from "./sidebar-ids.ts";

interface SidebarState {
  /** Hidden on wide windows. */
  isCollapsed: boolean;
  setCollapsed: (isCollapsed: boolean) => void;
  /** Open as a drawer on narrow windows. */
  isDrawerOpen: boolean;
  setDrawerOpen: (isOpen: boolean) => void;
}

const Context = createContext<SidebarState | null>(null);

/** Whether the side bar shows; kept in a cookie, so that the first paint is right. */
export function SidebarProvider({
  isInitiallyCollapsed,
  children,
}: {
  isInitiallyCollapsed: boolean;
  children: ReactNode;
}) {
  const [isCollapsed, setCollapsedState] = useState(isInitiallyCollapsed);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const setCollapsed = useCallback((next: boolean) => {
    setCollapsedState(next);
    setCookie(sidebarCookie, next ? "collapsed" : "open");
    // the pressed button is gone now: its counterpart takes the focus
    requestAnimationFrame(() => document.getElementById(next ? openButtonId : closeButtonId)?.focus());
  }, []);
  const state = useMemo(
    () => ({ isCollapsed, setCollapsed, isDrawerOpen, setDrawerOpen }),
    [isCollapsed, setCollapsed, isDrawerOpen],
  );
  return <Context value={state}>{children}</Context>;
}

export function useSidebar(): SidebarState {
  const state = use(Context);
  if (!state) throw new Error("useSidebar needs a SidebarProvider around it.");
  return state;
}

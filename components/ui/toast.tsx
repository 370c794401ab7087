"use client";
import { type ComponentType, useEffect, useState } from "react";
import { whenIdle } from "#components/when-idle.ts";

export interface ToastOptions {
  /** Offered for 8 seconds. */
  undo?: { label: string; onUndo: () => void };
}

export interface Notify {
  done: (text: string, options?: ToastOptions) => void;
  failed: (text: string, options?: ToastOptions) => void;
}

/** What shows toasts, loaded when the browser is idle or when there is something to say, and there from then on. */
const load = () => (loading ??= import("./toaster.tsx"));
let loading: Promise<typeof import("./toaster.tsx")> | undefined;

let tellShown: (notify: Notify) => void = () => {};
const shown = new Promise<Notify>((resolve) => (tellShown = resolve));

/** Where toasts appear. */
export function Toaster() {
  const [Loaded, setLoaded] = useState<ComponentType<{ onShown: (notify: Notify) => void }>>();
  useEffect(() => {
    const mount = async () => {
      const { Toaster: loaded } = await load();
      setLoaded(() => loaded);
    };
    wanted = () => void mount().catch(() => (loading = undefined));
    whenIdle(mount);
  }, []);
  return Loaded && <Loaded onShown={tellShown} />;
}

let wanted = () => {};

function say(kind: keyof Notify, text: string, options?: ToastOptions): void {
  wanted();
  void shown.then((notify) => notify[kind](text, options));
}

/** Says what happened, where the result is not visible already. */
export const notify: Notify = {
  done: (text, options) => say("done", text, options),
  failed: (text, options) => say("failed", text, options),
};

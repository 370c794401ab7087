"use client";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { notify } from "#components/ui/toast.tsx";

/** Copies an address of this site; `isCopied` is true for a moment afterwards. */
export function useCopyLink(path: string): { isCopied: boolean; copy: () => void } {
  const t = useTranslations("common");
  const [isCopied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => void (timer.current && clearTimeout(timer.current)), []);
  async function copy() {
    const url = new URL(path, location.href).href;
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // no clipboard on plain http, or not allowed: the address can still be read and copied by hand
      notify.failed(t("copyFailed", { url }));
      return;
    }
    setCopied(true);
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 2000);
  }
  return { isCopied, copy: () => void copy() };
}

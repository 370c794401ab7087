"use client";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import type { PdfController, PdfView } from "./pdf-controller.ts";

interface PdfSearchProps {
  controller: PdfController;
  find: PdfView["find"];
  /** What is looked for at first. */
  wanted: string | null;
  onClose: () => void;
}

/** Finds text in the whole document, pages out of view included. */
export function PdfSearch({ controller, find, wanted, onClose }: PdfSearchProps) {
  const t = useTranslations("document.viewer");
  const [query, setQuery] = useState(wanted ?? "");
  useEffect(() => {
    // typing fast must not start a search for each letter
    const timer = setTimeout(() => controller.find(query), 180);
    return () => clearTimeout(timer);
  }, [controller, query]);
  useEffect(() => () => controller.closeFind(), [controller]);
  const again = (isBackwards: boolean) => query && controller.find(query, { isAgain: true, isBackwards });

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") again(event.shiftKey);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  }
  return (
    <div
      role="search"
      className="animate-rise-in border-line bg-surface shadow-float absolute top-2 right-4 left-4 z-10 flex items-center gap-1 rounded-md border py-1 pr-1 pl-3 sm:left-auto sm:w-92"
    >
      <input
        autoFocus
        type="text"
        aria-label={t("search")}
        placeholder={t("searchPlaceholder")}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={onKeyDown}
        className="placeholder:text-ink-faint h-8 min-w-0 flex-1 bg-transparent outline-none"
      />
      <span role="status" className="text-ink-muted shrink-0 px-1 text-sm whitespace-nowrap tabular-nums">
        {query !== "" &&
          (find.isPending && find.total === 0
            ? t("searching")
            : t("matches", { current: find.current, total: find.total }))}
      </span>
      <IconButton
        label={t("searchPrevious")}
        icon={<ChevronUp />}
        size="sm"
        disabled={find.total === 0}
        onClick={() => again(true)}
      />
      <IconButton
        label={t("searchNext")}
        icon={<ChevronDown />}
        size="sm"
        disabled={find.total === 0}
        onClick={() => again(false)}
      />
      <IconButton label={t("searchClose")} icon={<X />} size="sm" onClick={onClose} />
    </div>
  );
}

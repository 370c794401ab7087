"use client";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useSyncExternalStore } from "react";
import { useSearchOpener } from "./opener.ts";

const never = () => () => undefined;
const isApple = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The first line of the side bar: search, with its key. */
export function SearchLine({ onOpen }: { onOpen: () => void }) {
  const t = useTranslations("shell");
  const open = useSearchOpener();
  const isMac = useSyncExternalStore(never, isApple, () => false);
  if (!open) return null;
  return (
    <button
      type="button"
      aria-keyshortcuts={isMac ? "Meta+K" : "Control+K"}
      onClick={() => {
        onOpen();
        open();
      }}
      className="text-ink-muted hover:bg-hover hover:text-ink flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-left transition-colors pointer-coarse:h-10 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      <Search aria-hidden />
      <span className="min-w-0 flex-1 truncate">{t("search")}</span>
      <kbd aria-hidden className="text-ink-faint font-sans text-xs pointer-coarse:hidden">
        {isMac ? "⌘K" : "Ctrl K"}
      </kbd>
    </button>
  );
}

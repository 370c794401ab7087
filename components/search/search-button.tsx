"use client";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { IconButton } from "#components/ui/icon-button.tsx";
import { useSearchOpener } from "./opener.ts";

/** Opens the search on narrow windows, where the side bar is a drawer. */
export function SearchButton() {
  const t = useTranslations("shell");
  const open = useSearchOpener();
  if (!open) return null;
  return (
    <IconButton
      label={t("search")}
      icon={<Search />}
      hasTooltip={false}
      onClick={open}
      className="md:hidden"
    />
  );
}

"use client";
import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { Input } from "#components/ui/input.tsx";

interface FindGroupProps {
  value: string;
  onChange: (value: string) => void;
  className?: string;
  hasFocus?: boolean;
}

/** Narrows a list of groups by a part of the name. */
export function FindGroup({ value, onChange, className, hasFocus = false }: FindGroupProps) {
  const t = useTranslations("groups");
  return (
    <div className={className}>
      <div className="relative">
        <Search
          aria-hidden
          className="text-ink-faint pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2"
        />
        <Input
          type="search"
          aria-label={t("find")}
          placeholder={t("find")}
          value={value}
          maxLength={80}
          autoFocus={hasFocus}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
          className="w-full pl-8"
        />
      </div>
    </div>
  );
}

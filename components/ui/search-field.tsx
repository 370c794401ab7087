"use client";
import { Search } from "lucide-react";
import { cn } from "./cn.ts";
import { Input } from "./input.tsx";

interface SearchFieldProps {
  /** Its name, and what stands in it while it is empty. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
  /** Where a dialog's focus goes first. */
  hasFocus?: boolean;
}

/** Narrows a list by a part of the name. */
export function SearchField({ label, value, onChange, className, hasFocus = false }: SearchFieldProps) {
  return (
    <div className={cn("relative", className)}>
      <Search
        aria-hidden
        className="text-ink-faint pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2"
      />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={80}
        data-autofocus={hasFocus || undefined}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        className="pl-8"
      />
    </div>
  );
}

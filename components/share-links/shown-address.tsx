"use client";
import { Input } from "#components/ui/input.tsx";

/** An address to be read, and copied by hand. */
export function ShownAddress({ url, label }: { url: string; label: string }) {
  return (
    <Input
      readOnly
      aria-label={label}
      value={url}
      onFocus={(event) => event.currentTarget.select()}
      className="font-mono text-sm"
    />
  );
}

import { useLocale } from "next-intl";
import { formatBytes } from "#lib/i18n/format.ts";

/** A size in the reader's language: "3.2 MB". */
export function FileSize({ bytes }: { bytes: number }) {
  const locale = useLocale();
  return <span className="tabular-nums">{formatBytes(bytes, locale)}</span>;
}

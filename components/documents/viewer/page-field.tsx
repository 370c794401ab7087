"use client";
import { Check, Link2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { useCopyLink } from "#components/sharing/use-copy-link.ts";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";

interface PageFieldProps {
  page: number;
  pageCount: number;
  onGo: (page: number) => void;
}

/** The page being read, a way to another, and a link to this one. */
export function PageField({ page, pageCount, onGo }: PageFieldProps) {
  const t = useTranslations("document");
  const [draft, setDraft] = useState<string | null>(null);
  const { isCopied, copy } = useCopyLink(`#page=${page}`);
  function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = Number(draft);
    if (draft?.trim() && Number.isInteger(wanted)) onGo(wanted);
    setDraft(null);
  }
  return (
    <form onSubmit={submit} className="flex shrink-0 items-center gap-2 pl-1">
      <span className="w-12">
        <Input
          aria-label={t("viewer.pageField")}
          inputMode="numeric"
          autoComplete="off"
          value={draft ?? String(page)}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => setDraft(null)}
          className="px-1.5! text-center tabular-nums"
        />
      </span>
      <span className="text-ink-muted text-sm whitespace-nowrap tabular-nums">
        {t("viewer.ofPages", { count: pageCount })}
      </span>
      <IconButton
        label={isCopied ? t("page.copied", { page }) : t("page.copyPageLink")}
        icon={isCopied ? <Check /> : <Link2 />}
        onClick={copy}
        className="max-sm:hidden"
      />
    </form>
  );
}

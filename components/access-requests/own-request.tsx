"use client";
import { Clock, X } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Problem } from "#components/sharing/problem.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { OwnAccessRequestView } from "#lib/access-requests/schema.ts";
import { useOwnRequest } from "./queries.ts";

/** What the reader asked for, and what became of it. `hasAccess` where they can open it already, and ask for more. */
export function OwnRequest({
  request,
  hasAccess = false,
}: {
  request: OwnAccessRequestView;
  hasAccess?: boolean;
}) {
  const t = useTranslations("requests.own");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { withdraw } = useOwnRequest(request.resource);
  const line = useRef<HTMLParagraphElement>(null);
  // the form that was sent is gone: what came of it takes the focus
  useEffect(() => {
    if (document.activeElement === document.body) line.current?.focus();
  }, []);
  const { status, answeredAt, askedAt, message } = request;
  const isOpen = status === "open";
  const Icon = isOpen ? Clock : X;
  return (
    <section aria-label={t("title")} className="bg-sunken mb-4 flex items-start gap-3 rounded-lg p-4">
      <Icon aria-hidden className="text-ink-muted mt-0.5 size-4.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p ref={line} tabIndex={-1} role="status" className="font-medium outline-none">
          {status === "declined"
            ? t("declined", { date: formatDate(answeredAt ?? askedAt, { locale, timeZone }) })
            : t(status === "approved" ? "approved" : hasAccess ? "askedMore" : "asked")}
        </p>
        {isOpen && (
          <>
            <p className="text-ink-muted mt-1 text-sm text-pretty">
              {t(hasAccess ? "askedMoreText" : "askedText")}
            </p>
            {message && (
              <blockquote className="border-line-strong text-ink-muted mt-2 border-l-2 pl-3 text-sm wrap-anywhere whitespace-pre-wrap">
                {message}
              </blockquote>
            )}
            <p className="mt-3 flex flex-wrap items-center gap-3 text-sm">
              <Button size="sm" isBusy={withdraw.isPending} onClick={() => withdraw.mutate(request)}>
                {t("withdraw")}
              </Button>
              <RelativeTime value={askedAt} className="text-ink-muted" />
            </p>
            {withdraw.error && <Problem error={withdraw.error} className="mt-2" />}
          </>
        )}
      </div>
    </section>
  );
}

"use client";
import { ChevronRight } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type ReactNode, useId, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { formatDate } from "#lib/i18n/format.ts";
import type { GrantView } from "#lib/sharing/schema.ts";
import { GrantIcon } from "./grant-icon.tsx";
import { grantName } from "./grant-name.ts";
import { GroupPeople } from "./group-people.tsx";

interface GrantRowProps {
  grant: GrantView;
  action: ReactNode;
  isResending?: boolean;
  /** Sends the letter of an invitation again; left out where the reader may not, or nobody is waited for. */
  onResend?: (() => void) | undefined;
}

/** Somebody or a group with access, or an address that is invited: who, since when, until when, and as what. */
export function GrantRow({ grant, action, isResending = false, onResend }: GrantRowProps) {
  const t = useTranslations("share");
  const common = useTranslations("common");
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const name = grantName(grant);
  return (
    <>
      <div className="flex min-h-12 items-center gap-3 py-1.5">
        <GrantIcon grant={grant} />
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 items-center gap-1.5">
            {grant.group ? (
              <button
                type="button"
                aria-expanded={isOpen}
                aria-controls={`${id}-people`}
                onClick={() => setOpen(!isOpen)}
                className="flex min-w-0 items-center gap-0.5 rounded-sm font-medium"
              >
                <span className="truncate">{name}</span>
                <ChevronRight
                  aria-hidden
                  className={cn(
                    "text-ink-faint size-4 shrink-0 transition-transform motion-reduce:transition-none",
                    isOpen && "rotate-90",
                  )}
                />
              </button>
            ) : (
              // the end of an address tells whose it is
              <span className={cn("font-medium", grant.name === null ? "wrap-anywhere" : "truncate")}>
                {name}
                {grant.isYou && <span className="text-ink-muted font-normal"> ({common("you")})</span>}
              </span>
            )}
            {grant.isExternal && <Badge tone="warning">{t("external")}</Badge>}
          </span>
          <Facts grant={grant} isResending={isResending} onResend={onResend} />
        </span>
        {action}
      </div>
      {grant.group && (
        <div id={`${id}-people`} hidden={!isOpen}>
          {isOpen && <GroupPeople group={grant.group} />}
        </div>
      )}
    </>
  );
}

/** What is asked for again within this time has not been seen to be two letters. */
const sameLetterMs = 5000;

function Facts({ grant, isResending, onResend }: Omit<GrantRowProps, "action">) {
  const t = useTranslations("share");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const parts = [
    grant.group && t("groupPeople", { count: grant.group.memberCount }),
    grant.name !== null && grant.name !== grant.email ? grant.email : null,
    grant.isPending && (
      <>
        {t("invited")} <RelativeTime value={grant.grantedAt} />
      </>
    ),
    grant.letterAt && Date.parse(grant.letterAt) - Date.parse(grant.grantedAt) > sameLetterMs && (
      <>
        {t("letter.again")} <RelativeTime value={grant.letterAt} />
      </>
    ),
    onResend && (
      <button
        type="button"
        aria-label={t("letter.resendTo", { name: grantName(grant) })}
        aria-disabled={isResending || undefined}
        onClick={onResend}
        className="text-accent-ink -my-1 rounded-sm py-1 font-medium hover:underline aria-disabled:opacity-60 pointer-coarse:-my-2.5 pointer-coarse:py-2.5"
      >
        {t("letter.resend")}
      </button>
    ),
    grant.expiresAt && t("endsOn", { date: formatDate(grant.expiresAt, { locale, timeZone }) }),
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <span className="text-ink-muted block text-sm wrap-anywhere">
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && <span aria-hidden> · </span>}
          {part}
        </span>
      ))}
    </span>
  );
}

"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Ellipsis, Link2, MailQuestionMark, Send, X } from "lucide-react";
import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { useRef } from "react";
import { Row, RowsSkeleton } from "#components/groups/group-rows.tsx";
import { itemsOf } from "#components/list-pages.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardSection } from "#components/ui/card.tsx";
import { DropdownMenu, MenuItem } from "#components/ui/dropdown-menu.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { LoadMore } from "#components/ui/load-more.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useErrorText } from "#components/use-error-text.ts";
import { formatDate } from "#lib/i18n/format.ts";
import type { WorkspaceInvitationView } from "#lib/workspaces/schema.ts";
import { invitationsQuery, useInvite, useRenewInvitation, useRevokeInvitation } from "./queries.ts";

/** Who is invited and not there yet. Says nothing while nobody is. */
export function InvitationsSection() {
  const t = useTranslations("people.invitations");
  const common = useTranslations("common");
  const textOf = useErrorText();
  const query = useInfiniteQuery(invitationsQuery());
  const { mutateAsync: renew } = useRenewInvitation();
  const { mutateAsync: revoke } = useRevokeInvitation();
  const { mutateAsync: invite } = useInvite();
  const list = useRef<HTMLDivElement>(null);
  const invitations = itemsOf(query.data);
  const about = query.data?.pages[0];

  const failed = (error: unknown) => notify.failed(textOf(error));
  async function onRenew(invitation: WorkspaceInvitationView) {
    try {
      await renew(invitation);
      notify.done(t("sentAgain", { email: invitation.email }));
    } catch (error) {
      failed(error);
    }
  }
  async function onRevoke(invitation: WorkspaceInvitationView) {
    const { email, role, state } = invitation;
    list.current?.focus();
    try {
      await revoke(invitation);
      if (state === "declined") return;
      notify.done(t("revoked", { email }), {
        undo: { label: common("undo"), onUndo: () => void invite({ emails: [email], role }).catch(failed) },
      });
    } catch (error) {
      failed(error);
    }
  }
  async function onCopy() {
    const url = about!.joinUrl;
    try {
      await navigator.clipboard.writeText(url);
      notify.done(t("copied"));
    } catch {
      // no clipboard on plain http: the address can be read and copied by hand
      notify.failed(url);
    }
  }
  if (query.data && invitations.length === 0) return null;
  return (
    <CardSection
      title={t("title")}
      description={about && !about.isMailConfigured ? t("noMail") : t("description")}
      action={
        about &&
        !about.isMailConfigured && (
          <Button onClick={() => void onCopy()}>
            <Link2 aria-hidden />
            {t("copy")}
          </Button>
        )
      }
    >
      <div ref={list} tabIndex={-1} className="-my-2 rounded-md">
        {query.isPending ? (
          <RowsSkeleton count={2} />
        ) : query.isError && !query.data ? (
          <ErrorState error={query.error} title={t("failed")} onRetry={() => void query.refetch()} />
        ) : (
          <ul aria-label={t("title")} className="divide-line divide-y">
            {invitations.map((invitation) => (
              <li key={invitation.id}>
                <InvitationRow
                  invitation={invitation}
                  isMailConfigured={about!.isMailConfigured}
                  onRenew={() => void onRenew(invitation)}
                  onRevoke={() => void onRevoke(invitation)}
                />
              </li>
            ))}
          </ul>
        )}
      </div>
      <LoadMore query={query} list={list} className="mt-5 text-center" />
    </CardSection>
  );
}

interface InvitationRowProps {
  invitation: WorkspaceInvitationView;
  isMailConfigured: boolean;
  onRenew: () => void;
  onRevoke: () => void;
}

function InvitationRow({ invitation, isMailConfigured, onRenew, onRevoke }: InvitationRowProps) {
  const t = useTranslations("people.invitations");
  const people = useTranslations("people");
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { email, role, state, invitedBy, invitedAt, expiresAt, mailedAt } = invitation;
  return (
    <Row
      icon={
        <span
          aria-hidden
          className="border-line-strong text-ink-faint grid size-7 shrink-0 place-items-center rounded-full border border-dashed"
        >
          <MailQuestionMark className="size-4" />
        </span>
      }
      title={email}
      badge={
        <>
          {role === "admin" && <Badge>{people("role.admin")}</Badge>}
          {state !== "pending" && <Badge tone="warning">{t(state)}</Badge>}
        </>
      }
      facts={
        <>
          {t("pending")} <RelativeTime value={invitedAt} />
          {invitedBy && ` ${t("by", { name: invitedBy.name })}`}
          {state === "pending" && (
            <>
              <span aria-hidden> · </span>
              {isMailConfigured && !mailedAt
                ? t("waiting")
                : t("expires", { date: formatDate(expiresAt, { locale, timeZone }) })}
            </>
          )}
        </>
      }
      action={
        state === "declined" ? (
          <IconButton label={t("dismiss")} icon={<X />} onClick={onRevoke} />
        ) : (
          <DropdownMenu
            trigger={<IconButton label={t("actionsFor", { email })} icon={<Ellipsis />} hasTooltip={false} />}
          >
            <MenuItem onSelect={onRenew}>
              <Send aria-hidden />
              {t("again")}
            </MenuItem>
            <MenuItem isDangerous onSelect={onRevoke}>
              <X aria-hidden />
              {t("revoke")}
            </MenuItem>
          </DropdownMenu>
        )
      }
    />
  );
}
